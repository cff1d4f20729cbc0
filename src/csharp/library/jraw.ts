/** JRaw: text that is written into JSON as it is. */
import { typeOf } from "../runtime/object.ts";
import { Box } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { JTokenType } from "./json-token-type.ts";
import { JValue } from "./jvalue.ts";

export class JRaw extends JValue {
  /** @param raw the text seen as object, usually a string */
  constructor(raw: unknown) {
    super(JTokenType.Raw, raw instanceof Box ? raw.value : raw, raw === null ? null : typeOf(raw));
  }

  override get type(): Type {
    return type("Newtonsoft.Json.Linq.JRaw");
  }

  override cloneToken(): JRaw {
    return new JRaw(this.value);
  }
}
