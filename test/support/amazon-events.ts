/** Messages in Amazon's event stream encoding, as Bedrock sends them: written from the specification, for tests. */
import { crc32 } from "node:zlib";

export function amazonEvent(name: string, payload: unknown, kind = "event"): Buffer {
  const headers = Buffer.concat(
    [
      [kind === "error" ? ":error-code" : `:${kind}-type`, name],
      [":content-type", "application/json"],
      [":message-type", kind],
    ].map(([key, value]) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(Buffer.byteLength(value));
      return Buffer.concat([Buffer.from([key.length]), Buffer.from(key), Buffer.from([7]), length, Buffer.from(value)]);
    }),
  );
  const body = Buffer.from(JSON.stringify(payload));
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + headers.length + body.length, 0);
  prelude.writeUInt32BE(headers.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const message = Buffer.concat([prelude, headers, body]);
  const end = Buffer.alloc(4);
  end.writeUInt32BE(crc32(message));
  return Buffer.concat([message, end]);
}
