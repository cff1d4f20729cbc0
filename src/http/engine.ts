/**
 * Which code speaks HTTP/1.1: our own codec on sockets (`native`), or node:http and undici (`node`). Both stand behind the same two
 * interfaces and pass the same tests; docs/guide/differences.md lists where they differ. HTTP/2 is Node's with either.
 */
import type { Egress } from "./egress.ts";
import type { Front, FrontOptions } from "./front.ts";
import { NativeFront } from "./native/native-front.ts";
import { NativeUpstream } from "./native/native-upstream.ts";
import { NodeFront } from "./node-front.ts";
import { NodeUpstream } from "./node-upstream.ts";
import type { Upstream } from "./upstream.ts";

export const ENGINES = ["native", "node"] as const;
export type Engine = (typeof ENGINES)[number];

export function createFront(engine: Engine, options: FrontOptions): Front {
  return engine === "native" ? new NativeFront(options) : new NodeFront(options);
}

/** @param egress the fence that all calls pass; absent: none */
export function createUpstream(engine: Engine, egress?: Egress): Upstream {
  return engine === "native" ? new NativeUpstream(egress) : new NodeUpstream(egress);
}
