/** Annotations: objects that code attaches to JSON tokens and XML nodes. Kept aside, since hardly any token has one. */
import { defaultOf } from "../runtime/default-value.ts";
import { isInstance } from "../runtime/object.ts";
import type { CsObject } from "../runtime/values.ts";
import { type Type, type } from "../types.ts";
import { argumentNull } from "./exceptions-thrown.ts";
import type { Members } from "./define.ts";
import { Sequence } from "./sequence.ts";
import { typeOfTypeObject } from "./type.ts";

const kept = new WeakMap<CsObject, unknown[]>();

function ofType(owner: CsObject, wanted: Type): unknown[] {
  return (kept.get(owner) ?? []).filter((a) => isInstance(a, wanted));
}

/** AddAnnotation, Annotation, Annotations, RemoveAnnotations of JToken and XObject. */
export const annotationMembers: Members = {
  "AddAnnotation(object)": (self: CsObject, annotation: unknown) => {
    if (annotation === null) throw argumentNull("annotation");
    const list = kept.get(self);
    if (list) list.push(annotation);
    else kept.set(self, [annotation]);
  },
  "Annotation()": (self: CsObject, wanted: Type) => ofType(self, wanted)[0] ?? defaultOf(wanted),
  "Annotation(Type)": (self: CsObject, wanted: CsObject) => ofType(self, typeOfTypeObject(wanted))[0] ?? null,
  "Annotations()": (self: CsObject, wanted: Type) => annotations(self, wanted),
  "Annotations(Type)": (self: CsObject, wanted: CsObject) =>
    annotations(self, typeOfTypeObject(wanted), type("System.Object")),
  "RemoveAnnotations()": (self: CsObject, wanted: Type) => removeAll(self, wanted),
  "RemoveAnnotations(Type)": (self: CsObject, wanted: CsObject) => removeAll(self, typeOfTypeObject(wanted)),
};

function annotations(owner: CsObject, wanted: Type, elementType = wanted): Sequence {
  return new Sequence(elementType, () => ofType(owner, wanted)[Symbol.iterator]());
}

function removeAll(owner: CsObject, wanted: Type): void {
  kept.set(
    owner,
    (kept.get(owner) ?? []).filter((a) => !isInstance(a, wanted)),
  );
}
