// Rounding noise, as in noise.py: a number that is small beside those that it was computed from, and
// that changes by about its own size when they change by their rounding errors, is shown as 0.

const RUNS = 4, DIGIT = 6, LIMIT = 256;
const EPS = { float64: 2 ** -52, float32: 2 ** -23 };

// Return the values of a program with 0 in place of noise, where no other operation would notice.
function withoutNoise(program, values, changes) {
  const scales = largestOf(program.entries, values);
  const isSmall = (value, place) => (x) => x !== 0 && Math.abs(x) <= LIMIT * EPS[value.kind] * scales[place];
  if (!values.some((value, place) => value.kind in EPS && value.data?.some(isSmall(value, place)))) return values;
  const random = generator();
  const runs = Array.from({ length: RUNS }, () => program.run(changes, (value) => shaken(value, random)));
  const cleaned = values.map((value, place) => {
    if (!(value.kind in EPS) || !value.data) return value;
    const small = isSmall(value, place);
    const isNoise = (x, i) => small(x) && runs.some((run) => Math.abs(x) <= DIGIT * Math.abs(run[place].data[i] - x));
    return value.data.some(isNoise) ? { ...value, data: value.data.map((x, i) => (isNoise(x, i) ? 0 : x)) } : value;
  });
  return withoutContradictions(program.entries, values, cleaned, scales);
}

function largestOf(entries, values) {
  const scales = [];
  entries.forEach((entry, place) => {
    const { low = 0, high = 0 } = extremesOf(values[place]);
    const own = values[place].kind in EPS ? Math.max(Math.abs(low), Math.abs(high)) : 0;
    scales.push(Math.max(own, ...(entry.inputs ?? []).map((i) => scales[i])));
  });
  return scales;
}

// Change the last digit of a value, at random; whole numbers are taken as exact.
function shaken(value, random) {
  if (!(value.kind in EPS) || !value.data) return value;
  return { ...value, data: value.data.map((x) => (Number.isInteger(x) ? x : x * (1 + EPS[value.kind] * random()))) };
}

// Random numbers from 1 to 2 and -2 to -1, the same on each run of the page (Park and Miller, 1988).
function generator() {
  let state = 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return ((state % 2 ? 1 : -1) * (1 + state / 2147483647));
  };
}

// Keep the numbers whose replacement by 0 would change the result of another operation.
function withoutContradictions(entries, values, cleaned, scales) {
  for (let isDone = false; !isDone; ) {
    isDone = true;
    entries.forEach((entry, place) => {
      const replaced = (entry.inputs ?? []).filter((i) => cleaned[i] !== values[i]);
      if (!replaced.length || isNear(compute(entry, entry.inputs.map((i) => cleaned[i])), cleaned[place], scales[place])) return;
      for (const i of replaced) cleaned[i] = values[i];
      isDone = false;
    });
  }
  return cleaned;
}

function isNear(after, before, scale) {
  if (!(before.kind in EPS)) return after.data.every((x, i) => x === before.data[i]);
  const atol = LIMIT * EPS[before.kind] * scale;
  return after.data.every((x, i) => Object.is(x, before.data[i]) || Math.abs(x - before.data[i]) <= atol + 1e-6 * Math.abs(before.data[i]));
}
