/** Where state of a configuration folder is kept when its settings do not say: https://specifications.freedesktop.org/basedir-spec */
import { hash } from "node:crypto";
import { join, resolve } from "node:path";
import type { Terminal } from "./terminal.ts";

/** Undefined when the user has no place for state. @param kind `quotas`, `usage` */
export function stateFileOf(kind: string, folder: string, env: Terminal["env"]): string | undefined {
  const home = env.XDG_STATE_HOME ?? (env.HOME === undefined ? undefined : join(env.HOME, ".local", "state"));
  if (home === undefined) return undefined;
  const digest = hash("sha256", resolve(folder), "hex").slice(0, 12);
  return join(home, "sallyport", `${kind}-${digest}.db`);
}
