/**
 * Named values in the credentials of backends: `{{name}}` stands for the value, as in policies. The portal writes the keys of function
 * apps this way.
 */
import type { Diagnostics } from "../base/diagnostic.ts";
import { didYouMean } from "./documents/fields.ts";
import type { Backend, BackendCredentials, NamedValue } from "./snapshot.ts";

export function withNamedValues(
  backends: ReadonlyMap<string, Backend>,
  values: ReadonlyMap<string, NamedValue>,
  diagnostics: Diagnostics,
): Map<string, Backend> {
  const result = new Map<string, Backend>();
  for (const [id, backend] of backends) {
    const { credentials } = backend;
    const expand = (text: string) => expanded(text, values, id, diagnostics);
    result.set(id, credentials === undefined ? backend : { ...backend, credentials: filled(credentials, expand) });
  }
  return result;
}

function filled(credentials: BackendCredentials, expand: (text: string) => string): BackendCredentials {
  const { header, query, authorization } = credentials;
  const all = (byName: BackendCredentials["header"]) =>
    new Map([...byName].map(([name, texts]) => [name, texts.map(expand)]));
  return {
    ...credentials,
    header: all(header),
    query: all(query),
    authorization: authorization && { ...authorization, parameter: expand(authorization.parameter) },
  };
}

function expanded(
  text: string,
  values: ReadonlyMap<string, NamedValue>,
  backend: string,
  diagnostics: Diagnostics,
): string {
  return text.replace(/\{\{\s*([A-Za-z0-9._-]+)\s*\}\}/g, (whole, name: string) => {
    const value = values.get(name)?.value;
    if (value !== undefined) return value;
    const what = values.has(name) ? `The named value "${name}" has no value` : `There is no named value "${name}"`;
    const hint = values.has(name)
      ? `Give one in sallyport.yaml: namedValues: { "${name}": "env:SOME_VARIABLE" }.`
      : (didYouMean(name, values.keys()) ?? 'Add it to the folder "named values" or to sallyport.yaml.');
    const code = values.has(name) ? "SP1205" : "SP1102";
    diagnostics.error(code, `${what}; the credentials of the backend "${backend}" use it`, { hint });
    return whole;
  });
}
