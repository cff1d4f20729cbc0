import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDecimal, formatDouble, formatInteger, formatSingle } from "./number-format.ts";

/** value, format, text as .NET 8 gives it. */
type Row = [value: number, format: string | null, text: string];

test("doubles: default and standard formats", () => {
  const rows: Row[] = [
    [100, null, "100"],
    [1e15, null, "1000000000000000"],
    [1e16, null, "10000000000000000"],
    [123456789012345680, null, "1.2345678901234568E+17"],
    [1e-4, null, "0.0001"],
    [1e-5, null, "1E-05"],
    [1.5e300, null, "1.5E+300"],
    [1 / 3, null, "0.3333333333333333"],
    [-0, null, "-0"],
    [5e-324, null, "5E-324"],
    [Number.MAX_VALUE, null, "1.7976931348623157E+308"],
    [Number.NaN, "F2", "NaN"],
    [Number.NEGATIVE_INFINITY, null, "-Infinity"],
    [123.455, "F2", "123.45"],
    [1.005, "F2", "1.00"],
    [0.5, "F0", "0"],
    [2.5, "F0", "2"],
    [3.5, "F0", "4"],
    [-2.5, "F0", "-2"],
    [0.6, "F0", "1"],
    [0.05, "F0", "0"],
    [-0, "F1", "-0.0"],
    [0.1 * 3, "F20", "0.30000000000000004441"],
    [12345678901234567890, "F0", "12345678901234567168"],
    [
      1e100,
      "F0",
      "10000000000000000159028911097599180468360808563945281389781327557747838772170381060813469985856815104",
    ],
    [1234567.891, "N", "1,234,567.89"],
    [-1234.5, "N1", "-1,234.5"],
    [123456789.125, "N2", "123,456,789.12"],
    [1234.5, "C", "¤1,234.50"],
    [-1234.5, "C2", "(¤1,234.50)"],
    [0.1234, "P", "12.34 %"],
    [0.1234, "P0", "12 %"],
    [0.125, "P0", "12 %"],
    [1234.5, "E", "1.234500E+003"],
    [1234.5, "e2", "1.23e+003"],
    [0.125, "E1", "1.2E-001"],
    [0.974, "E1", "9.7E-001"],
    [9.96, "E1", "1.0E+001"],
    [98.7, "G2", "99"],
    [999.5, "E0", "1E+003"],
    [0.00001234, "G", "1.234E-05"],
    [123456.789, "G4", "1.235E+05"],
    [99.99, "G3", "100"],
    [0.125, "G2", "0.12"],
    [0.1, "G17", "0.10000000000000001"],
    [0.1 + 0.2, "R", "0.30000000000000004"],
  ];
  for (const [value, format, text] of rows) assert.equal(formatDouble(value, format), text, `${value} ${format}`);
});

test("floats print the shortest digits that read back", () => {
  const rows: Row[] = [
    [Math.fround(1 / 3), null, "0.33333334"],
    [Math.fround(0.1), null, "0.1"],
    [3.4028234663852886e38, null, "3.4028235E+38"],
    [16777216, null, "16777216"],
    [Math.fround(0.1), "F10", "0.1000000015"],
    [Math.fround(1.005), "0.00", "1.01"],
  ];
  for (const [value, format, text] of rows) assert.equal(formatSingle(value, format), text, `${value} ${format}`);
});

