/** IContext over the exchange: what `context` in an expression reaches. */
import { dateTimeFromUnixMs } from "../../csharp/library/date-time.ts";
import { implement } from "../../csharp/library/define.ts";
import { parseGuid } from "../../csharp/library/guid.ts";
import { timeSpanFromMs } from "../../csharp/library/time-span.ts";
import { hostClass } from "../../csharp/runtime/object.ts";
import type { Exchange } from "../../kit/exchange.ts";
import { ExchangeState } from "../exchange.ts";
import { NO_API, NO_OPERATION } from "../exchange-init.ts";
import { objectMap } from "./dictionaries.ts";
import {
  ApiView,
  BackendView,
  DeploymentView,
  OperationView,
  ProductView,
  SubscriptionView,
  UserView,
} from "./entities.ts";
import { LastErrorView } from "./messages.ts";
import { keepingLast, keepingLastPart } from "./views.ts";

type Self = Exchange & { readonly variables: { readonly map: ReadonlyMap<string, unknown> } };

const variablesOf = keepingLast((map: ReadonlyMap<string, unknown>) => objectMap("Variables", map));
const apiOf = keepingLastPart((x: Self, api: Self["route"]["api"]) => new ApiView(api, x));
const operationOf = keepingLastPart(
  (x: Self, operation: Self["route"]["operation"]) => new OperationView(operation, x),
);
const userOf = keepingLastPart((x: Self, user: NonNullable<Self["route"]["user"]>) => new UserView(user, x));

implement("IContext", {
  Api: (x: Self) => (x.route.api === NO_API ? null : apiOf(x, x.route.api)),
  Backend: (x: Self) => (x.backend === null ? null : new BackendView(x.backend, x)),
  Deployment: (x: Self) => new DeploymentView(x.snapshot, x),
  Elapsed: (x: Self) => timeSpanFromMs(x.clock.monotonic() - x.startedAt),
  GraphQL: () => null,
  LastError: (x: Self) => (x.lastError === null ? null : new LastErrorView(x.lastError)),
  Operation: (x: Self) => (x.route.operation === NO_OPERATION ? null : operationOf(x, x.route.operation)),
  Product: (x: Self) => (x.route.product === null ? null : new ProductView(x.route.product, x)),
  Request: { inline: (x) => `${x}.request` },
  RequestId: (x: Self) => parseGuid(x.id),
  Response: (x: Self) => x.response,
  Subscription: (x: Self) => (x.route.subscription === null ? null : new SubscriptionView(x.route.subscription, x)),
  Timestamp: (x: Self) => dateTimeFromUnixMs(x.receivedAt),
  Tracing: (x: Self) => x.trace !== null,
  User: (x: Self) => (x.route.user === null ? null : userOf(x, x.route.user)),
  Variables: (x: Self) => variablesOf(x.variables.map),
  Workspace: () => null,
  "Trace(string)": (x: Self, message: string | null) => {
    x.trace?.add(x.section, x.place?.policy ?? "expression", { message: message ?? "" });
  },
});

hostClass(ExchangeState, "IContext");
