/** What can be checked only with everything together: ambiguous paths and keys, missing keys and certificates. */
import type { Diagnostics } from "../base/diagnostic.ts";
import { isUnread, plainThumbprint, thumbprintOf } from "../base/pki/certificate-material.ts";
import { Names } from "./names.ts";
import type { Api, Backend, Snapshot, Subscription } from "./snapshot.ts";

export function checkReferences(snapshot: Snapshot, diagnostics: Diagnostics): void {
  checkPaths(snapshot, diagnostics);
  checkKeys(snapshot, diagnostics);
  checkOpenProducts(snapshot, diagnostics);
  checkPassedThrough(snapshot, diagnostics);
  // Where something could not be read, what is missing is a consequence.
  if (diagnostics.failed) return;
  for (const backend of snapshot.backends.values()) checkCertificates(backend, snapshot, diagnostics);
}

/** An MCP server that is passed through needs somewhere to be. */
function checkPassedThrough(snapshot: Snapshot, diagnostics: Diagnostics): void {
  for (const { id, mcp, serviceUrl } of snapshot.apis) {
    if (mcp === undefined || mcp.tools !== undefined) continue;
    const file = `apis/${id}/apiInformation.json`;
    if (mcp.backendId !== undefined && !snapshot.backends.has(mcp.backendId)) {
      const { message, hint } = new Names("backend", snapshot.backends.keys()).unknown(mcp.backendId);
      diagnostics.error("SP1102", `MCP server "${id}" is passed through to "${mcp.backendId}". ${message}`, {
        file,
        hint,
      });
    } else if (mcp.backendId === undefined && serviceUrl === undefined) {
      const hint = "Give it a serviceUrl or a backendId, or tools made of operations (mcpTools).";
      diagnostics.error("SP1005", `MCP server "${id}" has neither tools nor an address`, { file, hint });
    }
  }
}

function checkCertificates({ id, credentials }: Backend, snapshot: Snapshot, diagnostics: Diagnostics): void {
  const all = [...snapshot.certificates.values()];
  const canTell = credentials?.certificateIds.length === 0 && !all.some(isUnread);
  const thumbprints = canTell ? (credentials.certificateThumbprints ?? []) : [];
  const known = thumbprints.length === 0 ? [] : all.map((c) => thumbprintOf(c.certificate));
  const missing = [
    ...(credentials?.certificateIds ?? []).filter((name) => !snapshot.certificates.has(name)),
    ...thumbprints.filter((thumbprint) => !known.includes(plainThumbprint(thumbprint))),
  ];
  for (const name of missing) {
    diagnostics.warning(
      "SP1205",
      `Backend "${id}" presents the certificate "${name}", which no setting gives: it is called without`,
      {
        hint: `Add to sallyport.yaml: certificates: {${name}: {certificate: client.crt, key: client.key}}`,
      },
    );
  }
}

/** Two APIs that answer on the same path, told apart by nothing. */
function checkPaths(snapshot: Snapshot, diagnostics: Diagnostics): void {
  const seen = new Map<string, Api>();
  for (const api of snapshot.apis) {
    if (!api.isCurrent) continue;
    const key = `${api.path.toLowerCase()}\0${api.version?.toLowerCase() ?? ""}`;
    const other = seen.get(key);
    if (other === undefined) seen.set(key, api);
    else {
      const version = api.version === undefined ? "" : ` in version "${api.version}"`;
      diagnostics.error(
        "SP1103",
        `The APIs "${other.id}" and "${api.id}" have the same path "/${api.path}"${version}`,
        {
          file: `apis/${api.id}/apiInformation.json`,
          hint: "Change the path of one of them.",
        },
      );
    }
  }
}

function checkKeys(snapshot: Snapshot, diagnostics: Diagnostics): void {
  const owners = new Map<string, Subscription>();
  for (const subscription of snapshot.subscriptions) {
    for (const key of new Set([subscription.primaryKey, subscription.secondaryKey])) {
      if (key === undefined) continue;
      const other = owners.get(key);
      if (other === undefined) owners.set(key, subscription);
      else {
        diagnostics.error("SP1103", `The subscriptions "${other.id}" and "${subscription.id}" have the same key`, {
          hint: "Give each its own key.",
        });
      }
    }
  }
  const keyless = snapshot.subscriptions.filter(
    (s) => s.state === "active" && s.primaryKey === undefined && s.secondaryKey === undefined,
  );
  if (keyless.length === 0 || diagnostics.failed) return;
  const some =
    keyless
      .slice(0, 5)
      .map((s) => s.id)
      .join(", ") + (keyless.length > 5 ? ` and ${keyless.length - 5} more` : "");
  diagnostics.warning("SP1205", `Subscriptions without a key cannot be used: ${some}`, {
    hint: `Add to sallyport.yaml: subscriptions: {${keyless[0].id}: {primaryKey: env:NAME}}; or let run --dev make keys.`,
  });
}

/** A call without key runs in the context of the open product that holds its API: there can be one only. */
function checkOpenProducts(snapshot: Snapshot, diagnostics: Diagnostics): void {
  const open = new Map<string, string>();
  for (const product of snapshot.products.values()) {
    if (product.subscriptionRequired) continue;
    for (const api of product.apis) {
      const other = open.get(api);
      if (other === undefined) open.set(api, product.id);
      else
        diagnostics.warning(
          "SP1103",
          `API "${api}" is in two open products, "${other}" and "${product.id}": calls without key run in the first`,
        );
    }
  }
}
