// The recorded program: every value and slope, recomputed when an input changes.

class Program {
  constructor(entries, refusal) {
    this.entries = entries;
    this.recorded = entries.map(parseEntry);
    this.computed = this.values = this.recorded; // as computed; and to show, without rounding noise
    this.refusal = refusal || this.unknown() || this.difference();
    if (!this.refusal) this.change(new Map());
    else this.values = this.recorded.map((value, i) => (entries[i].rounded ? { ...value, data: entries[i].rounded.map(Number) } : value));
    this.first = this.computed; // all numbers, also of large values
  }

  // Describe the operations that the page can't compute.
  unknown() {
    const names = new Set(this.entries.filter((entry) => !isKnown(entry)).map(nameOf));
    return names.size ? `this page can't compute ${[...names].join(", ")}` : "";
  }

  // Describe the first value that differs from Python's; the page only computes if there is none.
  difference() {
    const values = this.run(new Map());
    const place = values.findIndex((value, i) => !agree(value, this.recorded[i]));
    if (place === -1) return "";
    return `this page computes ${nameOf(this.entries[place])} differently from Python`;
  }

  // Compute all values; `changes` maps indices of inputs to their new entries, and `after` is applied to each.
  run(changes, after = (value) => value) {
    const values = [];
    this.entries.forEach((entry, place) => {
      const inputs = entry.inputs?.map((i) => values[i]);
      const data = changes.get(place);
      if (inputs) values.push(after(compute(entry, inputs)));
      else values.push(after(data ? { ...this.recorded[place], data } : this.recorded[place]));
    });
    return values;
  }

  change(changes) {
    this.computed = changes.size ? this.run(changes) : this.run(changes).map((value, i) => (this.recorded[i].data ? this.recorded[i] : value));
    this.values = withoutNoise(this, this.computed, changes);
  }

  // Return whether conditions still have the one value for all entries that was recorded.
  holds(choices) {
    return choices.every(([index, value]) => this.computed[index].data?.every((x) => bool(x) === Number(value)) ?? true);
  }

  // Return whether an entry of True and False, or of numbers, differs from the recorded one.
  hasChanged(index) {
    const [now, then] = [this.computed[index], this.first[index]];
    return now.data?.some((x, i) => bool(x) !== bool(then.data[i])) ?? false;
  }

  // Return the first decision that the code would now make differently.
  changedDecision(decisions) {
    return decisions.find(({ value, how }) =>
      how === "__bool__"
        ? bool(this.computed[value].data[0]) !== bool(this.recorded[value].data[0])
        : !agree(this.computed[value], this.recorded[value])
    );
  }
}

// Read an entry; JSON has no NaN, so such numbers are written as text.
function parseEntry(entry) {
  return { shape: entry.shape, kind: entry.kind, data: entry.data?.map(Number) ?? null, range: entry.range, text: entry.text };
}

function nameOf(entry) {
  const op = entry.op.replace(/^(fold|scan) /, "");
  const name = ["input", "constant", "move", "same"].includes(op) ? "numbers" : op;
  return entry.dtype ? `${name} of ${entry.dtype}` : name;
}

function agree(value, recorded) {
  if (!recorded.data) return true; // too many, not recorded
  const tolerance = value.kind === "float32" ? 1e-4 : 1e-9;
  const size = Math.max(1e-3, ...recorded.data.filter(Number.isFinite).map(Math.abs));
  return recorded.data.every((x, i) => {
    const y = value.data[i];
    return Object.is(x, y) || x === y || Math.abs(x - y) <= tolerance * size;
  });
}
