/**
 * System.Exception and the exceptions of the table: constructors, default messages, properties.
 * https://learn.microsoft.com/dotnet/api/system.exception
 */
import { toText } from "../runtime/object.ts";
import { box, CsArray, CsException, type CsObject } from "../runtime/values.ts";
import { findDefinition, type MemberDef, type Type, type } from "../types.ts";
import { memberKey } from "../2-bind/member-key.ts";
import { implement, type Members } from "./define.ts";
import { Dictionary } from "./dictionary.ts";
import { argument } from "./exceptions-thrown.ts";
import { toItems } from "./list.ts";
import { ReadOnlyCollection } from "./read-only-collection.ts";

/** Default message by type; undefined: "Exception of type '...' was thrown." */
const DEFAULT_MESSAGES: Readonly<Record<string, string | undefined>> = {
  "System.Exception": undefined,
  "System.SystemException": "System error.",
  "System.ApplicationException": "Error in the application.",
  "System.ArgumentException": "Value does not fall within the expected range.",
  "System.ArgumentNullException": "Value cannot be null.",
  "System.ArgumentOutOfRangeException": "Specified argument was out of the range of valid values.",
  "System.ArithmeticException": "Overflow or underflow in the arithmetic operation.",
  "System.ArrayTypeMismatchException": "Attempted to access an element as a type incompatible with the array.",
  "System.DivideByZeroException": "Attempted to divide by zero.",
  "System.FormatException": "One of the identified items was in an invalid format.",
  "System.IndexOutOfRangeException": "Index was outside the bounds of the array.",
  "System.InsufficientMemoryException": "Insufficient memory to continue the execution of the program.",
  "System.InvalidCastException": "Specified cast is not valid.",
  "System.InvalidOperationException": "Operation is not valid due to the current state of the object.",
  "System.InvalidTimeZoneException": undefined,
  "System.NotFiniteNumberException": "Number encountered was not a finite quantity.",
  "System.NotImplementedException": "The method or operation is not implemented.",
  "System.NotSupportedException": "Specified method is not supported.",
  "System.NullReferenceException": "Object reference not set to an instance of an object.",
  "System.ObjectDisposedException": "Cannot access a disposed object.",
  "System.OperationCanceledException": "The operation was canceled.",
  "System.OutOfMemoryException": "Insufficient memory to continue the execution of the program.",
  "System.OverflowException": "Arithmetic operation resulted in an overflow.",
  "System.RankException": "Attempted to operate on an array with the incorrect number of dimensions.",
  "System.TimeoutException": "The operation has timed out.",
  "System.TimeZoneNotFoundException": undefined,
  "System.UnauthorizedAccessException": "Attempted to perform an unauthorized operation.",
  "System.UriFormatException": "One of the identified items was in an invalid format.",
  "System.AggregateException": "One or more errors occurred.",
  "System.Collections.Generic.KeyNotFoundException": "The given key was not present in the dictionary.",
  "System.IO.IOException": "I/O error occurred.",
  "System.IO.InvalidDataException": "Found invalid data while decoding.",
  "System.Security.Cryptography.CryptographicException": "Error occurred during a cryptographic operation.",
  "System.Text.DecoderFallbackException": "Value does not fall within the expected range.",
  "System.Text.EncoderFallbackException": "Value does not fall within the expected range.",
  "System.Text.RegularExpressions.RegexMatchTimeoutException": "The operation has timed out.",
  "System.Text.RegularExpressions.RegexParseException": undefined,
  "System.Xml.XmlException": "An XML error has occurred.",
  "Newtonsoft.Json.JsonException": undefined,
  "Newtonsoft.Json.JsonReaderException": undefined,
  "Newtonsoft.Json.JsonSerializationException": undefined,
  "Newtonsoft.Json.JsonWriterException": undefined,
  "Microsoft.CSharp.RuntimeBinder.RuntimeBinderException": undefined,
};

/** What some exceptions carry besides their message; also what code sets on them. */
interface Details {
  parameter?: string | null;
  actualValue?: unknown;
  objectName?: string | null;
  inners?: readonly CsException[];
  data?: CsObject;
  settings?: Map<string, unknown>;
}

const details = new WeakMap<CsException, Details>();

function detailsOf(exception: CsException): Details {
  let found = details.get(exception);
  if (!found) {
    found = {};
    details.set(exception, found);
  }
  return found;
}

/** Arguments of a constructor by the names of its parameters. */
type Named = ReadonlyMap<string, unknown>;

