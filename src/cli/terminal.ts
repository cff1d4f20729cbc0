/** What a command writes to: the two streams, each with colours where they are wanted, and text made safe to show. */

export type Colour = "red" | "yellow" | "green" | "cyan" | "bold" | "dim";

const CODES: Readonly<Record<Colour, number>> = { red: 31, yellow: 33, green: 32, cyan: 36, bold: 1, dim: 2 };

export interface Sink {
  /** Writes a line. */
  line(text: string): void;
  /** Colours text, when this stream wants colours. */
  paint(colour: Colour, text: string): string;
}

export interface Terminal {
  readonly out: Sink;
  readonly err: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function processTerminal(): Terminal {
  const { env, stdout, stderr } = process;
  return { out: sink(stdout, env), err: sink(stderr, env), env };
}

/** Colours only on a terminal, never with NO_COLOR (https://no-color.org); FORCE_COLOR asks for them anywhere. */
function sink(stream: NodeJS.WriteStream, env: Terminal["env"]): Sink {
  const isWanted = env.FORCE_COLOR
    ? env.FORCE_COLOR !== "0"
    : stream.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
  return {
    line: (text) => void stream.write(`${text}\n`),
    paint: (colour, text) => (isWanted ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text),
  };
}

/**
 * Text from files and requests must not steer the terminal: control characters other than tab and line feed become
 * visible signs.
 */
export function printable(text: string): string {
  return text.replace(/(?![\t\n])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (c) => {
    const code = c.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? "\u2421" : "\ufffd";
  });
}

/** Columns of equal width, two blanks between them; the last is not padded. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd(),
  );
}