test("custom formats", () => {
  const rows: Row[] = [
    [2.5, "0", "3"],
    [1.005, "0.00", "1.01"],
    [2.675, "0.00", "2.68"],
    [0.125, "0.00", "0.13"],
    [0.35, "0.#", "0.4"],
    [12.3, "0.##", "12.3"],
    [0.5, "0%", "50%"],
    [0.5, "0\u2030", "500\u2030"],
    [1234.5678, "0,0.0", "1,234.6"],
    [12345.678, "#,##0.##", "12,345.68"],
    [1e10, "0.###E+0", "1E+10"],
    [0.000123, "0.0000E+00", "1.2300E-04"],
    [1234, "0.0e0", "1.2e3"],
    [1234567, "0,,", "1"],
    [1234567, "0,,.0", "1.2"],
    [12.5, "00.0#", "12.5"],
    [-5.5, "0.0;(0.0)", "(5.5)"],
    [0, "0.0;neg;zero", "zero"],
    [0.001, "0.0;neg;zero", "zero"],
    [-0.04, "0.0", "-0.0"],
    [-0.3, "#", ""],
    [5, "'it''s' 0", "its 5"],
    [5, "\\#0", "#5"],
    [5, '"a;b"0', "a;b5"],
    [7, "xyz", "xyz"],
    [-7, "0 'E'", "-7 E"],
    [15, "0Eur", "15Eur"],
    [1234567890123456, "#,#", "1,234,567,890,123,460"],
  ];
  for (const [value, format, text] of rows) assert.equal(formatDouble(value, format), text, `${value} ${format}`);
});

test("integers", () => {
  const rows: [number | bigint, string | null, number, string][] = [
    [42, null, 32, "42"],
    [42, "D5", 32, "00042"],
    [-42, "D5", 32, "-00042"],
    [255, "x", 32, "ff"],
    [-1, "X", 32, "FFFFFFFF"],
    [-5, "X", 16, "FFFB"],
    [10, "x2", 8, "0a"],
    [-1n, "X", 64, "FFFFFFFFFFFFFFFF"],
    [5, "B8", 32, "00000101"],
    [123, "E2", 32, "1.23E+002"],
    [123, "F1", 32, "123.0"],
    [123, "P1", 32, "12,300.0 %"],
    [12345, "G3", 32, "1.23E+04"],
    [1234567, "N0", 32, "1,234,567"],
    [9223372036854775807n, "N0", 64, "9,223,372,036,854,775,807"],
    [1234567, "#,##0.00", 32, "1,234,567.00"],
    [0, "#", 32, ""],
    [5, "0;neg0;zero", 32, "5"],
    [1234567890, "(###) ###-####", 32, "(123) 456-7890"],
    [12, "000.00", 32, "012.00"],
    [1234567, "0,0", 32, "1,234,567"],
  ];
  for (const [value, format, bits, text] of rows) {
    assert.equal(formatInteger(value, format, bits), text, `${value} ${format}`);
  }
});

test("decimals keep their zeros and round half away from zero", () => {
  const rows: [bigint, number, string | null, string][] = [
    [110n, 2, null, "1.10"],
    [0n, 2, null, "0.00"],
    [110n, 2, "G0", "1.1"],
    [25n, 1, "F0", "3"],
    [35n, 1, "F0", "4"],
    [125n, 3, "F2", "0.13"],
    [125n, 3, "0.00", "0.13"],
    [15n, 1, "0.000", "1.500"],
    [12345678n, 4, "G", "1234.5678"],
    [123450n, 2, "C", "¤1,234.50"],
  ];
  for (const [mantissa, scale, format, text] of rows) {
    assert.equal(formatDecimal(mantissa, scale, false, format), text, `${mantissa} ${format}`);
  }
  assert.equal(formatDecimal(1n, 3, true, "F1"), "0.0");
});

test("formats that a type does not have", () => {
  const invalid = { typeName: "System.FormatException", message: "Format specifier was invalid." };
  assert.throws(() => formatDouble(5.5, "D"), invalid);
  assert.throws(() => formatDouble(1, "X"), invalid);
  assert.throws(() => formatInteger(5, "Q", 32), invalid);
  assert.throws(() => formatInteger(5, "R", 32), invalid);
  assert.throws(() => formatDecimal(5n, 0, false, "D"), invalid);
  assert.throws(() => formatInteger(5, "D1000000000", 32), invalid);
});
