/** placeholder */
import type { BoundProgram } from "./bound.ts";
import type { Place } from "./binder.ts";
export function checkAssignments(_program: BoundProgram, _report: (code: string, message: string, at: Place) => void): void {}
