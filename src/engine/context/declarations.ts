/**
 * The types behind `context` in policy expressions, and the extension methods that come with them.
 * https://learn.microsoft.com/azure/api-management/api-management-policy-expressions#ContextVariables
 * Notation: csharp/library/surface.ts.
 */
import { decodeType } from "../../csharp/library/surface.ts";
import type { TypeDef } from "../../csharp/types.ts";

const STRING = "System.String";
const BOOL = "System.Boolean";
const INT = "System.Int32";
const BYTES = "System.Byte[]";
const DATE = "System.DateTime";
const OPTIONAL_DATE = `System.Nullable<${DATE}>`;
const CERTIFICATE = "System.Security.Cryptography.X509Certificates.X509Certificate2";
const SYMMETRIC = "System.Security.Cryptography.SymmetricAlgorithm";

function listOf(type: string): string {
  return `System.Collections.Generic.IEnumerable<${type}>`;
}

function mapTo(type: string): string {
  return `System.Collections.Generic.IReadOnlyDictionary<${STRING},${type}>`;
}

const FORM = `System.Collections.Generic.IDictionary<${STRING},System.Collections.Generic.IList<${STRING}>>`;
const HEADERS = mapTo(`${STRING}[]`);

function readable(type: string, ...names: string[]): string[] {
  return names.map((name) => `${name}: ${type} get`);
}

/** Properties that are never null. */
function given(type: string, ...names: string[]): string[] {
  return names.map((name) => `${name}: ${type} get notnull`);
}

function contract(name: string, ...members: (string | string[])[]): TypeDef {
  return decodeType(name, ["interface -", ...members.flat()]);
}

function enumeration(name: string, ...members: string[]): TypeDef {
  const lines = members.map((member, value) => `${member} = ${value}`);
  return decodeType(name, ["enum System.Enum System.IComparable System.IConvertible System.IFormattable", ...lines]);
}

const root: TypeDef[] = [
  contract(
    "IContext",
    "Api: IApi get",
    "Backend: IBackend get",
    "Deployment: IDeployment get",
    "Elapsed: System.TimeSpan get",
    "GraphQL: IGraphQL get",
    "LastError: ILastError get",
    "Operation: IOperation get",
    "Product: IProduct get",
    "Request: IRequest get notnull",
    "RequestId: System.Guid get",
    "Response: IResponse get",
    "Subscription: ISubscription get",
    readable(DATE, "Timestamp"),
    readable(BOOL, "Tracing"),
    "User: IUser get",
    given(mapTo("System.Object"), "Variables"),
    "Workspace: IWorkspace get",
    `Trace(${STRING} message): System.Void`,
  ),
];

const messages: TypeDef[] = [
  contract(
    "IRequest",
    "Body: IMessageBody get",
    readable(CERTIFICATE, "Certificate"),
    given(HEADERS, "Headers"),
    given(mapTo(STRING), "MatchedParameters"),
    readable(STRING, "IpAddress", "Method"),
    given("IUrl", "OriginalUrl", "Url"),
    "PrivateEndpointConnection: IPrivateEndpointConnection get",
  ),
  contract(
    "IResponse",
    "Body: IMessageBody get notnull",
    given(HEADERS, "Headers"),
    `StatusCode: ${INT} get`,
    readable(STRING, "StatusReason"),
  ),
  contract(
    "IMessageBody",
    `As<1>(${BOOL} preserveContent = false): !!0`,
    `AsFormUrlEncodedContent(${BOOL} preserveContent = false): ${FORM}`,
  ),
  contract(
    "IUrl",
    readable(STRING, "Host", "Path", "QueryString", "Scheme"),
    `Port: ${INT} get`,
    given(HEADERS, "Query"),
    // Not in Microsoft's table of members, but used by policies and known to Liquid.
    "ToUri(): System.Uri",
  ),
  contract("IPrivateEndpointConnection", readable(STRING, "GroupId", "MemberName", "Name")),
  contract("ILastError", readable(STRING, "Message", "Path", "PolicyId", "Reason", "Scope", "Section", "Source")),
  contract("IGraphQL", readable("IGraphQLDataObject", "Arguments", "GraphQLArguments", "Parent")),
  contract("IGraphQLDataObject", `this[${STRING}]: Newtonsoft.Json.Linq.JToken get`),
];

