/** send-service-bus-message: puts a message into a queue or topic of Azure Service Bus, by an identity of the gateway. */
import { randomUUID } from "node:crypto";
import { bool, string, textPayload, textString } from "../kit/attributes.ts";
import { branchSignal } from "../kit/branch.ts";
import type { Exchange } from "../kit/exchange.ts";
import { PolicyFault } from "../kit/outcome.ts";
import { ALL_SCOPES, type CompileContext, definePolicy } from "../kit/policy.ts";
import { QueueError, type QueueMessage } from "../kit/queues.ts";
import type { Value } from "../kit/value.ts";

export const sendServiceBusMessage = definePolicy({
  name: "send-service-bus-message",
  sections: ["inbound", "outbound", "on-error"],
  scopes: ALL_SCOPES,
  category: "Integration",
  summary: "Sends a message to a queue or topic of Azure Service Bus.",
  reference: "https://learn.microsoft.com/azure/api-management/send-service-bus-message-policy",
  attributes: {
    "queue-name": string({ expression: true, doc: "The queue; either this or topic-name." }),
    "topic-name": string({ expression: true, doc: "The topic; either this or queue-name." }),
    namespace: string({
      expression: true,
      doc: "Host name of the namespace (contoso.servicebus.windows.net); default: the setting serviceBus.namespace.",
    }),
    "client-id": string({
      expression: true,
      doc: "Client id of a user-assigned identity; default: the system-assigned one.",
    }),
    "message-id": string({ expression: true, doc: "Id of the message, a GUID; default: a new one." }),
    "session-id": string({ expression: true, doc: "Session that the message belongs to, a GUID." }),
    "time-to-live": string({ expression: true, doc: "How long the message is kept, a TimeSpan such as 00:10:00." }),
    "response-variable-name": string({
      doc: "Variable that receives a JObject: MessageId, SessionId, TimeToLive, or Error with Reason and Message.",
    }),
    "ignore-error": bool({ default: false, doc: "true: the request goes on when the message cannot be sent." }),
  },
  children: {
    "message-properties": {
      children: {
        "message-property": {
          many: true,
          attributes: { name: string({ required: true, doc: "Name of the property." }) },
          text: textString({ default: "", expression: true }),
          doc: "A property that goes with the message.",
        },
      },
      doc: "Properties that go with the message.",
    },
    payload: { min: 1, text: textPayload({ default: "", expression: true }), doc: "The message, text or bytes." },
  },
  compile(config, context) {
    const { queueName, topicName, children, ignoreError, responseVariableName: variable } = config;
    const entity = queueName ?? topicName;
    if (entity === undefined || (queueName !== undefined && topicName !== undefined)) {
      context.error("<send-service-bus-message> needs either queue-name or topic-name");
      return () => undefined;
    }
    const namespace = namespaceOf(config.namespace, context);
    checkConstants(config, context);
    const properties = children.messageProperties?.children.messageProperty ?? [];
    return async (x) => {
      const text = children.payload.text.get(x);
      const message: QueueMessage = {
        namespace: given("namespace", namespace(x)),
        entity: given(queueName === undefined ? "topic-name" : "queue-name", entity.get(x)),
        clientId: config.clientId?.get(x) || undefined,
        id: config.messageId === undefined ? randomUUID() : guid("message-id", config.messageId.get(x)),
        sessionId: config.sessionId && guid("session-id", config.sessionId.get(x)),
        timeToLiveMs: config.timeToLive && timeSpan(config.timeToLive.get(x)),
        properties: new Map(properties.map(({ name, text }) => [name, text.get(x)])),
        body: typeof text === "string" ? Buffer.from(text, "utf8") : text,
      };
      try {
        await x.services.queues.send(message, branchSignal());
      } catch (error) {
        if (!(error instanceof QueueError)) throw error;
        // A branch that was stopped must not touch what the others have left.
        if (!ignoreError || branchSignal()?.aborted)
          throw new PolicyFault(error.reason, error.message, { cause: error });
        tell(x, variable, { Error: { Reason: error.reason, Message: error.message } });
        return undefined;
      }
      const timeToLive = config.timeToLive?.get(x) ?? null;
      tell(x, variable, { MessageId: message.id, SessionId: message.sessionId ?? null, TimeToLive: timeToLive });
      return undefined;
    };
  },
  doors: () => [],
});

type Text = Value<string> | undefined;

function namespaceOf(namespace: Text, context: CompileContext): (x: Exchange) => string {
  if (namespace !== undefined) return (x) => namespace.get(x);
  const usual = context.snapshot.settings.serviceBus.namespace;
  if (usual === undefined && !context.isLoose)
    context.error("<send-service-bus-message> needs the attribute namespace", {
      hint: 'Such as namespace="contoso.servicebus.windows.net", or the setting serviceBus: { namespace: ... }.',
    });
  return () => usual ?? "";
}

/** What stands in the document is looked at when it is loaded. */
function checkConstants(
  config: { readonly messageId: Text; readonly sessionId: Text; readonly timeToLive: Text },
  context: CompileContext,
): void {
  const check = (attribute: string, value: Text, problem: string, isGood: (text: string) => boolean) => {
    if (value?.constant === undefined || isGood(value.constant)) return;
    context.error(`${attribute}="${value.constant}" is no ${problem}`, { attribute });
  };
  check("message-id", config.messageId, "GUID", (text) => GUID.test(text));
  check("session-id", config.sessionId, "GUID", (text) => GUID.test(text));
  check("time-to-live", config.timeToLive, "TimeSpan, such as 00:10:00", (text) => milliseconds(text) !== undefined);
}

const GUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
/** `[d.]hh:mm[:ss[.fffffff]]`: https://learn.microsoft.com/dotnet/standard/base-types/standard-timespan-format-strings */
const TIME_SPAN = /^(?:(\d{1,8})\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2}(?:\.\d{1,7})?))?$/;

/** Undefined for what is no time that a message could be kept. */
function milliseconds(text: string): number | undefined {
  const match = TIME_SPAN.exec(text.trim());
  if (match === null) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  if (hours > 23 || minutes > 59 || seconds >= 60) return undefined;
  const total = Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000);
  return total > 0 ? total : undefined;
}

function given(attribute: string, text: string): string {
  if (text.trim() !== "") return text.trim();
  throw new PolicyFault("InvalidMessage", `The attribute ${attribute} of send-service-bus-message is empty.`);
}

function guid(attribute: string, text: string): string {
  if (GUID.test(text)) return text;
  throw new PolicyFault("InvalidMessage", `The attribute ${attribute} of send-service-bus-message is no GUID.`);
}

function timeSpan(text: string): number {
  const total = milliseconds(text);
  if (total !== undefined) return total;
  throw new PolicyFault("InvalidMessage", "The attribute time-to-live of send-service-bus-message is no TimeSpan.");
}

function tell(x: Exchange, variable: string | undefined, outcome: object): void {
  if (variable !== undefined) x.variables.setJson(variable, JSON.stringify(outcome));
}
