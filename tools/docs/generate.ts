/** `npm run docs`: writes the generated pages of docs/reference, and removes those of things that are gone. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { allPages, GENERATED_FOLDERS } from "./pages.ts";

const root = resolve(import.meta.dirname, "../..");
const pages = allPages();
for (const folder of GENERATED_FOLDERS) rmSync(join(root, folder), { recursive: true, force: true });
for (const { path, text } of pages) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
console.log(`${pages.length} pages written to docs/reference`);