const entities: TypeDef[] = [
  contract(
    "IApi",
    readable(STRING, "Id", "Name", "Path", "Revision", "Version"),
    readable(BOOL, "IsCurrentRevision"),
    readable(listOf(STRING), "Protocols"),
    "ServiceUrl: IUrl get",
    "SubscriptionKeyParameterNames: ISubscriptionKeyParameterNames get",
  ),
  contract("ISubscriptionKeyParameterNames", readable(STRING, "Header", "Query")),
  contract("IBackend", readable(STRING, "AzureRegion", "Id", "Type")),
  contract(
    "IDeployment",
    readable(mapTo(CERTIFICATE), "Certificates"),
    "Gateway: IGateway get",
    readable(STRING, "GatewayId", "Region", "ServiceId", "ServiceName"),
    "SustainabilityInfo: ISustainabilityInfo get",
  ),
  contract("IGateway", readable(STRING, "Id", "InstanceId"), readable(BOOL, "IsManaged")),
  contract("ISustainabilityInfo", "CurrentCarbonIntensity: CarbonIntensity get"),
  enumeration("CarbonIntensity", "NotAvailable", "VeryLow", "Low", "Medium", "High", "VeryHigh"),
  contract("IOperation", readable(STRING, "Id", "Method", "Name", "UrlTemplate")),
  contract(
    "IProduct",
    readable(BOOL, "ApprovalRequired", "SubscriptionRequired"),
    readable(listOf("IGroup"), "Groups"),
    readable(STRING, "Id", "Name"),
    "State: ProductState get",
    readable(`System.Nullable<${INT}>`, "SubscriptionLimit", "SubscriptionsLimit"),
  ),
  enumeration("ProductState", "NotPublished", "Published"),
  contract("IGroup", readable(STRING, "Id", "Name")),
  contract(
    "ISubscription",
    readable(DATE, "CreatedDate"),
    readable(OPTIONAL_DATE, "EndDate", "StartDate"),
    readable(STRING, "Id", "Key", "Name", "PrimaryKey", "SecondaryKey"),
  ),
  contract(
    "IUser",
    readable(STRING, "Email", "FirstName", "Id", "LastName", "Note"),
    readable(listOf("IGroup"), "Groups"),
    readable(listOf("IUserIdentity"), "Identities"),
    readable(DATE, "RegistrationDate"),
  ),
  contract("IUserIdentity", readable(STRING, "Id", "Provider")),
  contract("IWorkspace", readable(STRING, "Id", "Name")),
];

/** What policies put in variables, and credentials read from headers. */
const values: TypeDef[] = [
  decodeType("Authorization", [
    "class System.Object",
    ...readable(STRING, "AccessToken"),
    ...readable(mapTo("System.Object"), "Claims"),
  ]),
  decodeType("BasicAuthCredentials", ["class System.Object", ...readable(STRING, "Password", "UserId")]),
  decodeType("Jwt", [
    "class System.Object",
    ...readable(STRING, "Algorithm", "Id", "Issuer", "Subject", "Type"),
    ...readable(listOf(STRING), "Audiences"),
    ...readable(HEADERS, "Claims"),
    ...readable(OPTIONAL_DATE, "ExpirationTime", "IssuedAt", "NotBefore"),
  ]),
  decodeType("IValidationError", [
    "interface -",
    ...readable(STRING, "Action", "Details", "Name", "Type", "ValidationRule"),
  ]),
];

function ciphers(name: string): string[] {
  return [
    `static ${name}(this ${BYTES} input, ${STRING} alg, ${BYTES} key, ${BYTES} iv): ${BYTES}`,
    `static ${name}(this ${BYTES} input, ${SYMMETRIC} alg): ${BYTES}`,
    `static ${name}(this ${BYTES} input, ${SYMMETRIC} alg, ${BYTES} key, ${BYTES} iv): ${BYTES}`,
  ];
}

const extensions: TypeDef = decodeType("ApimExtensions", [
  "static System.Object",
  `static AsBasic(this ${STRING} input): BasicAuthCredentials`,
  `static TryParseBasic(this ${STRING} input, out BasicAuthCredentials credentials): ${BOOL}`,
  `static AsJwt(this ${STRING} input): Jwt`,
  `static TryParseJwt(this ${STRING} input, out Jwt token): ${BOOL}`,
  ...ciphers("Encrypt"),
  ...ciphers("Decrypt"),
  `static VerifyNoRevocation(this ${CERTIFICATE} input): ${BOOL}`,
  `static GetValueOrDefault(this ${HEADERS} values, ${STRING} name): ${STRING}`,
  `static GetValueOrDefault(this ${HEADERS} values, ${STRING} name, ${STRING} defaultValue): ${STRING}`,
  `static GetValueOrDefault(this ${mapTo(STRING)} values, ${STRING} name): ${STRING}`,
  `static GetValueOrDefault(this ${mapTo(STRING)} values, ${STRING} name, ${STRING} defaultValue): ${STRING}`,
  `static GetValueOrDefault<1>(this ${mapTo("System.Object")} variables, ${STRING} name): !!0`,
  `static GetValueOrDefault<1>(this ${mapTo("System.Object")} variables, ${STRING} name, !!0 defaultValue): !!0`,
  `static ToQueryString(this ${FORM} values): ${STRING}`,
  `static ToFormUrlEncodedContent(this ${FORM} values): ${STRING}`,
]);

/** All of them, for `declareTypes`. The global `context` has type `IContext`. */
export const contextTypes: readonly TypeDef[] = [...root, ...messages, ...entities, ...values, extensions];
