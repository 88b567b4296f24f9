// The inputs: fields and a slider to change them, and what the slopes had predicted.

const MOST_FIELDS = 32; // of more entries, one is chosen
const MOST_TERMS = 3;

class Inputs {
  constructor(story, program, content, onChange) {
    Object.assign(this, { story, program, content, onChange });
    this.boxes = content.boxes.filter((box) => box.isInput);
    this.changes = new Map(); // from the places of inputs in the program to their entries
    this.picked = null; // the entry that the slider moves
    byId("reset").addEventListener("click", () => this.reset());
    byId("drag").addEventListener("input", () => this.move(Number(byId("drag").value)));
    byId("drag").addEventListener("change", () => this.announce());
    this.build();
  }

  build() {
    const place = byId("inputs");
    if (this.program.refusal) {
      place.replaceChildren(paragraph(`The numbers can't be changed here: ${this.program.refusal}. Change them in Python, and create the page again.`));
      return;
    }
    place.replaceChildren(...this.boxes.map((box) => this.fields(box)), ...this.content.held.map(paragraph));
    if (!this.content.hasAllDecisions) place.append(paragraph("Each if, max and loop of your code keeps the choice that it made when it ran."));
    const box = this.boxes.find((one) => this.first(one).data.length);
    if (box) this.pick(box, 0);
    this.compare();
  }

  first(box) {
    return this.program.recorded[box.value];
  }

  entries(box) {
    return this.changes.get(box.value) ?? this.first(box).data;
  }

  fields(box) {
    const { data, shape } = this.first(box);
    const set = element("fieldset", { "data-box": box.id }, element("legend", {}, box.name, element("small", {}, box.isData ? " data" : "")));
    if (data.length > MOST_FIELDS) {
      set.append(...this.chooser(box, shape));
      return set;
    }
    set.style.setProperty("--columns", shape.at(-1) ?? 1);
    data.forEach((x, i) => set.append(this.field(box, () => i, x, data.length === 1 ? box.name : `${box.name}, entry ${i + 1}`)));
    return set;
  }

  field(box, placeOf, value, name) {
    const field = element("input", { type: "number", step: "any", value: this.written(box, value), "aria-label": name });
    field.addEventListener("input", () => {
      field.setAttribute("aria-invalid", String(!isNumber(field)));
      if (isNumber(field)) this.edit(box, placeOf(), Number(field.value));
    });
    field.addEventListener("change", () => this.announce());
    field.addEventListener("focus", () => this.pick(box, placeOf()));
    return field;
  }

  // One field for an array with many entries, and fields for the position of the entry.
  chooser(box, shape) {
    const axes = shape.map((length, axis) => {
      const at = element("input", { type: "number", min: 0, max: length - 1, step: 1, value: 0, "aria-label": `${box.name}, position along axis ${axis}` });
      at.addEventListener("input", () => {
        const isPlace = isNumber(at) && Number.isInteger(Number(at.value)) && at.value >= 0 && at.value < length;
        at.setAttribute("aria-invalid", String(!isPlace));
        if (!isPlace) return;
        field.value = this.written(box, this.entries(box)[place()]);
        this.pick(box, place());
      });
      return at;
    });
    const place = () => axes.reduce((sum, at, axis) => sum * shape[axis] + Number(at.value), 0);
    const field = this.field(box, place, this.first(box).data[0], `${box.name}, chosen entry`);
    return [element("span", { class: "position" }, "entry [", ...axes, "]"), field];
  }

  written(box, x) {
    return this.first(box).kind === "float32" ? Number(x.toPrecision(8)) : x;
  }

  edit(box, place, value) {
    const data = [...this.entries(box)];
    data[place] = value;
    this.changes.set(box.value, data);
    this.pick(box, place);
    this.changed();
  }

  // Choose the entry that the slider moves, from a number of at least twice its size to minus that.
  pick(box, place) {
    const [first, now] = [this.first(box).data[place], this.entries(box)[place]];
    if (!Number.isFinite(first)) return;
    this.picked = { box, place };
    const reach = roundedUp(2 * Math.max(Math.abs(first), 0.5));
    const slider = byId("drag");
    Object.assign(slider, { min: Math.min(-reach, now), max: Math.max(reach, now), step: reach / 200 });
    slider.value = now;
    byId("dragged").textContent = `${this.entryName(box, place)} = ${number(now)}`;
    slider.setAttribute("aria-label", `Slider of ${this.entryName(box, place)}`);
    slider.setAttribute("aria-valuetext", number(now));
    byId("dragging").hidden = false;
  }

