/** What Json.NET throws, with its message texts. */
import { CsException } from "../runtime/values.ts";

/** Where a reader stands; line 0 with position 0 means "before anything was read". */
export interface JsonPlace {
  readonly path: string;
  readonly hasLineInfo: boolean;
  readonly lineNumber: number;
  readonly linePosition: number;
}

export function jsonError(message: string): CsException {
  return new CsException("Newtonsoft.Json.JsonException", message);
}

/** JsonReaderException: the text is not JSON, or not the JSON that was asked for. */
export function jsonReaderError(place: JsonPlace, message: string, inner: CsException | null = null): CsException {
  return new CsException("Newtonsoft.Json.JsonReaderException", withPlace(message, place), inner);
}

/** JsonSerializationException: the JSON does not fit the type that was asked for. */
export function jsonSerializationError(
  place: JsonPlace,
  message: string,
  inner: CsException | null = null,
): CsException {
  return new CsException("Newtonsoft.Json.JsonSerializationException", withPlace(message, place), inner);
}

export function jsonWriterError(message: string, path: string): CsException {
  const place = { path, hasLineInfo: false, lineNumber: 0, linePosition: 0 };
  return new CsException("Newtonsoft.Json.JsonWriterException", withPlace(message, place));
}

function withPlace(message: string, place: JsonPlace): string {
  const line = place.hasLineInfo ? `, line ${place.lineNumber}, position ${place.linePosition}` : "";
  const where = `Path '${place.path}'${line}.`;
  // A message of several lines gets the place on a line of its own.
  if (message.endsWith("\n")) return message + where;
  const trimmed = message.trim();
  return `${trimmed.endsWith(".") ? trimmed : `${trimmed}.`} ${where}`;
}
