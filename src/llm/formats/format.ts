/** What a translator between OpenAI's chat completions and another provider's format is made of. All of it is pure: JSON in, JSON out. */
import type { Usage } from "../usage.ts";
import type { AnsweredCall, ChatAnswer, Finish } from "./chat-answer.ts";
import type { ChatRequest } from "./chat-request.ts";
import type { Json } from "./json.ts";

/** A call as the provider wants it. */
export interface ProviderCall {
  /** Below the backend's URL, with leading slash, percent-encoded. */
  readonly path: string;
  /** Without question mark; "" for none. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Undefined: nothing is said but the path. */
  readonly body?: Json;
}

/** One event of a provider's stream. */
export interface ProviderEvent {
  /** Of Amazon's framing; "" for server-sent events, whose data says what it is. */
  readonly name: string;
  readonly data: Json;
}

export interface EmbeddingsRequest {
  readonly model: string;
  readonly inputs: readonly string[];
  readonly dimensions: number | undefined;
}

export interface EmbeddingsAnswer {
  readonly vectors: readonly (readonly number[])[];
  readonly promptTokens: number;
}

export interface ProviderError {
  readonly message: string;
  /** The provider's own word for it. */
  readonly code: string | null;
}

/** Takes down a stream as it is read, in the words of one of OpenAI's APIs. */
export interface AnswerWriter {
  usage: Usage | undefined;
  /** Who answers; empty texts say nothing. */
  from(id: string, model: string): void;
  begin(choice?: number): void;
  text(content: string, choice?: number): void;
  reasoning(words: string, choice?: number): void;
  /** A call begins; answers its number, by which its arguments follow. */
  call(call: AnsweredCall, choice?: number): number;
  callArguments(call: number, more: string, choice?: number): void;
  hasCalls(choice?: number): boolean;
  finish(reason: Finish, choice?: number): void;
  /** Whether a choice has come to its end: without it a stream was cut. */
  readonly isFinished: boolean;
  /** The stream is over, and whole. */
  end(): void;
  /** The stream is over, and will not be whole. */
  fail(message: string, code: string | null): void;
  /** What was written since the last time, as server-sent events. */
  take(): string;
}

export interface ModelFormat {
  readonly framing: "server-sent" | "amazon";
  /** Throws UnfitRequest for what the provider cannot be asked. */
  chat(request: ChatRequest): ProviderCall;
  answer(body: Json): ChatAnswer;
  /** Reads one stream: what it learns of an event it writes. Throws BrokenAnswer where the provider says that it failed. */
  reader(out: AnswerWriter): (event: ProviderEvent) => void;
  error(body: Json): ProviderError;
  /** The provider's own names of its models. */
  readonly models?: {
    readonly call: ProviderCall;
    answer(body: Json): readonly string[];
  };
  readonly embeddings?: {
    request(request: EmbeddingsRequest): ProviderCall;
    answer(body: Json): EmbeddingsAnswer;
  };
}

/** A request of OpenAI's that cannot be put in the provider's words: the caller's mistake. */
export class UnfitRequest extends Error {
  /** The field it is about. */
  readonly param: string | null;

  constructor(message: string, param: string | null = null) {
    super(message);
    this.name = "UnfitRequest";
    this.param = param;
  }
}

/** An answer that is none of the provider's format, or a stream in which the provider says that it failed. */
export class BrokenAnswer extends Error {
  readonly code: string | null;

  constructor(message: string, code: string | null = null) {
    super(message);
    this.name = "BrokenAnswer";
    this.code = code;
  }
}
