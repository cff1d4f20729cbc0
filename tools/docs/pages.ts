/** Every generated page of docs/reference. */
import { auditPage } from "./audit-page.ts";
import { csharpPages } from "./csharp-pages.ts";
import { diagnosticsPage } from "./diagnostics-page.ts";
import type { Page } from "./markdown.ts";
import { policyPages } from "./policy-pages.ts";

export function allPages(): readonly Page[] {
  return [...policyPages(), ...csharpPages(), diagnosticsPage(), auditPage()];
}

/** Folders that hold generated pages and nothing else. */
export const GENERATED_FOLDERS: readonly string[] = ["docs/reference/policies", "docs/reference/csharp"];