function create(typeName: string, given: Named): CsException {
  const inners = innerExceptions(given);
  const inner = (given.get("innerException") ?? given.get("inner") ?? inners?.[0] ?? null) as CsException | null;
  const exception = new CsException(typeName, messageOf(typeName, given, inners), inner);
  if (inners || typeName === "System.AggregateException")
    detailsOf(exception).inners = inners ?? (inner ? [inner] : []);
  if (given.has("paramName")) detailsOf(exception).parameter = given.get("paramName") as string | null;
  if (given.has("actualValue")) detailsOf(exception).actualValue = given.get("actualValue");
  if (given.has("objectName")) detailsOf(exception).objectName = given.get("objectName") as string | null;
  return exception;
}

function innerExceptions(given: Named): readonly CsException[] | undefined {
  const list = given.get("innerExceptions");
  const inners = list ? (toItems(list) as (CsException | null)[]) : undefined;
  if (inners?.includes(null)) throw argument("An element of innerExceptions was null.");
  return inners as readonly CsException[] | undefined;
}

/** ArgumentException and ObjectDisposedException end with what they are about, AggregateException with its inner messages. */
function messageOf(typeName: string, given: Named, inners: readonly CsException[] | undefined): string {
  const standard = DEFAULT_MESSAGES[typeName] ?? `Exception of type '${typeName}' was thrown.`;
  const own = given.has("message") ? (given.get("message") as string | null) : standard;
  const text = own ?? (isArgument(typeName) ? standard : `Exception of type '${typeName}' was thrown.`);
  const parameter = given.get("paramName") as string | null | undefined;
  const about = parameter ? `${text} (Parameter '${parameter}')` : text;
  if (given.get("actualValue") != null) return `${about}\nActual value was ${toText(given.get("actualValue"))}.`;
  if (given.get("objectName")) return `${text}\nObject name: '${given.get("objectName")}'.`;
  const several =
    inners ??
    (typeName === "System.AggregateException" && given.get("innerException")
      ? [given.get("innerException") as CsException]
      : []);
  return several.length > 0 ? `${text} ${several.map((e) => `(${e.message})`).join(" ")}` : about;
}

function isArgument(typeName: string): boolean {
  return typeName.startsWith("System.Argument");
}

function constructors(typeName: string): Members {
  const members: Members = {};
  for (const def of findDefinition(typeName)?.m ?? []) {
    if (def.k === "ctor") members[memberKey(def)] = constructorOf(typeName, def);
  }
  return members;
}

function constructorOf(typeName: string, def: MemberDef) {
  const names = (def.p ?? []).map((p) => p.n);
  return (...args: unknown[]) => create(typeName, new Map(names.map((name, i) => [name, args[i]])));
}

for (const typeName of Object.keys(DEFAULT_MESSAGES)) implement(typeName, constructors(typeName));

type Self = CsException;

/** HResult of the exceptions that have one of their own; those derived from them have it, too. */
const RESULTS: Readonly<Record<string, number>> = {
  Exception: 0x80131500,
  SystemException: 0x80131501,
  ArgumentException: 0x80070057,
  ArgumentNullException: 0x80004003,
  ArgumentOutOfRangeException: 0x80131502,
  ArithmeticException: 0x80070216,
  OverflowException: 0x80131516,
  DivideByZeroException: 0x80020012,
  NotFiniteNumberException: 0x80131528,
  ArrayTypeMismatchException: 0x80131503,
  IndexOutOfRangeException: 0x80131508,
  InvalidCastException: 0x80004002,
  InvalidOperationException: 0x80131509,
  ObjectDisposedException: 0x80131622,
  FormatException: 0x80131537,
  NotImplementedException: 0x80004001,
  NotSupportedException: 0x80131515,
  NullReferenceException: 0x80004003,
  OutOfMemoryException: 0x8007000e,
  RankException: 0x80131517,
  TimeoutException: 0x80131505,
  UnauthorizedAccessException: 0x80070005,
  KeyNotFoundException: 0x80131577,
  ApplicationException: 0x80131600,
  IOException: 0x80131620,
  OperationCanceledException: 0x8013153b,
  CryptographicException: 0x80131430,
  XmlException: 0x80131940,
};

function resultOf(t: Type): number {
  for (let at: Type | null = t; at; at = at.base) {
    const found = RESULTS[at.simpleName];
    if (found !== undefined) return found | 0;
  }
  return RESULTS.Exception | 0;
}

