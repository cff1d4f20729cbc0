/**
 * Exponential, logarithm and trigonometric functions, rounded to the nearest double as the C libraries behind .NET do but for about one
 * result in a hundred; V8's are a unit in the last place off more often. They compute with fixed-point integers: Math's result is the
 * start, one step makes it exact. Arguments of unusual size keep Math's result.
 */

/** Bits behind the point. */
const BITS = 128n;
const ONE = 1n << BITS;
/** Pi and the natural logarithm of 2, as integers of this scale. */
const PI = machinPi();
const LN2 = 2n * atanhInverse(3n);

/** 1/n + 1/3n^3 + ... (or with alternating signs): the inverse (hyperbolic) tangent of 1/n. */
function inverseSeries(n: bigint, sign: bigint): bigint {
  let sum = 0n;
  let power = ONE / n;
  for (let k = 1n; power !== 0n; k += 2n) {
    sum += power / k;
    power = (sign * power) / (n * n);
  }
  return sum;
}

function atanhInverse(n: bigint): bigint {
  return inverseSeries(n, 1n);
}

function machinPi(): bigint {
  return 4n * (4n * inverseSeries(5n, -1n) - inverseSeries(239n, -1n));
}

const view = new DataView(new ArrayBuffer(8));

/** A double of middling size as a fixed-point number. */
function fixed(value: number): bigint {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = ((bits >> 52n) & 0x7ffn) - 1075n;
  const mantissa = (bits & 0xfffffffffffffn) | 0x10000000000000n;
  const shift = exponent + BITS;
  const size = shift >= 0n ? mantissa << shift : mantissa >> -shift;
  return value < 0 ? -size : size;
}

/** Number() rounds to the nearest; the scaling is exact. */
const rounded = (value: bigint, exponent = 0) => Number(value) * 2 ** (exponent - Number(BITS));

const times = (a: bigint, b: bigint) => (a * b) >> BITS;
const over = (a: bigint, b: bigint) => (a << BITS) / b;

/** Between the sizes where fixed-point numbers have digits to spare. */
function isMiddling(value: number): boolean {
  const size = Math.abs(value);
  return size > 2 ** -20 && size < 2 ** 20;
}

/** e to a power, less a power of 2 that comes beside it. */
function exponential(value: bigint): { part: bigint; exponent: bigint } {
  const exponent = value / LN2;
  // Eight halvings make the series short, eight squarings undo them.
  const small = (value - exponent * LN2) >> 8n;
  let part = ONE;
  let term = ONE;
  for (let k = 1n; term !== 0n && term !== -1n; k++) {
    term = times(term, small) / k;
    part += term;
  }
  for (let i = 0; i < 8; i++) part = times(part, part);
  return { part, exponent };
}

export function exp(x: number): number {
  if (!isMiddling(x) || Math.abs(x) > 700) return Math.exp(x);
  const { part, exponent } = exponential(fixed(x));
  return rounded(part, Number(exponent));
}

export function log(x: number): number {
  if (!(x > 2 ** -60 && x < 2 ** 60) || x === 1) return Math.log(x);
  const start = fixed(Math.log(x));
  const { part, exponent } = exponential(start);
  const reached = exponent >= 0n ? part << exponent : part >> -exponent;
  const wanted = fixed(x);
  return rounded(start + 2n * over(wanted - reached, wanted + reached));
}

/** Sine and cosine of an angle. */
function sineAndCosine(angle: bigint): [sine: bigint, cosine: bigint] {
  const quarter = PI / 2n;
  const turns = (2n * angle + (angle < 0n ? -quarter : quarter)) / PI;
  const rest = angle - turns * quarter;
  const square = times(rest, rest);
  let sine = 0n;
  let cosine = 0n;
  let term = ONE;
  for (let k = 1n; term !== 0n && term !== -1n; k += 2n) {
    cosine += term;
    const odd = times(term, rest) / k;
    sine += odd;
    term = -times(term, square) / (k * (k + 1n));
  }
  switch (((turns % 4n) + 4n) % 4n) {
    case 1n:
      return [cosine, -sine];
    case 2n:
      return [-sine, -cosine];
    case 3n:
      return [-cosine, sine];
    default:
      return [sine, cosine];
  }
}

export function sin(x: number): number {
  return isMiddling(x) ? rounded(sineAndCosine(fixed(x))[0]) : Math.sin(x);
}

export function cos(x: number): number {
  return isMiddling(x) ? rounded(sineAndCosine(fixed(x))[1]) : Math.cos(x);
}

export function tan(x: number): number {
  if (!isMiddling(x)) return Math.tan(x);
  const [sine, cosine] = sineAndCosine(fixed(x));
  return rounded(over(sine, cosine));
}

export function atan2(y: number, x: number): number {
  const start = Math.atan2(y, x);
  if (!isMiddling(x) || !isMiddling(y) || !isMiddling(start)) return start;
  const [sine, cosine] = sineAndCosine(fixed(start));
  const [rise, run] = [fixed(y), fixed(x)];
  const missing = over(times(rise, cosine) - times(run, sine), times(run, cosine) + times(rise, sine));
  return rounded(fixed(start) + missing);
}

export function atan(x: number): number {
  return atan2(x, 1);
}

export function asin(x: number): number {
  const start = Math.asin(x);
  if (!isMiddling(start) || Math.abs(x) > 0.9999) return start;
  const [sine, cosine] = sineAndCosine(fixed(start));
  return rounded(fixed(start) + over(fixed(x) - sine, cosine));
}

export function acos(x: number): number {
  const start = Math.acos(x);
  if (!isMiddling(x) || Math.abs(x) > 0.9999) return start;
  const [sine, cosine] = sineAndCosine(fixed(start));
  return rounded(fixed(start) + over(cosine - fixed(x), sine));
}

/** As FreeBSD's msun and glibc, which have no more than a logarithm of the mantissa to be exact about. */
export function log10(x: number): number {
  if (!(x >= 2 ** -60 && x < 2 ** 60)) return Math.log10(x);
  view.setFloat64(0, x);
  const exponent = (view.getInt32(0) >> 20) - 1023;
  const below = exponent < 0 ? 1 : 0;
  view.setInt32(0, (view.getInt32(0) & 0xfffff) | ((1023 - below) << 20));
  const scale = exponent + below;
  const rest = scale * 3.694239077158931e-13 + Math.LOG10E * log(view.getFloat64(0));
  return rest + scale * 0.30102999566361177;
}

export function cosh(x: number): number {
  const size = Math.abs(x);
  if (!(size > 0.5 * Math.LN2 && size < 700)) return Math.cosh(x);
  const power = exp(size);
  return size < 22 ? 0.5 * power + 0.5 / power : 0.5 * power;
}

export function sinh(x: number): number {
  const size = Math.abs(x);
  if (!(size >= 22 && size < 700)) return Math.sinh(x);
  return Math.sign(x) * 0.5 * exp(size);
}

export function acosh(x: number): number {
  if (!(x > 2 && x < 2 ** 28)) return Math.acosh(x);
  return log(2 * x - 1 / (x + Math.sqrt(x * x - 1)));
}
