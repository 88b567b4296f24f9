// The steps of the page, values forward, then slopes backward, and the state after each step.

class Story {
  constructor(content, program) {
    this.program = program;
    this.conditions = content.conditions;
    this.boxes = new Map(content.boxes.map((box) => [box.id, box]));
    this.arrows = content.arrows;
    this.chainRule = content.chainRule;
    this.title = content.title;
    this.subject = content.isScalar ? content.title : `the sum of all entries of ${content.title}`;
    this.symbol = content.isScalar ? content.title : `Σ ${content.title}`;
    this.into = grouped(content.arrows, "head");
    this.outOf = grouped(content.arrows, "tail");
    this.results = content.results;
    this.hasSlopes = this.results.some((id) => this.boxes.get(id).slope !== null);
    this.steps = this.planned(content.boxes);
    this.forwardCount = this.steps.findLastIndex((step) => step.kind === "forward") + 1;
    this.meanings = content.notes;
    this.notes = this.firstUses();
  }

  // The signs that each step uses first.
  firstUses() {
    const seen = new Set();
    return new Map(this.steps.map((step) => [step, this.signsOf(step).filter((sign) => !seen.has(sign) && seen.add(sign))]));
  }

  signsOf({ kind, box }) {
    if (kind === "forward") return this.boxes.get(box).notes;
    return kind === "backward" ? [...new Set(this.flowingInto(box).flatMap((arrow) => arrow.notes))] : [];
  }

  planned(boxes) {
    const made = boxes.filter((box) => box.inputs.length);
    const forward = made.map((box) => ({ kind: "forward", box: box.id }));
    const back = made.toReversed().filter((box) => this.flowingInto(box.id).length);
    const backward = back.map((box) => ({ kind: "backward", box: box.id }));
    return this.hasSlopes ? [...forward, { kind: "seed", box: this.results.at(-1) }, ...backward] : forward;
  }

  // The arrows along which a box passes its slope back.
  flowingInto(id) {
    return (this.into.get(id) ?? []).filter((arrow) => arrow.share !== null);
  }

  flowingOutOf(id) {
    return (this.outOf.get(id) ?? []).filter((arrow) => arrow.share !== null);
  }

  // The state after some steps: the computed values, the boxes passed backward, whether slopes have started.
  stateAfter(count) {
    const done = this.steps.slice(0, count);
    const computed = new Set(done.filter((step) => step.kind === "forward").map((step) => step.box));
    const passed = new Set(done.filter((step) => step.kind === "backward").map((step) => step.box));
    const isSeeded = done.some((step) => step.kind === "seed");
    return { count, computed, passed, isSeeded, step: done.at(-1), isLast: count === this.steps.length };
  }

  hasValue(id, state) {
    return !this.boxes.get(id).inputs.length || state.computed.has(id);
  }

  // Whether a value is data, or computed from data alone.
  isOfData(id) {
    const box = this.boxes.get(id);
    return box.isInput ? box.isData : box.inputs.every((input) => !input || this.isOfData(input));
  }

  value(id) {
    return this.program.values[this.boxes.get(id).value];
  }

  // The conditions that don't hold as they did: "x > 0 no longer holds"; empty if all do.
  brokenConditions() {
    const broken = this.conditions.filter(({ value }) => value !== null && this.program.hasChanged(value));
    const [ones, each] = [true, false].map((isOne) => broken.filter((one) => one.isOne === isOne).map(({ text }) => text).join(" and "));
    return [
      ...(ones ? [`${ones} no longer ${broken.filter(({ isOne }) => isOne).length > 1 ? "hold" : "holds"}`] : []),
      ...(each ? [`${each} holds for other entries than before`] : []),
    ].join(", and ");
  }

