/** The program of a seed and an index: always the same one. */
import { Generator, type Program } from "./generator.ts";
import { globalVariables } from "./globals.ts";
import { hostile } from "./hostile.ts";
import { Dice } from "./random.ts";

/** One in so many programs is wrong on purpose. */
const HOSTILE_SHARE = 6;

export function programOf(seed: number, index: number): Program {
  const dice = new Dice(seed, index);
  const program = new Generator(dice, globalVariables).program();
  if (!dice.oneIn(HOSTILE_SHARE)) return program;
  return hostile(dice, program, new Generator(dice, globalVariables).program());
}
