/** The functions that generated code may call, by the names it uses. */
import { dynamicConvert } from "../library/dynamic-convert.ts";
import { dynamicCall, dynamicInvoke, dynamicInvokeStatic } from "../library/dynamic-invoke.ts";
import { dynamicIndex, dynamicMember, dynamicSetIndex, dynamicSetMember } from "../library/dynamic-member.ts";
import { dynamicOperation } from "../library/dynamic-operation.ts";
import { enumerable, enumerator } from "../library/iterator.ts";
import {
  checkInt,
  checkLong,
  checkUint,
  checkUlong,
  divInt,
  divLong,
  divUint,
  divUlong,
  remInt,
  remLong,
  remUint,
  remUlong,
} from "../runtime/arithmetic.ts";
import { arrayOfItems, element, newArray, setElement, setReference, toIndex } from "../runtime/array-access.ts";
import { account, enter, outOfSteps } from "../runtime/budget.ts";
import {
  asNullable,
  asReference,
  castTo,
  castToString,
  isNull,
  notNull,
  nullableValue,
  placed,
  placedAfter,
  unboxNullable,
  unboxTo,
} from "../runtime/casts.ts";
import { combine, noteDelegateType, remove, sameDelegate } from "../runtime/delegates.ts";
import { findHandler, popHandlers, pushHandler, takingClause } from "../runtime/exception-filters.ts";
import { catches, caught, filter, raise, thrown } from "../runtime/exceptions.ts";
import { multiArrayOfItems, multiElement, newMultiArray, setMultiElement } from "../runtime/multi-array.ts";
import { andNullable, orNullable } from "../runtime/nullable-bool.ts";
import {
  checkedBig,
  checkedBigToInteger,
  checkedToBig,
  checkedToInteger,
  decimalToBig,
  decimalToInteger,
  doubleToInt,
  doubleToLong,
  doubleToUint,
  doubleToUlong,
} from "../runtime/numeric-conversion.ts";
import { equalsObject, isInstance, iterate, iterateBoxed } from "../runtime/object.ts";
import { AnonymousObject, CsTuple } from "../runtime/structural.ts";
import { hole, objectText, sized, valueText } from "../runtime/text.ts";
import { Box, box, Ref } from "../runtime/values.ts";

const functions = {
  AnonymousObject,
  Box,
  CsTuple,
  Ref,
  andNullable,
  arrayOfItems,
  asNullable,
  asReference,
  box,
  castTo,
  castToString,
  catches,
  caught,
  checkInt,
  checkLong,
  checkUint,
  checkUlong,
  checkedBig,
  checkedBigToInteger,
  checkedToBig,
  checkedToInteger,
  combine,
  decimalToBig,
  decimalToInteger,
  divInt,
  divLong,
  divUint,
  divUlong,
  doubleToInt,
  doubleToLong,
  doubleToUint,
  doubleToUlong,
  dynamicCall,
  dynamicConvert,
  dynamicIndex,
  dynamicInvoke,
  dynamicInvokeStatic,
  dynamicMember,
  dynamicOperation,
  dynamicSetIndex,
  dynamicSetMember,
  element,
  enter,
  enumerable,
  enumerator,
  equalsObject,
  filter,
  findHandler,
  hole,
  isInstance,
  isNull,
  iterate,
  iterateBoxed,
  multiArrayOfItems,
  multiElement,
  newArray,
  newMultiArray,
  notNull,
  noteDelegateType,
  nullableValue,
  objectText,
  orNullable,
  outOfSteps,
  placed,
  placedAfter,
  popHandlers,
  pushHandler,
  raise,
  remInt,
  remLong,
  remUint,
  remUlong,
  remove,
  sameDelegate,
  setElement,
  setMultiElement,
  setReference,
  sized,
  takingClause,
  thrown,
  toIndex,
  unboxNullable,
  unboxTo,
  valueText,
};

export type RuntimeName = keyof typeof functions;

/** What a module gets as `R`. */
export const runtimeTable = Object.freeze({ account, ...functions });
