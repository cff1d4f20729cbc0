/** The two engines of HTTP/1.1: tests of what goes over the wire run on both. */
import type { Engine } from "../../src/http/engine.ts";
import { defaultSettings } from "../../src/resources/empty-snapshot.ts";
import type { Settings } from "../../src/resources/snapshot.ts";

export { ENGINES } from "../../src/http/engine.ts";

export function withEngine(engine: Engine, settings: Settings = defaultSettings()): Settings {
  return { ...settings, http: { ...settings.http, engine } };
}
