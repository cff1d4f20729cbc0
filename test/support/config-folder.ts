/** Builds configuration folders in a temporary place for tests. */
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export type Files = Readonly<Record<string, string | object>>;

const made: string[] = [];
process.on("exit", () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** Writes files (objects as JSON, indented by one) into a new folder, which is removed when the process ends. */
export async function configFolder(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-test-"));
  made.push(folder);
  await addFiles(folder, files);
  return folder;
}

export async function addFiles(folder: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === "string" ? content : JSON.stringify(content, null, 1));
  }
}

/** An API with one GET operation per path. */
export function apiFiles(id: string, properties: object = {}, paths: readonly string[] = ["/items"]): Files {
  return {
    [`apis/${id}/apiInformation.json`]: {
      properties: { path: id, displayName: id, serviceUrl: "http://127.0.0.1:9", ...properties },
    },
    [`apis/${id}/specification.json`]: {
      openapi: "3.0.1",
      info: { title: id, version: "1" },
      paths: Object.fromEntries(
        paths.map((p) => [p, { get: { operationId: `get${p}`, responses: { 200: { description: "" } } } }]),
      ),
    },
  };
}