function setting(name: string, initial: unknown): Members {
  return {
    [name]: (self: Self) => details.get(self)?.settings?.get(name) ?? initial,
    [`${name}=`]: (self: Self, value: unknown) => {
      const own = detailsOf(self);
      own.settings ??= new Map();
      own.settings.set(name, value);
    },
  };
}

const OBJECT = type("System.Object");

implement("System.Exception", {
  Message: (self: Self) => self.message,
  InnerException: (self: Self) => self.inner,
  StackTrace: (self: Self) => (self.position < 0 ? null : `   at policy expression, offset ${self.position}`),
  ...setting("HResult", null),
  HResult: (self: Self) => (details.get(self)?.settings?.get("HResult") as number | undefined) ?? resultOf(self.type),
  ...setting("HelpLink", null),
  ...setting("Source", null),
  Data: (self: Self) => {
    const own = detailsOf(self);
    own.data ??= new Dictionary(OBJECT, OBJECT);
    return own.data;
  },
  "GetBaseException()": (self: Self) => {
    let base = self;
    while (base.inner) base = base.inner;
    return base;
  },
  "ToString()": (self: Self) => self.toText(),
});

/** Part of a message that says the same as a property: library code throws with messages alone. */
function fromMessage(self: Self, pattern: RegExp): string | undefined {
  return pattern.exec(self.message)?.[1];
}

function numberFrom(pattern: RegExp) {
  return (self: Self) => Number(fromMessage(self, pattern) ?? 0);
}

implement("System.ArgumentException", {
  Message: (self: Self) => self.message,
  ParamName: (self: Self) => details.get(self)?.parameter ?? fromMessage(self, /\(Parameter '([^']*)'\)/) ?? null,
  "ThrowIfNullOrEmpty(*)": (value: string | null, parameter: string | null) => {
    if (value === null) throw create("System.ArgumentNullException", new Map([["paramName", parameter]]));
    if (value === "") throw emptyArgument("The value cannot be an empty string.", parameter);
  },
  "ThrowIfNullOrWhiteSpace(*)": (value: string | null, parameter: string | null) => {
    if (value === null) throw create("System.ArgumentNullException", new Map([["paramName", parameter]]));
    if (value.trim() === "")
      throw emptyArgument("The value cannot be an empty string or composed entirely of whitespace.", parameter);
  },
});

function emptyArgument(message: string, parameter: string | null): CsException {
  return create(
    "System.ArgumentException",
    new Map([
      ["message", message],
      ["paramName", parameter],
    ]),
  );
}

/** An Int32, which most arguments that library code refuses are. */
function actualNumber(self: Self): unknown {
  const text = fromMessage(self, /\nActual value was (-?\d+)\.$/);
  return text === undefined || Number(text) !== (Number(text) | 0) ? null : box(Number(text), type("System.Int32"));
}

implement("System.ArgumentOutOfRangeException", {
  ActualValue: (self: Self) => details.get(self)?.actualValue ?? actualNumber(self),
});
implement("System.ObjectDisposedException", { ObjectName: (self: Self) => details.get(self)?.objectName ?? "" });

implement("System.AggregateException", {
  InnerExceptions: (self: Self) => new ReadOnlyCollection(type("System.Exception"), innersOf(self)),
  "Flatten()": (self: Self) =>
    create(self.typeName, new Map<string, unknown>([["innerExceptions", exceptionArray(flatten(self))]])),
});

function exceptionArray(list: readonly CsException[]): CsArray {
  return new CsArray(type("System.Exception"), [...list]);
}

function innersOf(self: Self): CsArray {
  return exceptionArray(details.get(self)?.inners ?? (self.inner ? [self.inner] : []));
}

function flatten(self: Self): CsException[] {
  return (innersOf(self).items as CsException[]).flatMap((e) => (e.typeName === self.typeName ? flatten(e) : [e]));
}

const position = {
  // The place comes last: what was read may speak of lines, too.
  LineNumber: numberFrom(/[Ll]ine (\d+), position \d+\.$/),
  LinePosition: numberFrom(/[Ll]ine \d+, position (\d+)\.$/),
};

implement("Newtonsoft.Json.JsonReaderException", {
  ...position,
  Path: (self: Self) => fromMessage(self, /Path '((?:[^']|'(?!,|\.$))*)'/) ?? "",
});
implement("Newtonsoft.Json.JsonSerializationException", {
  ...position,
  Path: (self: Self) => fromMessage(self, /Path '([^']*)'/) ?? "",
});
implement("System.Xml.XmlException", position);
implement("System.Text.RegularExpressions.RegexParseException", { Offset: numberFrom(/at offset (\d+)/) });
