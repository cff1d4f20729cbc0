/** System.DBNull: the one value that stands for a missing one. */
import { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { implement } from "./define.ts";

export class DbNull extends CsObject {
  static readonly value = new DbNull();

  override get type(): Type {
    return type("System.DBNull");
  }

  override toText(): string {
    return "";
  }
}

implement("System.DBNull", {
  Value: () => DbNull.value,
  "ToString(*)": () => "",
});
