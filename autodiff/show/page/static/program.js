// The recorded program: every value and slope, computed again when an input changes.

class Program {
  constructor(entries, refusal) {
    this.entries = entries;
    this.recorded = entries.map(revived);
    this.values = this.recorded;
    this.refusal = refusal || this.unknown() || this.difference();
  }

  // Name what the page can't compute.
  unknown() {
    const names = new Set(this.entries.filter((entry) => !isKnown(entry)).map(nameOf));
    return names.size ? `this page can't compute ${[...names].join(", ")}` : "";
  }

  // The page only computes by itself if it finds the numbers that Python found.
  difference() {
    this.values = this.run(new Map());
    const place = this.values.findIndex((value, i) => !agree(value, this.recorded[i]));
    if (place === -1) return "";
    this.values = this.recorded;
    return `this page computes ${nameOf(this.entries[place])} otherwise than Python did`;
  }

  // Compute all values; `changes` has the new entries of inputs, by their places.
  run(changes) {
    const values = [];
    this.entries.forEach((entry, place) => {
      const inputs = entry.inputs?.map((i) => values[i]);
      const data = changes.get(place);
      if (inputs) values.push(compute(entry, inputs));
      else values.push(data ? { ...this.recorded[place], data } : this.recorded[place]);
    });
    return values;
  }

  change(changes) {
    this.values = this.run(changes);
  }

  // Whether conditions that had one answer everywhere, when this was recorded, still have it.
  holds(choices) {
    return choices.every(([value, answer]) => this.values[value].data?.every((x) => bool(x) === Number(answer)) ?? true);
  }

  // Find the first choice that the code would now make differently.
  turn(decisions) {
    return decisions.find(({ value, how }) =>
      how === "__bool__"
        ? bool(this.values[value].data[0]) !== bool(this.recorded[value].data[0])
        : !agree(this.values[value], this.recorded[value])
    );
  }
}

// JSON has no NaN: such numbers are written as text.
function revived(entry) {
  return { shape: entry.shape, kind: entry.kind, data: entry.data?.map(Number) ?? null, range: entry.range, text: entry.text };
}

function nameOf(entry) {
  const op = entry.op.replace(/^(fold|scan) /, "");
  const name = ["input", "constant", "move", "same"].includes(op) ? "numbers" : op;
  return entry.dtype ? `${name} of ${entry.dtype}` : name;
}

function agree(value, recorded) {
  if (!recorded.data) return true; // too many to be kept
  const tolerance = value.kind === "float32" ? 1e-4 : 1e-9;
  const size = Math.max(1e-3, ...recorded.data.filter(Number.isFinite).map(Math.abs));
  return recorded.data.every((x, i) => {
    const y = value.data[i];
    return Object.is(x, y) || x === y || Math.abs(x - y) <= tolerance * size;
  });
}