  // The slider moves the first entry of an input that is selected in the graph.
  follow(id) {
    const box = this.boxes.find((one) => one.id === id);
    if (box && !this.program.refusal && this.first(box).data.length) this.pick(box, 0);
  }

  move(value) {
    const { box, place } = this.picked;
    const fields = [...document.querySelectorAll(`fieldset[data-box=${box.id}] > input`)];
    const field = fields[fields.length === 1 ? 0 : place];
    field.value = this.written(box, value);
    field.setAttribute("aria-invalid", "false");
    this.edit(box, place, value);
  }

  // The name of an entry as in Python: weights[1], or W[0, 2].
  entryName(box, place) {
    const { shape } = this.first(box);
    const positions = [];
    for (let axis = shape.length - 1, rest = place; axis >= 0; axis -= 1) {
      positions.unshift(rest % shape[axis]);
      rest = Math.floor(rest / shape[axis]);
    }
    return positions.length ? `${box.name}[${positions.join(", ")}]` : box.name;
  }

  reset() {
    this.changes.clear();
    this.build();
    this.changed();
  }

  changed() {
    this.onChange(this.changes);
    byId("reset").hidden = !this.changes.size;
    this.compare();
  }

  // The entries that differ from the first numbers, each with its slope there.
  changedEntries() {
    return this.boxes.flatMap((box) => {
      const slopes = box.effect === null ? null : this.program.first[box.effect].data;
      const { data } = this.first(box);
      const places = data.map((_, place) => place).filter((place) => this.entries(box)[place] !== data[place]);
      return places.map((place) => ({ box, place, from: data[place], to: this.entries(box)[place], slope: slopes?.[place] }));
    });
  }

  // The change of the result, beside what the slopes predict.
  compare() {
    byId("comparison").replaceChildren(...this.comparison());
  }

  comparison() {
    const changed = this.changedEntries();
    if (!changed.length || !this.story.hasSlopes) return [];
    const shown = changed.slice(0, MOST_TERMS).map(({ box, place, from, to }) => equation(`${this.entryName(box, place)}:`, `${number(from)} → ${number(to)}`));
    if (changed.length > MOST_TERMS) shown.push(paragraph(`and ${changed.length - MOST_TERMS} more numbers`));
    const [before, after] = [this.program.first, this.program.computed].map((values) => total(this.story.results.flatMap((id) => values[this.story.boxes.get(id).value].data)));
    const measured = [equation("measured:", `${this.story.subject} ${number(before)} → ${number(after)}`), equation("=", signed(after - before), "result measured")];
    const unknown = changed.find(({ slope }) => slope === undefined);
    if (unknown) return [...shown, ...measured, paragraph(`No slope in ${unknown.box.name} was recorded, so nothing is predicted.`)];
    const predicted = total(changed.map(({ slope, from, to }) => slope * (to - from)));
    const terms = changed.slice(0, MOST_TERMS).map(({ slope, from, to }) => `${number(slope)} · ${bracketed(number(to - from))}`);
    if (changed.length > MOST_TERMS) terms.push("…");
    return [
      ...shown,
      equation("predicted, slope · change:", sumOf(terms)), equation("=", signed(predicted), "result predicted"),
      ...measured,
      paragraph(this.judgement(predicted, after - before)),
    ];
  }

  judgement(predicted, measured) {
    const off = measured - predicted;
    const size = Math.max(Math.abs(measured), Math.abs(predicted));
    const isRight = Math.abs(off) <= 1e-6 * size;
    const found = !Number.isFinite(off) ? "There is nothing to compare with: one of them isn't a number." : isRight ? "" : `The prediction is off by ${number(Math.abs(off))}.`;
    const broken = this.story.brokenConditions();
    if (broken) return `${found} ${broken}: the function takes another piece there, with other slopes${isRight ? "" : ", so the prediction can't be right"}.`;
    if (isRight) return "As predicted: along this change, the result is a straight line.";
    return `${found}${Number.isFinite(off) ? " A slope was computed at the first numbers; the smaller the change, the better it predicts." : ""}`;
  }

  // For screen readers, once a number is settled.
  announce() {
    byId("announced").textContent = [...byId("comparison").children].map((line) => line.textContent).join(". ");
  }
}

// The next number of 1, 2, 5, 10, 20, …
function roundedUp(x) {
  const unit = 10 ** Math.floor(Math.log10(x));
  return unit * [1, 2, 5, 10].find((times) => times * unit >= x);
}

function isNumber(field) {
  return field.value !== "" && Number.isFinite(Number(field.value));
}
