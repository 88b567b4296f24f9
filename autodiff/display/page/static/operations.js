// The operations of the page: functions of numbers, matrix products, and a few forms in which NumPy's
// other operations are written (see forms.py). Anything else is refused by name.

const degree = Math.PI / 180;
const bool = (x) => (x !== 0 && x !== false ? 1 : 0); // NaN is true, as in NumPy

function sameSign(remainder, y) {
  return remainder !== 0 && remainder < 0 !== y < 0 ? remainder + y : remainder;
}

function roundedToEven(x) {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}

function logOfSum(x, y) {
  const high = Math.max(x, y);
  return Number.isFinite(high) ? high + Math.log1p(Math.exp(Math.min(x, y) - high)) : high;
}

// 1 ** NaN and (-1) ** Infinity are 1 in NumPy, as in C; JavaScript returns NaN.
function power(x, y) {
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
}

// As in Python, computed from the remainder: 1 // 0.1 is 9, though 1 / 0.1 rounds to 10.
function quotient(x, y) {
  if (y === 0) return x / y;
  if (Math.abs(y) === Infinity) return Number.isFinite(x) && x * y < 0 ? -1 : Math.floor(x / y);
  return Math.round((x - sameSign(x % y, y)) / y);
}

const ELEMENTWISE = {
  add: (x, y) => x + y,
  subtract: (x, y) => x - y,
  multiply: (x, y) => x * y,
  divide: (x, y) => x / y,
  power,
  float_power: power,
  remainder: (x, y) => sameSign(x % y, y),
  fmod: (x, y) => x % y,
  floor_divide: quotient,
  maximum: Math.max,
  minimum: Math.min,
  fmax: (x, y) => (Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.max(x, y)),
  fmin: (x, y) => (Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.min(x, y)),
  logaddexp: logOfSum,
  hypot: Math.hypot,
  arctan2: Math.atan2,
  heaviside: (x, y) => (x === 0 ? y : Number.isNaN(x) ? NaN : bool(x > 0)),
  negative: (x) => -x,
  absolute: Math.abs,
  fabs: Math.abs,
  square: (x) => x * x,
  sqrt: Math.sqrt,
  cbrt: Math.cbrt,
  sinc: (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)),
  reciprocal: (x) => 1 / x,
  exp: Math.exp,
  exp2: (x) => 2 ** x,
  expm1: Math.expm1,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  arcsin: Math.asin,
  arccos: Math.acos,
  arctan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  arcsinh: Math.asinh,
  arccosh: Math.acosh,
  arctanh: Math.atanh,
  degrees: (x) => x / degree,
  rad2deg: (x) => x / degree,
  radians: (x) => x * degree,
  deg2rad: (x) => x * degree,
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  rint: roundedToEven,
  round: roundedToEven,
  sign: Math.sign,
  isnan: (x) => bool(Number.isNaN(x)),
  isfinite: (x) => bool(Number.isFinite(x)),
  isinf: (x) => bool(Math.abs(x) === Infinity),
  less: (x, y) => bool(x < y),
  less_equal: (x, y) => bool(x <= y),
  greater: (x, y) => bool(x > y),
  greater_equal: (x, y) => bool(x >= y),
  equal: (x, y) => bool(x === y),
  not_equal: (x, y) => bool(x !== y),
  logical_and: (x, y) => bool(x) & bool(y),
  logical_or: (x, y) => bool(x) | bool(y),
  logical_xor: (x, y) => bool(x) ^ bool(y),
  logical_not: (x) => 1 - bool(x),
  where: (condition, x, y) => (bool(condition) ? x : y),
  same: (x) => x,
};

const total = (xs) => xs.reduce((sum, x) => sum + x, 0);
const mean = (xs) => total(xs) / xs.length;
const variance = (xs, ddof) => {
  const middle = mean(xs);
  return total(xs.map((x) => (x - middle) ** 2)) / (xs.length - ddof);
};
// The position of the first best entry; NaN is better than any number, as in NumPy.
const placeOf = (xs, isBetter) =>
  xs.reduce((best, x, i) => (!Number.isNaN(xs[best]) && (Number.isNaN(x) || isBetter(x, xs[best])) ? i : best), 0);

