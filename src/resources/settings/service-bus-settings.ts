/** The section `serviceBus` of sallyport.yaml: the namespace that policies mean, and where namespaces are that are not in Azure's clouds. */
import { type Fields, reportAt } from "../documents/fields.ts";
import type { ServiceBusSettings } from "../traffic-settings.ts";
import { SERVICE_BUS_KEYS } from "./keys.ts";
import { isHostName, plainHostName } from "./listener-settings.ts";

export function readServiceBus(root: Fields): ServiceBusSettings {
  const endpoints = new Map<string, string>();
  const fields = root.object("serviceBus");
  if (fields === undefined) return { namespace: undefined, endpoints };
  fields.rejectUnknown(SERVICE_BUS_KEYS);
  const written = fields.string("namespace");
  const namespace = written === undefined ? undefined : plainHostName(written);
  const hint = "Such as contoso.servicebus.windows.net.";
  if (namespace !== undefined && !isHostName(namespace)) fields.wrongValue("namespace", "is no host name", hint);
  for (const [name, node] of fields.entries("endpoints")) {
    const path = `"${fields.path("endpoints")}.${name}"`;
    const address = node.kind === "scalar" ? endpointOf(node.text) : undefined;
    if (!isHostName(plainHostName(name))) reportAt(root.reading, node, "SP1006", `${path} is for no host name`, hint);
    else if (address === undefined)
      reportAt(root.reading, node, "SP1006", `${path} is no address of a broker`, "Such as broker.internal:5671.");
    else endpoints.set(plainHostName(name), address);
  }
  return { namespace, endpoints };
}

/** `host` or `host:port`, in one spelling. */
function endpointOf(text: string): string | undefined {
  const url = URL.canParse(`amqps://${text}`) ? new URL(`amqps://${text.toLowerCase()}`) : undefined;
  const isAddress = url !== undefined && url.host !== "" && `amqps://${url.host}` === url.href;
  return isAddress ? url.host : undefined;
}
