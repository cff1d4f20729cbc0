/** System.Object, Type, Enum, Nullable, Exception, Tuple, Delegate: members as C# code sees them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluateCase } from "../evaluate.ts";

function check(cases: readonly (readonly [expr: string, value: unknown])[], setup?: string): void {
  for (const [expr, expected] of cases) {
    const answer = evaluateCase({ id: "x", expr, setup }, {});
    const actual = answer.exception
      ? `${answer.exception.type}: ${answer.exception.message}`
      : "value" in answer
        ? answer.value
        : answer;
    assert.deepEqual(actual, expected, expr);
  }
}

test("System.Type", () => {
  check([
    ["typeof(int).Name", "Int32"],
    ["typeof(int?).Name", "Nullable`1"],
    ["typeof(List<string>).Name", "List`1"],
    [
      "typeof(Dictionary<string, int[]>).ToString()",
      "System.Collections.Generic.Dictionary`2[System.String,System.Int32[]]",
    ],
    ["typeof(int[]).Name + typeof(int[]).FullName", "Int32[]System.Int32[]"],
    [
      "typeof(List<int>).FullName",
      "System.Collections.Generic.List`1[[System.Int32, System.Private.CoreLib, Version=8.0.0.0, Culture=neutral, PublicKeyToken=7cec85d7bea7798e]]",
    ],
    ["typeof(JObject).Namespace", "Newtonsoft.Json.Linq"],
    ["typeof(JObject).BaseType.BaseType.Name", "JToken"],
    [
      "typeof(int).IsValueType && typeof(DayOfWeek).IsEnum && typeof(int[]).IsArray && !typeof(string).IsPrimitive",
      true,
    ],
    ["typeof(Exception).IsAssignableFrom(typeof(ArgumentNullException))", true],
    ["typeof(JValue).IsSubclassOf(typeof(JToken))", true],
    ["typeof(int) == 5.GetType()", true],
    ["typeof(object) == typeof(int)", false],
    ["typeof(IEnumerable<int>).IsInterface", true],
    ["typeof(int[]).GetElementType().Name", "Int32"],
    ["typeof(KeyValuePair<string, int>).GetGenericArguments().Length", 2],
    ["typeof(int).IsInstanceOfType(5)", true],
    ['new { a = 1 }.GetType().Name.StartsWith("<>f__AnonymousType")', true],
    ["(1, 2).GetType().Name", "ValueTuple`2"],
    ["Type.GetTypeCode(typeof(decimal)).ToString()", "Decimal"],
    [
      "((object)null).GetType()",
      "System.NullReferenceException: Object reference not set to an instance of an object.",
    ],
  ]);
});

test("System.Enum", () => {
  check([
    ['(DayOfWeek)Enum.Parse(typeof(DayOfWeek), "friday", true)', "Friday"],
    ['Enum.Parse<DayOfWeek>(" 3 ")', "Wednesday"],
    ['Enum.Parse<DayOfWeek>("Nope")', "System.ArgumentException: Requested value 'Nope' was not found."],
    ['Enum.TryParse<DayOfWeek>("Sunday", out var d) + ":" + d', "True:Sunday"],
    ['Enum.TryParse("x", out DayOfWeek d) + ":" + (int)d', "False:0"],
    ["Enum.GetNames(typeof(DateTimeKind))", ["Unspecified", "Utc", "Local"]],
    ["Enum.GetValues(typeof(DateTimeKind)).Length", 3],
    ["Enum.IsDefined(typeof(DayOfWeek), 9)", false],
    ['Enum.IsDefined(typeof(DayOfWeek), "Monday")', true],
    ["Enum.GetName(typeof(DayOfWeek), 2)", "Tuesday"],
    ["(RegexOptions.IgnoreCase | RegexOptions.Multiline).ToString()", "IgnoreCase, Multiline"],
    ["(RegexOptions.IgnoreCase | RegexOptions.Multiline).HasFlag(RegexOptions.Multiline)", true],
    ["((DayOfWeek)7).ToString()", "7"],
    ["((RegexOptions)0).ToString()", "None"],
    [
      'DayOfWeek.Friday.ToString("D") + DayOfWeek.Friday.ToString("X") + DayOfWeek.Friday.ToString("g")',
      "500000005Friday",
    ],
    [
      'DayOfWeek.Friday.ToString("Q")',
      'System.FormatException: Format string can be only "G", "g", "X", "x", "F", "f", "D" or "d".',
    ],
    ["DayOfWeek.Friday.CompareTo(DayOfWeek.Monday) > 0 && DayOfWeek.Friday > DayOfWeek.Monday", true],
    ["DayOfWeek.Friday.Equals(5)", false],
    ["DayOfWeek.Friday - DayOfWeek.Monday", 4],
    ["(DayOfWeek.Monday + 1).ToString()", "Tuesday"],
    ['$"{DayOfWeek.Friday:D}|{DayOfWeek.Friday}|{(object)DayOfWeek.Friday}"', "5|Friday|Friday"],
    ['Enum.Parse(typeof(int), "1")', "System.ArgumentException: Type provided must be an Enum. (Parameter 'enumType')"],
  ]);
});

test("System.Nullable", () => {
  check(
    [
      ['n.HasValue + "," + m.HasValue', "True,False"],
      ["n.Value", 5],
      ["m.Value", "System.InvalidOperationException: Nullable object must have a value."],
      ["m.GetValueOrDefault()", 0],
      ["m.GetValueOrDefault(7) + n.GetValueOrDefault(7)", 12],
      ["n.Equals(5) && !m.Equals(5) && m.Equals(null)", true],
      ["n.ToString() + m.ToString() + n.GetHashCode() + m.GetHashCode()", "550"],
      ["Nullable.Compare(n, m) + Nullable.Compare(m, n)", 0],
      ["Nullable.GetUnderlyingType(typeof(int?)).Name", "Int32"],
      ["Nullable.GetUnderlyingType(typeof(int)) == null", true],
      ["n.GetType().Name", "Int32"],
      ["new int?(3) + 1", 4],
      ["d.GetValueOrDefault().Year", 1],
    ],
    "int? n = 5; int? m = null; DateTime? d = null;",
  );
});

test("System.Exception", () => {
  check([
    ["new Exception().Message", "Exception of type 'System.Exception' was thrown."],
    ["new ArgumentException().Message", "Value does not fall within the expected range."],
    [
      'new ArgumentException("m", "p").Message + "|" + new ArgumentException("m", "p").ParamName',
      "m (Parameter 'p')|p",
    ],
    ['new ArgumentNullException("p").Message', "Value cannot be null. (Parameter 'p')"],
    ['new ArgumentOutOfRangeException("p", 5, "m").Message', "m (Parameter 'p')\nActual value was 5."],
    ['new ArgumentOutOfRangeException("p", 5, "m").ActualValue', 5],
    ["new InvalidOperationException(null).Message", "Exception of type 'System.InvalidOperationException' was thrown."],
    ['new ObjectDisposedException("x").Message', "Cannot access a disposed object.\nObject name: 'x'."],
    ["new KeyNotFoundException().Message", "The given key was not present in the dictionary."],
    ['new AggregateException(new Exception("a"), new Exception("b")).Message', "One or more errors occurred. (a) (b)"],
    ['new AggregateException(new Exception("a"), new Exception("b")).InnerExceptions.Count', 2],
    ['new Exception("a", new FormatException("b")).GetBaseException().GetType().Name', "FormatException"],
    [
      'new Exception("a", new FormatException("b")).ToString()',
      "System.Exception: a\n ---> System.FormatException: b\n   --- End of inner exception stack trace ---",
    ],
    ['new Exception("a").StackTrace == null', true],
    ['new Exception("a") is SystemException', false],
    ["new DivideByZeroException() is ArithmeticException", true],
  ]);
  check([
    ['@{ try { "abc".Substring(9); return null; } catch (ArgumentException e) { return e.ParamName; } }', "startIndex"],
    [
      '@{ try { JObject.Parse("{"); return null; } catch (JsonReaderException e) { return e.LineNumber + ":" + e.LinePosition + ":" + e.Path; } }',
      "1:1:",
    ],
    [
      '@{ var e = new Exception("m"); e.Data["k"] = 1; e.HelpLink = "h"; return e.Data["k"] + e.HelpLink + e.Data.Count; }',
      "1h1",
    ],
    ["@{ try { throw new NotSupportedException(); } catch (Exception e) { return e.StackTrace != null; } }", true],
  ]);
});

test("System.Tuple and delegates", () => {
  check([
    ['Tuple.Create(1, "a", 2.5).ToString()', "(1, a, 2.5)"],
    ["Tuple.Create(1, 2).Equals(Tuple.Create(1, 2))", true],
    ["Tuple.Create(1, 2) == Tuple.Create(1, 2)", false],
    ['new Tuple<int, string>(1, "x").Item2', "x"],
    ["new[] { Tuple.Create(2, 1), Tuple.Create(1, 9) }.OrderBy(t => t).First().Item2", 9],
    ["((Func<int, int>)(x => x + 1)).DynamicInvoke(4)", 5],
    ["new Func<int>(() => 4)()", 4],
    ["((Action)(() => { })).Equals(null)", false],
  ]);
});

test("interfaces of values", () => {
  check([
    ["((IComparable)5).CompareTo(7)", -1],
    ['((IComparable<string>)"a").CompareTo("b")', -1],
    ["((IEquatable<int>)5).Equals(5)", true],
    ['((IFormattable)1.5).ToString("0.00", null)', "1.50"],
    ['((IConvertible)"12").ToInt32(null)', 12],
    ["object.Equals(1, 1) && !object.ReferenceEquals(1, 1)", true],
    ["new object().ToString()", "System.Object"],
    ["new object().Equals(new object())", false],
  ]);
});