const FOLDS = {
  sum: total,
  prod: (xs) => xs.reduce((product, x) => product * x, 1),
  mean,
  max: (xs) => Math.max(...xs),
  min: (xs) => Math.min(...xs),
  any: (xs) => bool(xs.some(bool)),
  all: (xs) => bool(xs.every(bool)),
  argmax: (xs) => placeOf(xs, (x, best) => x > best),
  argmin: (xs) => placeOf(xs, (x, best) => x < best),
  var: variance,
  std: (xs, ddof) => Math.sqrt(variance(xs, ddof)),
};

const SCANS = { cumsum: (sum, x) => sum + x, cumprod: (product, x) => product * x };

const FORMS = {
  move: (entry, inputs) => {
    const entries = inputs.flatMap((input) => input.data);
    return entry.positions.map((i) => entries[i]);
  },
  scatter: (entry, inputs) => {
    const sums = new Array(sizeOf(entry.shape)).fill(0);
    entry.positions.forEach((places, number) => {
      const { data } = inputs[number];
      places.forEach((place, i) => (sums[place] += data[data.length === 1 ? 0 : i]));
    });
    return sums;
  },
  matmul: (entry, [x, y]) => product(x, y),
  fold: (entry, [x], name) =>
    entry.groups.map((group) => FOLDS[name](group.map((i) => x.data[i]), entry.ddof)),
  scan: (entry, [x], name) => {
    const sums = [...x.data];
    for (const group of entry.groups) {
      group.forEach((place, i) => {
        if (i) sums[place] = SCANS[name](sums[group[i - 1]], x.data[place]);
      });
    }
    return sums;
  },
};

const CASTS = { float64: Number, float32: Math.fround, integer: Math.trunc, bool };

// Return whether the page can compute an entry of a program.
function isKnown(entry) {
  const [form] = entry.op.split(" ");
  return entry.kind in CASTS && (entry.op in ELEMENTWISE || form in FORMS || ["input", "constant"].includes(form));
}

function compute(entry, inputs) {
  const [form, name] = entry.op.split(" ");
  const data = form in FORMS ? FORMS[form](entry, inputs, name) : elementwise(entry, inputs);
  return { shape: entry.shape, kind: entry.kind, data: data.map(CASTS[entry.kind]) };
}

function elementwise(entry, inputs, f = ELEMENTWISE[entry.op]) {
  const spread = inputs.map((input) => broadcast(input, entry.shape));
  return Array.from({ length: sizeOf(entry.shape) }, (_, i) => f(...spread.map((data) => data[i])));
}

function sizeOf(shape) {
  return shape.reduce((size, length) => size * length, 1);
}

// Broadcast entries to a shape, as NumPy does.
function broadcast({ shape, data }, wanted) {
  let repeated = data;
  let inner = 1; // how many entries one step along the axis spans, in the result
  for (let axis = wanted.length - 1; axis >= 0; axis -= 1) {
    const own = shape[axis - wanted.length + shape.length] ?? 1;
    if (own !== wanted[axis]) repeated = eachRepeated(repeated, inner, wanted[axis]);
    inner *= wanted[axis];
  }
  return repeated;
}

function eachRepeated(data, run, times) {
  const parts = [];
  for (let start = 0; start < data.length; start += run) {
    for (let i = 0; i < times; i += 1) parts.push(...data.slice(start, start + run));
  }
  return parts;
}

// x @ y, also of vectors, and of stacks of matrices that broadcast.
function product(x, y) {
  const left = x.shape.length === 1 ? [1, ...x.shape] : x.shape;
  const right = y.shape.length === 1 ? [...y.shape, 1] : y.shape;
  const [rows, inner] = left.slice(-2);
  const columns = right.at(-1);
  const stack = stackOf(left.slice(0, -2), right.slice(0, -2));
  const xs = broadcast({ shape: left, data: x.data }, [...stack, rows, inner]);
  const ys = broadcast({ shape: right, data: y.data }, [...stack, inner, columns]);
  const data = [];
  for (let n = 0; n < sizeOf(stack); n += 1) {
    for (let i = 0; i < rows; i += 1) {
      for (let j = 0; j < columns; j += 1) {
        let sum = 0;
        for (let k = 0; k < inner; k += 1) sum += xs[(n * rows + i) * inner + k] * ys[(n * inner + k) * columns + j];
        data.push(sum);
      }
    }
  }
  return data;
}

function stackOf(a, b) {
  const ndim = Math.max(a.length, b.length);
  return Array.from({ length: ndim }, (_, i) => {
    const [m, n] = [a[i - ndim + a.length] ?? 1, b[i - ndim + b.length] ?? 1];
    return m === 1 ? n : m;
  });
}