  // The slope of a box so far, and whether it is whole; null if none has arrived.
  slope(id, state) {
    const box = this.boxes.get(id);
    if (box.slope === null || !state.isSeeded) return null;
    const uses = this.flowingOutOf(id);
    const arrived = uses.filter((arrow) => state.passed.has(arrow.head));
    const isSeed = this.results.includes(id);
    if (arrived.length === uses.length) {
      return uses.length || isSeed || state.isLast ? { value: this.program.values[box.slope], isWhole: true } : null;
    }
    if (box.isBlock) return null; // it has several values
    if (isSeed || !arrived.length) return isSeed ? { value: ones(this.value(id)), isWhole: false } : null;
    const shares = arrived.map((arrow) => this.program.values[arrow.share]);
    return { value: summed(shares), isWhole: false };
  }

  // The paths from a box to the results, each a list of arrows, at most `most`; and their number.
  paths(id, most = 8) {
    const counts = new Map();
    const count = (own) => {
      if (!counts.has(own)) {
        const onwards = this.flowingOutOf(own).reduce((sum, arrow) => sum + count(arrow.head), 0);
        counts.set(own, onwards + (this.results.includes(own) ? 1 : 0));
      }
      return counts.get(own);
    };
    // From the results backward, so that the recursion is never deep.
    for (const own of [...this.boxes.keys()].reverse()) count(own);
    const found = [];
    const waiting = [{ at: id, path: [] }];
    while (waiting.length && found.length < most) {
      const { at, path } = waiting.pop();
      if (this.results.includes(at)) found.push(path);
      for (const arrow of this.flowingOutOf(at).toReversed()) {
        if (count(arrow.head)) waiting.push({ at: arrow.head, path: [...path, arrow] });
      }
    }
    return { found, count: count(id) };
  }

  // Replace the placeholders of a template by names or numbers: ⟦0⟧ is the box's first input, ⟦out⟧
  // the box itself, and ⟦g⟧ the slope that arrives there.
  filled(template, box, write, arriving) {
    const full = template.replace(/⟦(\w+)⟧/g, (place, which, at) => {
      const text = which === "g" ? arriving : write(which === "out" ? box.id : box.inputs[which]);
      const isWhole = template === place || isEnclosed(template, at, place.length);
      return isWhole || !/[ −]/.test(outside(text)) || isSafeNegative(text, template, at, place.length) ? text : `(${text})`;
    });
    return full.replaceAll(" + −", " − ");
  }

  withNames(template, box, arriving = "") {
    return this.filled(template, box, (id) => this.boxes.get(id).reference, arriving);
  }

  withNumbers(template, box, arriving = "") {
    return this.filled(template, box, (id) => inLine(this.value(id)), arriving);
  }
}

// Return a text without the content of its brackets.
function outside(text) {
  const rest = text.replace(/[([][^()[\]]*[)\]]/g, "…");
  return rest === text ? text : outside(rest);
}

function isEnclosed(template, at, length) {
  return "([".includes(template[at - 1] ?? " ") && ")]".includes(template[at + length] ?? " ");
}

// Return whether a negative number needs no parentheses: nothing before it in its sum, and no power after it.
function isSafeNegative(text, template, at, length) {
  const isLone = text.startsWith("−") && !/[ −]/.test(outside(text.slice(1)));
  return isLone && /(^|[([]|[,+<>≤≥=≠] )$/.test(template.slice(0, at)) && /^($|[ ,)\]])/.test(template.slice(at + length));
}

function grouped(items, key) {
  const groups = new Map();
  for (const item of items) groups.set(item[key], [...(groups.get(item[key]) ?? []), item]);
  return groups;
}

function ones(value) {
  return { ...value, kind: "float64", data: value.data?.map(() => 1) ?? null, range: { ends: [1, 1], bad: 0 } };
}

function summed(values) {
  if (values.length === 1) return values[0];
  if (values.some((value) => !value.data)) return { ...values[0], data: null, text: "a part of it" };
  return { ...values[0], data: values[0].data.map((_, i) => total(values.map((value) => value.data[i]))) };
}
