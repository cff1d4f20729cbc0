/** set-variable: gives a context variable a value; a literal is a String, an expression keeps its C# type. */
import { object, string } from "../kit/attributes.ts";
import { ALL_SCOPES, ALL_SECTIONS, definePolicy } from "../kit/policy.ts";

export const setVariable = definePolicy({
  name: "set-variable",
  sections: ALL_SECTIONS,
  scopes: ALL_SCOPES,
  category: "Transformation",
  summary: "Stores a value in a context variable for later policies and expressions.",
  reference: "https://learn.microsoft.com/azure/api-management/set-variable-policy",
  attributes: {
    name: string({ required: true, doc: "Name of the variable; compared case-sensitively." }),
    value: object({
      required: true,
      expression: true,
      doc: "Literal (a String) or an expression of any allowed type.",
    }),
  },
  compile({ name, value }) {
    return (x) => {
      x.variables.set(name, value.get(x));
      return undefined;
    };
  },
});
