/** What a parser made of some octets: the messages it found, and how it ended. */
export interface Message {
  /** Method and target, or status and reason. */
  readonly line: string;
  readonly version: string;
  /** [name, value, ...] */
  readonly fields: readonly string[];
  body: string;
  isComplete: boolean;
}

export interface Outcome {
  readonly messages: Message[];
  /** `more`: it waits; `closed`: nothing after these messages is read; else why it refused. */
  end: "more" | "closed" | `refused ${string}`;
}

export function textOf(messages: readonly Message[]): string {
  return messages
    .map((m) => `${m.line} ${m.version} ${JSON.stringify(m.fields)} ${JSON.stringify(m.body)} ${m.isComplete}`)
    .join("\n");
}
