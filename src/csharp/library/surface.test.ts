import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeType, surfaceDefinition, surfaceKeys } from "./surface.ts";

test("recorded and added types are found by name and number of type parameters", () => {
  assert.equal(surfaceDefinition("System.String`0")?.kind, "class");
  assert.equal(surfaceDefinition("System.Collections.Generic.Dictionary`2")?.base, "System.Object");
  assert.equal(surfaceDefinition("System.Func`3")?.kind, "delegate");
  assert.equal(surfaceDefinition("System.Func`0"), undefined);
  assert.equal(surfaceDefinition("constructor`0"), undefined);
});

test("every line of the table decodes to a member with its types", () => {
  for (const key of surfaceKeys()) {
    for (const m of surfaceDefinition(key)?.m ?? []) {
      const types = [...(m.p ?? []).map((p) => p.t), m.k === "ctor" ? "System.Void" : (m.r ?? m.t), ...(m.ix ?? [])];
      for (const t of types)
        assert.match(t as string, /^(!{1,2}\d+|[A-Z][\w.+]*)(<.+>)?(\[\])*&?$/, `${key} ${m.n}: ${t}`);
    }
  }
});

test("the notation of members", () => {
  const def = decodeType("Sample<!0>", [
    "class System.Object System.IDisposable",
    "new(System.Int32 size = 4)",
    "core static Pick<2>(this !0 source, params System.Object[] more): !!1",
    "TryGet(System.String key, out !0 value): System.Boolean",
    "this[System.Int32, System.String]: !0 get set",
    "static field Empty: Sample<!0>",
    "const Limit: System.Int32 = 7",
  ]);
  assert.deepEqual(def, {
    type: "Sample<!0>",
    kind: "class",
    base: "System.Object",
    ifaces: ["System.IDisposable"],
    m: [
      { k: "ctor", p: [{ n: "size", t: "System.Int32", def: "4" }] },
      {
        k: "method",
        n: "Pick",
        s: 1,
        g: 2,
        ext: 1,
        core: 1,
        p: [
          { n: "source", t: "!0" },
          { n: "more", t: "System.Object[]", params: 1 },
        ],
        r: "!!1",
      },
      {
        k: "method",
        n: "TryGet",
        p: [
          { n: "key", t: "System.String" },
          { n: "value", t: "!0&", out: 1 },
        ],
        r: "System.Boolean",
      },
      { k: "prop", n: "Item", t: "!0", ix: ["System.Int32", "System.String"], get: 1, set: 1 },
      { k: "field", n: "Empty", t: "Sample<!0>", s: 1 },
      { k: "field", n: "Limit", t: "System.Int32", s: 1, v: "7" },
    ],
  });
});
