/**
 * Compares the gateway's parsers with node:http's. What ours accepts, Node's must accept alike: the same messages, with the same bodies,
 * at the same places. What ours refuses, it may refuse; why, is counted.
 */
import { generateRequests, generateResponse } from "./generate.ts";
import { readRequests, readResponse } from "./native-parser.ts";
import { readRequests as nodeRequests, readResponse as nodeResponse } from "./node-parser.ts";
import { type Message, type Outcome, textOf } from "./outcome.ts";
import { Random } from "./random.ts";

/** Cases of a kind that both refuse, both accept, or that only ours refuses, by its reason. */
export type Counts = Map<string, number>;

export class Difference extends Error {}

/** Tries one case. Throws Difference. */
export function tryRequests(seed: number, counts: Counts): void {
  const random = new Random(seed);
  const text = generateRequests(random);
  const octets = Buffer.from(text, "latin1");
  const ours = readRequests(octets);
  sameWhenCut(ours, octets, random, (cuts) => readRequests(octets, cuts), seed, text);
  const theirs = nodeRequests(octets);
  if (theirs !== undefined) judge(ours, theirs, (more) => readRequests(withMore(octets, more)), seed, text, counts);
}

export function tryResponse(seed: number, counts: Counts): void {
  const random = new Random(seed);
  const isHead = random.chance(0.1);
  const text = generateResponse(random);
  const octets = Buffer.from(text, "latin1");
  const ours = readResponse(octets, isHead);
  sameWhenCut(ours, octets, random, (cuts) => readResponse(octets, isHead, cuts), seed, text);
  const theirs = nodeResponse(octets, isHead);
  if (theirs !== undefined)
    judge(ours, theirs, (more) => readResponse(withMore(octets, more), isHead), seed, text, counts);
}

/** Continuations that would make a message of nearly anything that can still become one. */
const CONTINUATIONS = ["\r\n\r\n", "\n\r\n\r\n", " / HTTP/1.1\r\nHost: h\r\n\r\n", "0\r\n\r\n", ": x\r\n\r\n"];

function withMore(octets: Buffer, more: string): Buffer {
  return Buffer.concat([octets, Buffer.from(more, "latin1")]);
}

function sameWhenCut(
  whole: Outcome,
  octets: Buffer,
  random: Random,
  read: (cuts: readonly number[]) => Outcome,
  seed: number,
  text: string,
): void {
  const cuts = Array.from({ length: 1 + random.below(4) }, () => random.below(octets.length + 1)).sort((a, b) => a - b);
  const cut = read(cuts);
  if (cut.end === whole.end && textOf(cut.messages) === textOf(whole.messages)) return;
  throw new Difference(`seed ${seed}: cut at ${cuts} it is another message: ${JSON.stringify(text)}`);
}

function judge(
  ours: Outcome,
  theirs: Outcome,
  continued: (more: string) => Outcome,
  seed: number,
  text: string,
  counts: Counts,
): void {
  const refuses = ours.end.startsWith("refused");
  const theyRefuse = theirs.end.startsWith("refused");
  const fail = (what: string): never => {
    const all = `ours (${ours.end}):\n${textOf(ours.messages)}\nnode (${theirs.end}):\n${textOf(theirs.messages)}`;
    throw new Difference(`seed ${seed}: ${what}\n${JSON.stringify(text)}\n${all}`);
  };
  const common = ours.messages.filter((m) => m.isComplete);
  const accepted = theirs.messages.slice(0, common.length);
  if (textOf(common) !== textOf(accepted)) fail("a message is read in two ways");
  // Node's parser stops at the first octet of a message that cannot be, ours may wait for its line: it must not come to another end.
  const isLater = !refuses && theyRefuse && ours.end === "more";
  if (isLater && CONTINUATIONS.some((more) => continued(more).messages.filter(isWhole).length > common.length))
    fail("only Node's parser refuses");
  if (!refuses && ours.end !== "closed" && theirs.messages.filter(isWhole).length > common.length)
    fail("Node's parser finds more messages");
  const kind = isLater
    ? "both refuse, ours later"
    : !refuses
      ? "both accept"
      : theyRefuse
        ? "both refuse"
        : `only ours refuses: ${ours.end.slice(8)}`;
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}

function isWhole(message: Message): boolean {
  return message.isComplete;
}
