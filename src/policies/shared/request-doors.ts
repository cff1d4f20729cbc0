/** What set-header and its kin mean for the doors: credentials of the gateway, secrets in plain text, whose Authorization travels. */
import { type Door, isCallersWord, isPlainText, isSecretName } from "../../kit/doors.ts";
import type { StepPlace } from "../../kit/exchange.ts";
import type { Value } from "../../kit/value.ts";

interface NamedValues {
  readonly name: Value<string>;
  readonly existsAction: Value<string>;
  readonly children: { readonly value: readonly { readonly text: Value<string> }[] };
}

/** @param what in the words of a message: `the header` */
export function namedValueDoors(config: NamedValues, what: string, place: StepPlace): readonly Door[] {
  if (place.section !== "inbound" && place.section !== "backend") return [];
  const { name, existsAction, children } = config;
  if (name.constant === undefined) return [];
  const isAuthorization = name.constant.toLowerCase() === "authorization";
  const action = existsAction.constant?.toLowerCase() ?? "skip";
  if (action === "delete") return isAuthorization ? [{ kind: "authorization", of: "nobody" }] : [];
  if (!isAuthorization && !isSecretName(name.constant)) return [];
  const values = children.value.map((v) => v.text);
  const doors: Door[] = [];
  if (values.some(isPlainText)) doors.push({ kind: "secret", what: `${what} ${name.constant}` });
  if (values.length === 0 || values.every(isCallersWord)) return doors;
  // What is there already stays: the caller decides.
  if (action !== "override") return doors;
  if (isAuthorization) doors.push({ kind: "authorization", of: "gateway" });
  doors.push({ kind: "credential" });
  return doors;
}

interface Outgoing {
  readonly children: {
    readonly setUrl: { readonly text: Value<string> } | undefined;
    readonly setHeader: readonly NamedValues[];
  };
}

/** Of send-request and send-one-way-request. */
export function outgoingDoors({ children }: Outgoing, place: StepPlace): readonly Door[] {
  const url = children.setUrl?.text;
  const inRequest: StepPlace = { ...place, section: "inbound" };
  const secrets = children.setHeader
    .flatMap((header) => namedValueDoors(header, "the header", inRequest))
    .filter((door) => door.kind === "secret");
  if (url === undefined) return secrets;
  return [{ kind: "call", url: url.constant, isCallersWord: isCallersWord(url) }, ...secrets];
}
