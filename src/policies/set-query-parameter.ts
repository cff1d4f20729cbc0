/** set-query-parameter: adds, replaces or removes a query parameter of the request to the backend. */
import { oneOf, string, textString } from "../kit/attributes.ts";
import { ALL_SCOPES, definePolicy } from "../kit/policy.ts";
import { namedValueDoors } from "./shared/request-doors.ts";

export const setQueryParameter = definePolicy({
  name: "set-query-parameter",
  sections: ["inbound", "backend"],
  scopes: ALL_SCOPES,
  category: "Transformation",
  summary: "Adds, replaces or removes a query parameter of the request.",
  reference: "https://learn.microsoft.com/azure/api-management/set-query-parameter-policy",
  attributes: {
    name: string({ required: true, expression: true, doc: "Name of the parameter." }),
    "exists-action": oneOf(["override", "skip", "append", "delete"], {
      default: "override",
      expression: true,
      doc: "What to do when the parameter is there already: override | skip | append | delete.",
    }),
  },
  children: {
    value: { many: true, text: textString({ default: "", expression: true }), doc: "A value of the parameter." },
  },
  compile({ name, existsAction, children }) {
    return (x) => {
      const { url } = x.request;
      const parameter = name.get(x);
      const action = existsAction.get(x).toLowerCase();
      const present = url.parameter(parameter);
      if (action === "skip" && present.length > 0) return undefined;
      if (action === "delete") url.setParameter(parameter, []);
      else {
        const values = children.value.map((v) => v.text.get(x));
        url.setParameter(parameter, action === "append" ? [...present, ...values] : values);
      }
      return undefined;
    };
  },
  doors: (config, place) => namedValueDoors(config, "the query parameter", place),
});
