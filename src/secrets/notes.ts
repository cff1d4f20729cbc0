/** Where this room reports to; the log of src/telemetry fits, which a room of this floor may not name. */
export interface Notes {
  info(message: string, fields?: NoteFields): void;
  warn(message: string, fields?: NoteFields): void;
}

export type NoteFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** For loads that nobody watches (`check`). */
export const SILENT: Notes = { info: () => undefined, warn: () => undefined };

/** The message of whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
