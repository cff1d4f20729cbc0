/** IApi, IOperation, IProduct, ISubscription, IUser, IDeployment: the configuration as expressions see it. */
import { dateTimeFromUnixMs } from "../../csharp/library/date-time.ts";
import { implement } from "../../csharp/library/define.ts";
import { certificateFromPem } from "../../csharp/library/x509-certificate2.ts";
import { hostClass } from "../../csharp/runtime/object.ts";
import { CsArray, strings } from "../../csharp/runtime/values.ts";
import { type } from "../../csharp/types.ts";
import type { Exchange } from "../../kit/exchange.ts";
import { RequestUrl } from "../../kit/url.ts";
import type { Api, Group, Operation, Product, Snapshot, Subscription, User } from "../../resources/snapshot.ts";
import { objectMap } from "./dictionaries.ts";
import { keepingLast } from "./views.ts";

/** Gives an entity of the snapshot a class, and so a .NET type; `exchange` for what depends on the request. */
class View<T> {
  readonly entity: T;
  readonly exchange: Exchange;

  constructor(entity: T, exchange: Exchange) {
    this.entity = entity;
    this.exchange = exchange;
  }
}

export class ApiView extends View<Api> {}
export class OperationView extends View<Operation> {}
export class ProductView extends View<Product> {}
export class SubscriptionView extends View<Subscription> {}
export class UserView extends View<User> {}
export class GroupView extends View<Group> {}
export class IdentityView extends View<User["identities"][number]> {}
export class BackendView extends View<NonNullable<Exchange["backend"]>> {}
export class DeploymentView extends View<Snapshot> {}
export class GatewayView extends View<Snapshot> {}
export class SustainabilityView extends View<Snapshot> {}
export class KeyNamesView extends View<Api> {}

function groupsOf(ids: readonly string[], exchange: Exchange): CsArray {
  const groups = ids.map((id) => new GroupView(exchange.snapshot.groups.get(id) ?? { id, name: id }, exchange));
  return new CsArray(type("IGroup"), groups);
}

const userGroups = keepingLast((user: UserView) => groupsOf(user.entity.groups, user.exchange));

implement("IApi", {
  Id: (self: ApiView) => self.entity.id,
  Name: (self: ApiView) => self.entity.name,
  Path: (self: ApiView) => self.entity.path,
  Revision: (self: ApiView) => self.entity.revision,
  Version: (self: ApiView) => self.entity.version ?? null,
  IsCurrentRevision: (self: ApiView) => self.entity.isCurrent,
  Protocols: (self: ApiView) => strings([...self.entity.protocols]),
  ServiceUrl: (self: ApiView) =>
    self.entity.serviceUrl === undefined ? null : RequestUrl.parse(self.entity.serviceUrl),
  SubscriptionKeyParameterNames: (self: ApiView) => new KeyNamesView(self.entity, self.exchange),
});

implement("ISubscriptionKeyParameterNames", {
  Header: (self: KeyNamesView) => self.entity.subscriptionKeyHeader,
  Query: (self: KeyNamesView) => self.entity.subscriptionKeyQuery,
});

implement("IOperation", {
  Id: (self: OperationView) => self.entity.id,
  Method: (self: OperationView) => self.entity.method,
  Name: (self: OperationView) => self.entity.name,
  UrlTemplate: (self: OperationView) => self.entity.urlTemplate,
});

implement("IProduct", {
  ApprovalRequired: (self: ProductView) => self.entity.approvalRequired,
  SubscriptionRequired: (self: ProductView) => self.entity.subscriptionRequired,
  Groups: (self: ProductView) => groupsOf(self.entity.groups, self.exchange),
  Id: (self: ProductView) => self.entity.id,
  Name: (self: ProductView) => self.entity.name,
  State: (self: ProductView) => (self.entity.isPublished ? 1 : 0),
  // Documents write it both ways.
  SubscriptionsLimit: (self: ProductView) => self.entity.subscriptionsLimit ?? null,
  SubscriptionLimit: (self: ProductView) => self.entity.subscriptionsLimit ?? null,
});

