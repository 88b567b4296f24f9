// The likely mistake in a wrong slope, in the words and the order of Python's check_slope.

const SMALL = 12;

function judged(own, right, { mutants, factors }, tolerance) {
  const fits = (data) => agrees(data, right.data, tolerance);
  if (String(own.shape) !== String(right.shape)) return { isRight: false, text: wrongShape(own, right, fits) };
  const wrong = own.data.filter((x, i) => !agrees([x], [right.data[i]], tolerance, sizeOfAll(right.data))).length;
  if (!wrong) return { isRight: true, text: "Right." };
  const { length } = right.data;
  const count = length > 1 ? `wrong in ${wrong} of ${length} entries` : "wrong";
  const mistake = likelyMistake(own, right, mutants, factors, tolerance);
  return { isRight: false, text: mistake ? `${count}: ${mistake}` : count };
}

function sizeOfAll(data) {
  return Math.max(1e-12, ...data.filter(Number.isFinite).map(Math.abs));
}

function agrees(own, right, tolerance, size = sizeOfAll(right)) {
  return own.length === right.length && own.every((x, i) => x === right[i] || Math.abs(x - right[i]) <= tolerance * Math.max(Math.abs(right[i]), 1e-3 * size));
}

function wrongShape(own, right, fits) {
  const shape = ({ shape: lengths }) => (lengths.length ? `(${lengths.join(", ")}${lengths.length === 1 ? "," : ""})` : "one number");
  const text = `wrong shape: expected ${shape(right)}, got ${shape(own)}`;
  if (own.shape.length === 2 && fits(transposed(own).data)) return `${text}: transpose it (.T) and it is right`;
  return text;
}

function likelyMistake(own, right, mutants, factors, tolerance) {
  const factor = commonFactor(own.data, right.data, tolerance);
  const usual = factor === null ? rearranged(own, right, tolerance) : factorText(factor, tolerance);
  if (usual && (factor === null || isUsual(factor, tolerance))) return usual;
  const mutant = mutants.find(({ data }) => agrees(own.data, data, tolerance));
  if (mutant) return mutant.text;
  for (const { text, shape, data } of factors) {
    const times = multiplied(own, { shape, data }, (x, y) => x * y);
    if (times && agrees(times, right.data, tolerance) && data.some((x) => Math.abs(x) !== 1)) return `a factor is missing, ${text}`;
    const over = multiplied(own, { shape, data }, (x, y) => x / y);
    if (over && agrees(over, right.data, tolerance) && data.some((x) => Math.abs(x) !== 1)) return `there is a factor too many, ${text}`;
  }
  return usual;
}

function multiplied(own, factor, operation) {
  const fits = factor.shape.length <= own.shape.length && factor.shape.toReversed().every((n, i) => n === 1 || n === own.shape.at(-1 - i));
  if (!fits) return null;
  const spread = broadcast(factor, own.shape);
  return own.data.map((x, i) => operation(x, spread[i]));
}

function commonFactor(own, right, tolerance) {
  const size = total(own.map((x) => x * x));
  if (!Number.isFinite(size) || size === 0) return null;
  const factor = total(own.map((x, i) => x * right[i])) / size;
  return factor !== 0 && agrees(own.map((x) => x * factor), right, tolerance) ? factor : null;
}

function near(x, y, tolerance) {
  return Math.abs(x - y) <= tolerance * Math.abs(y);
}

function isUsual(factor, tolerance) {
  return [factor, 1 / factor].some((f) => near(Math.abs(f), 2, tolerance) || near(Math.abs(f), 1, tolerance));
}

function factorText(factor, tolerance) {
  if (near(factor, -1, tolerance)) return "the sign is flipped (the error is the prediction minus the target?)";
  const sign = factor < 0 ? "-" : "";
  const [top, bottom] = fraction(Math.abs(factor), tolerance);
  if (!top) return `multiply it by ${Number(factor.toPrecision(6))} and it is right`;
  if (bottom === 1) return `multiply it by ${sign}${top} and it is right`;
  if (top === 1) return `divide it by ${sign}${bottom} and it is right (a mean over ${bottom} entries?)`;
  return `multiply it by ${sign}${top}/${bottom} and it is right`;
}

// A number as a fraction p/q of which p or q is small; [] if it is none.
function fraction(x, tolerance) {
  for (let small = 1; small <= SMALL; small += 1) {
    const [top, bottom] = [Math.round(x * small), Math.round(small / x)];
    if (top && top < 1e5 && near(top / small, x, Math.min(tolerance, 0.01 / top))) return [top, small];
    if (bottom && bottom < 1e5 && near(small / bottom, x, Math.min(tolerance, 0.01 / bottom))) return [small, bottom];
  }
  return [];
}

function rearranged(own, right, tolerance) {
  if (own.shape.length === 2 && agrees(transposed(own).data, right.data, tolerance)) return "transpose it (.T) and it is right";
  return agrees(own.data.toReversed(), right.data, tolerance) ? "reverse its entries and it is right" : "";
}

function transposed({ shape, data }) {
  if (shape.length < 2) return { shape, data };
  const [rows, columns] = shape;
  return { shape: [columns, rows], data: Array.from({ length: data.length }, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]) };
}
