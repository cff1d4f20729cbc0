/**
 * IMessageBody: what expressions read of a body. The runner has put it in memory before the expression runs; reading without
 * preserveContent consumes it, so that what follows sees an empty body, as in APIM.
 * https://learn.microsoft.com/azure/api-management/api-management-policy-expressions#ref-imessagebody
 */
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { implement } from "../../csharp/library/define.ts";
import { Dictionary } from "../../csharp/library/dictionary.ts";
import { parseJson, parseJsonArray, parseJsonObject } from "../../csharp/library/json-loading.ts";
import { List } from "../../csharp/library/list.ts";
import { parseXDocument, parseXElement } from "../../csharp/library/xdocument.ts";
import { hostClass } from "../../csharp/runtime/object.ts";
import { bytes, CsException } from "../../csharp/runtime/values.ts";
import { type Type, type } from "../../csharp/types.ts";
import type { Message } from "../../kit/message.ts";
import { parseQuery } from "../../kit/url.ts";
import { note } from "./inputs.ts";

const STRING = type("System.String");

export class MessageBody {
  readonly message: Message;

  constructor(message: Message) {
    this.message = message;
  }

  /** The content decoded from its Content-Encoding; empty once consumed. */
  bytes(preserveContent: boolean): Uint8Array {
    const { message } = this;
    if (message.isBodyConsumed) return new Uint8Array(0);
    const content = message.body.buffered;
    if (content === undefined)
      throw new CsException("System.InvalidOperationException", "The message body is not available here.");
    if (!preserveContent) message.isBodyConsumed = true;
    return decoded(content, message.headers.joined("Content-Encoding"));
  }

  text(preserveContent: boolean): string {
    return note("Body", decodeText(this.bytes(preserveContent), this.message.headers.first("Content-Type")));
  }
}

const MAX_DECODED_BYTES = 16 * 1024 * 1024;
const MAX_LAYERS = 2;

const DECODERS: Readonly<Record<string, (data: Uint8Array) => Uint8Array>> = {
  gzip: (data) => gunzipSync(data, { maxOutputLength: MAX_DECODED_BYTES }),
  "x-gzip": (data) => gunzipSync(data, { maxOutputLength: MAX_DECODED_BYTES }),
  deflate: (data) => inflateSync(data, { maxOutputLength: MAX_DECODED_BYTES }),
  br: (data) => brotliDecompressSync(data, { maxOutputLength: MAX_DECODED_BYTES }),
};

/** Undoes Content-Encoding (RFC 9110 section 8.4), within bounds: a small body may claim to be a huge one. */
function decoded(content: Uint8Array, encoding: string | undefined): Uint8Array {
  if (encoding === undefined || content.length === 0) return content;
  const codings = encoding
    .toLowerCase()
    .split(",")
    .map((c) => c.trim())
    .filter((c) => c !== "" && c !== "identity");
  if (codings.length > MAX_LAYERS)
    throw new CsException("System.IO.InvalidDataException", "The body has too many content codings.");
  try {
    return codings.reduceRight((data, coding) => {
      if (!Object.hasOwn(DECODERS, coding)) return data;
      return DECODERS[coding](data);
    }, content);
  } catch {
    throw new CsException("System.IO.InvalidDataException", "The body does not decode as its Content-Encoding says.");
  }
}

/** Text by the charset of Content-Type, else by byte order mark, else UTF-8. */
export function decodeText(content: Uint8Array, contentType: string | undefined): string {
  const charset = contentType === undefined ? undefined : /;\s*charset\s*=\s*"?([\w-]+)/i.exec(contentType)?.[1];
  const label =
    content[0] === 0xff && content[1] === 0xfe
      ? "utf-16le"
      : content[0] === 0xfe && content[1] === 0xff
        ? "utf-16be"
        : charset;
  try {
    return new TextDecoder(label ?? "utf-8").decode(content);
  } catch {
    return new TextDecoder("utf-8").decode(content);
  }
}

/** As<T>() by full name of T. */
const READERS: Readonly<Record<string, (body: MessageBody, preserve: boolean) => unknown>> = {
  "System.String": (body, preserve) => body.text(preserve),
  "System.Object": (body, preserve) => body.text(preserve),
  "Newtonsoft.Json.Linq.JObject": (body, preserve) => parseJsonObject(body.text(preserve)),
  "Newtonsoft.Json.Linq.JArray": (body, preserve) => parseJsonArray(body.text(preserve)),
  "Newtonsoft.Json.Linq.JToken": (body, preserve) => parseJson(body.text(preserve)),
  "System.Xml.Linq.XDocument": (body, preserve) => parseXDocument(body.text(preserve)),
  "System.Xml.Linq.XElement": (body, preserve) => parseXElement(body.text(preserve)),
  "System.Xml.Linq.XNode": (body, preserve) => parseXElement(body.text(preserve)),
};

function readAs(body: MessageBody, target: Type, preserve: boolean): unknown {
  if (target.kind === "array" && target.args[0].name === "System.Byte") return bytes(body.bytes(preserve));
  if (Object.hasOwn(READERS, target.name)) return READERS[target.name](body, preserve);
  throw new CsException("System.InvalidCastException", `A message body cannot be read as ${target}.`);
}

/** IDictionary<string, IList<string>> of a form (application/x-www-form-urlencoded). */
function readForm(body: MessageBody, preserve: boolean): Dictionary {
  const form = new Dictionary(STRING, type("System.Collections.Generic.IList", STRING));
  for (const [name, value] of parseQuery(body.text(preserve))) {
    let values = form.lookUp(name) as List | undefined;
    if (values === undefined) {
      values = new List(STRING);
      form.addEntry(name, values);
    }
    values.addItem(value);
  }
  return form;
}

implement("IMessageBody", {
  "As(bool)": (self: MessageBody, target: Type, preserve: boolean) => readAs(self, target, preserve),
  "AsFormUrlEncodedContent(bool)": (self: MessageBody, preserve: boolean) => readForm(self, preserve),
});

hostClass(MessageBody, "IMessageBody");