const date = (ms: number | undefined) => (ms === undefined ? null : dateTimeFromUnixMs(ms));

implement("ISubscription", {
  CreatedDate: (self: SubscriptionView) => date(self.entity.createdAt),
  EndDate: (self: SubscriptionView) => date(self.entity.endAt),
  StartDate: (self: SubscriptionView) => date(self.entity.startAt),
  Id: (self: SubscriptionView) => self.entity.id,
  Key: (self: SubscriptionView) => self.exchange.route.subscriptionKey,
  Name: (self: SubscriptionView) => self.entity.name,
  PrimaryKey: (self: SubscriptionView) => self.entity.primaryKey ?? null,
  SecondaryKey: (self: SubscriptionView) => self.entity.secondaryKey ?? null,
});

implement("IUser", {
  Email: (self: UserView) => self.entity.email,
  FirstName: (self: UserView) => self.entity.firstName,
  Id: (self: UserView) => self.entity.id,
  LastName: (self: UserView) => self.entity.lastName,
  Note: (self: UserView) => self.entity.note || null,
  Groups: (self: UserView) => userGroups(self),
  Identities: (self: UserView) =>
    new CsArray(
      type("IUserIdentity"),
      self.entity.identities.map((i) => new IdentityView(i, self.exchange)),
    ),
  RegistrationDate: (self: UserView) => date(self.entity.registeredAt),
});

implement("IGroup", { Id: (self: GroupView) => self.entity.id, Name: (self: GroupView) => self.entity.name });

implement("IUserIdentity", {
  Id: (self: IdentityView) => self.entity.id,
  Provider: (self: IdentityView) => self.entity.provider,
});

implement("IBackend", {
  Id: (self: BackendView) => self.entity.id,
  Type: (self: BackendView) => self.entity.type,
  AzureRegion: () => null,
});

implement("IDeployment", {
  Gateway: (self: DeploymentView) => new GatewayView(self.entity, self.exchange),
  GatewayId: (self: DeploymentView) => self.entity.settings.deployment.gatewayId,
  Region: (self: DeploymentView) => self.entity.settings.deployment.region,
  ServiceId: (self: DeploymentView) => self.entity.settings.deployment.serviceName,
  ServiceName: (self: DeploymentView) => self.entity.settings.deployment.serviceName,
  SustainabilityInfo: (self: DeploymentView) => new SustainabilityView(self.entity, self.exchange),
  Certificates: (self: DeploymentView) => {
    const { certificates } = self.entity;
    return objectMap(
      "Deployment.Certificates",
      new Map([...certificates.values()].map((c) => [c.id, certificateFromPem(c.certificate)])),
    );
  },
});

implement("IGateway", {
  Id: (self: GatewayView) => self.entity.settings.deployment.gatewayId,
  InstanceId: (self: GatewayView) => self.entity.settings.deployment.gatewayId,
  IsManaged: (self: GatewayView) => self.entity.settings.deployment.gatewayId === "managed",
});

// Sallyport knows nothing of the grid it runs on.
implement("ISustainabilityInfo", { CurrentCarbonIntensity: () => 0 });

// GraphQL resolvers do not exist here: context.GraphQL is always null, and documents that mention it still compile.
implement("IGraphQL", { Arguments: () => null, GraphQLArguments: () => null, Parent: () => null });
implement("IGraphQLDataObject", { "this[string]": () => null });

hostClass(ApiView, "IApi");
hostClass(KeyNamesView, "ISubscriptionKeyParameterNames");
hostClass(OperationView, "IOperation");
hostClass(ProductView, "IProduct");
hostClass(SubscriptionView, "ISubscription");
hostClass(UserView, "IUser");
hostClass(GroupView, "IGroup");
hostClass(IdentityView, "IUserIdentity");
hostClass(BackendView, "IBackend");
hostClass(DeploymentView, "IDeployment");
hostClass(GatewayView, "IGateway");
hostClass(SustainabilityView, "ISustainabilityInfo");
