/** Calls of tools whose arguments come piece by piece, each in a block of the provider's stream that has a number. */
import type { AnsweredCall } from "./chat-answer.ts";
import type { AnswerWriter } from "./format.ts";

export class OpenCalls {
  readonly #out: AnswerWriter;
  /** By the number of its block. */
  readonly #calls = new Map<unknown, { readonly call: number; hasArguments: boolean }>();

  constructor(out: AnswerWriter) {
    this.#out = out;
  }

  begin(block: unknown, call: AnsweredCall): void {
    this.#calls.set(block, { call: this.#out.call(call), hasArguments: call.arguments !== "" });
  }

  more(block: unknown, written: string): void {
    const open = this.#calls.get(block);
    if (open === undefined || written === "") return;
    open.hasArguments = true;
    this.#out.callArguments(open.call, written);
  }

  /** Providers say nothing where there are no arguments; OpenAI's clients read JSON. */
  end(block: unknown): void {
    if (this.#calls.get(block)?.hasArguments === false) this.more(block, "{}");
  }
}
