// Numbers as people read them: four digits (large ones six), a real minus sign.

function number(x) {
  if (Number.isNaN(x)) return "NaN";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  const digits = Math.abs(x) < 10000 ? 4 : 6;
  const rounded = Number(x.toPrecision(digits));
  const [mantissa, exponent] = rounded.toExponential().split("e");
  const isPlain = rounded === 0 || (exponent >= -4 && exponent < digits);
  const sign = exponent < 0 ? "-" : "+";
  const power = String(Math.abs(exponent)).padStart(2, "0");
  return (isPlain ? String(rounded) : `${mantissa}e${sign}${power}`).replaceAll("-", "−");
}

// Write a slope, always with its sign.
function signed(x) {
  return x > 0 ? `+${number(x)}` : number(x);
}

// Return the function that writes the entries of a value: bools as words.
function writerOf(value) {
  return value.kind === "bool" ? (x) => (x ? "True" : "False") : number;
}

// Write a value in one line: a number, a few entries, or the range of many.
function inLine(value, write = writerOf(value)) {
  if (value.text !== undefined) return value.text;
  if (value.data && value.shape.length === 0) return write(value.data[0]);
  if (value.data && value.data.length <= 9) return nested(value.data.map(write), value.shape);
  return `${value.shape.join("×")} entries, ${rangeOf(value, write)}`;
}

function nested(texts, shape) {
  if (shape.length < 2) return `[${texts.join("  ")}]`;
  const size = texts.length / shape[0];
  const rows = Array.from({ length: shape[0] }, (_, i) => texts.slice(i * size, (i + 1) * size));
  return `[${rows.map((row) => nested(row, shape.slice(1))).join(" ")}]`;
}

// Write the range of many entries, and how many of them are not finite.
function rangeOf(value, write = writerOf(value)) {
  const { low, high, bad } = extremesOf(value);
  const range = low === undefined ? [] : [low === high ? `all ${write(low)}` : `${write(low)} … ${write(high)}`];
  return [...range, ...(bad ? [`${bad} NaN or ∞`] : [])].join(", ") || "empty";
}

function extremesOf(value) {
  if (!value.data) {
    const [low, high] = value.range?.ends ?? [];
    return { low, high, bad: value.range?.bad ?? 0 };
  }
  let low, high, bad = 0;
  for (const x of value.data) {
    if (!Number.isFinite(x)) bad += 1;
    else {
      low = low === undefined || x < low ? x : low;
      high = high === undefined || x > high ? x : high;
    }
  }
  return { low, high, bad };
}

function isZero(value) {
  if (value.data) return value.data.every((x) => x === 0);
  const { low, high, bad } = extremesOf(value);
  return low === 0 && high === 0 && !bad;
}

function isScalar(value) {
  return value.shape.length === 0 && Boolean(value.data);
}
