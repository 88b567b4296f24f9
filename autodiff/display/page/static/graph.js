// The graph: Graphviz's arrows, and a box of HTML for each value.

const NEAR = 130; // pixels from the head of an arrow to the number on it
const READABLE = 11 / 12; // the scale at which text of 12 pixels has 11

class Graph {
  constructor(stage, story, onPick) {
    this.stage = stage;
    this.story = story;
    this.svg = stage.querySelector("svg");
    this.boxes = new Map();
    this.rects = []; // of the boxes
    this.taken = [];
    this.arrows = new Map();
    this.scale = 1;
    this.placeBoxes(onPick);
    this.findArrows();
  }

  // Replace Graphviz's empty boxes by boxes of HTML.
  placeBoxes(onPick) {
    const view = this.svg.viewBox.baseVal;
    this.size = { width: view.width, height: view.height };
    this.svg.setAttribute("width", view.width);
    this.svg.setAttribute("height", view.height);
    this.svg.setAttribute("aria-hidden", "true"); // the boxes have labels
    const { e, f } = this.svg.querySelector("g.graph").transform.baseVal.consolidate().matrix;
    this.origin = { x: e - view.x, y: f - view.y };
    for (const box of this.story.boxes.values()) {
      const group = this.svg.getElementById(box.id);
      const { x, y, width, height } = group.querySelector("polygon").getBBox();
      const button = element("button", { type: "button", class: "box", id: `box-${box.id}` });
      Object.assign(button.style, {
        left: `${x + this.origin.x}px`, top: `${y + this.origin.y}px`, width: `${width}px`, height: `${height}px`,
      });
      button.addEventListener("click", () => onPick(box.id));
      this.rects.push({ x: x + this.origin.x, y: y + this.origin.y, width, height });
      this.stage.append(button);
      this.boxes.set(box.id, button);
      group.remove();
    }
  }

  findArrows() {
    this.chips = element("div", { class: "chips", "aria-hidden": "true" });
    this.stage.append(this.chips);
    for (const arrow of this.story.arrows) {
      const group = this.svg.getElementById(arrow.id);
      group.querySelector("title")?.remove();
      this.arrows.set(arrow.id, group);
    }
  }

  // Show the state after some steps; `picked` is the selected box, if any, and `path` a list of arrows.
  show(state, picked, path) {
    for (const [id, button] of this.boxes) this.showBox(id, button, state, picked);
    this.chips.replaceChildren();
    this.taken = []; // by chips
    for (const arrow of this.story.arrows) this.showArrow(arrow, state, picked, path);
  }

  showBox(id, button, state, picked) {
    const { story } = this;
    const box = story.boxes.get(id);
    const value = story.hasValue(id, state) ? story.value(id) : null;
    const slope = story.slope(id, state);
    const isActive = state.step?.box === id && !picked;
    button.className = classes("box", {
      input: box.isInput, constant: !box.isInput && !box.inputs.length, waiting: !value,
      active: isActive, backward: isActive && state.step.kind !== "forward", picked: picked === id,
    });
    button.setAttribute("aria-pressed", String(picked === id));
    const head = [element("span", { class: "name" }, box.name)];
    if (box.expression) head.push(element("span", { class: "expression" }, box.isBlock ? box.expression : `= ${box.expression}`));
    const rows = [entriesRow("value", value, box), ...(box.slope === null ? [] : [slopeRow(slope, box, this.largest())])];
    button.replaceChildren(...head, ...rows);
    button.setAttribute("aria-label", ariaLabel(box, value, slope, story));
  }

  showArrow(arrow, state, picked, path) {
    const group = this.arrows.get(arrow.id);
    const share = arrow.share === null ? null : this.story.program.values[arrow.share];
    const isForward = state.step?.kind === "forward" && state.step.box === arrow.head && !picked;
    const isBackward = state.step?.kind === "backward" && state.step.box === arrow.head && share && !picked;
    const isOnPath = path?.includes(arrow.id);
    const direction = share ? directionOf(share) : 0;
    const isLit = isBackward || isOnPath;
    group.setAttribute("class", classes("edge", {
      waiting: !state.computed.has(arrow.head), forward: isForward, backward: isBackward, "on-path": isOnPath,
      passed: state.passed.has(arrow.head) && share, zero: state.passed.has(arrow.head) && share && isZero(share),
      up: isLit && direction > 0, down: isLit && direction < 0,
    }));
    if (isLit && share?.data?.length <= 3) this.chip(group.querySelector("path"), inLine(share, signed), direction);
  }

  // Write the slope that flows along an arrow beside its head, where it covers no box, chip or other arrow.
  chip(path, text, direction) {
    const width = 7.3 * text.length + 14, height = 18, length = path.getTotalLength();
    const distances = [40, 70, 15, 110].map((from, i) => Math.max(length - from, [0.6, 0.4, 0.8, 0.2][i] * length));
    const places = [...distances, length / 2].flatMap((at) => {
      const { x, y } = path.getPointAtLength(at);
      return [-5, height + 8].map((by) => ({ x: x + this.origin.x, y: y + this.origin.y + by }));
    });
    for (let by = 10; by <= 200; by += 10) places.push({ x: places[0].x, y: places[0].y - by }, { x: places[0].x, y: places[0].y + by });
    const isInside = ({ x, y }) => x >= width / 2 && x + width / 2 <= this.size.width && y >= height && y <= this.size.height;
    const free = places.filter((place) => isInside(place) && this.isFree(place, width, height));
    const isNear = (place) => Math.hypot(place.x - places[0].x, place.y - places[0].y) < NEAR;
    const near = free.filter(isNear);
    const { x, y } = near.find((place) => this.isClear(place, width, height, path)) ?? near[0] ?? free[0] ?? places.find(isInside) ?? places[0];
    const chip = element("span", { class: classes("chip", { up: direction > 0, down: direction < 0 }) }, text);
    Object.assign(chip.style, { left: `${x}px`, top: `${y}px` });
    this.chips.append(chip);
    this.taken.push({ x: x - width / 2, y: y - height, width, height });
  }

  // Return whether a chip of a size covers no box and no other chip.
  isFree({ x, y }, width, height) {
    return [...this.rects, ...this.taken].every((box) =>
      x + width / 2 < box.x || x - width / 2 > box.x + box.width || y < box.y || y - height > box.y + box.height);
  }

  // Return whether it covers no other arrow than its own.
  isClear({ x, y }, width, height, own) {
    this.lines ??= [...this.arrows.values()].map((group) => group.querySelector("path")).map((path) => ({ path, points: this.pointsOn(path) }));
    return this.lines.every(({ path, points }) => path === own || points.every((point) =>
      Math.abs(point.x - x) > width / 2 || point.y > y || point.y < y - height));
  }

  pointsOn(path) {
    const length = path.getTotalLength();
    return Array.from({ length: Math.ceil(length / 6) + 1 }, (_, i) => path.getPointAtLength(Math.min(6 * i, length))).map(({ x, y }) => ({ x: x + this.origin.x, y: y + this.origin.y }));
  }

  largest() {
    const slopes = [...this.story.boxes.values()].filter((box) => box.slope !== null);
    const sizes = slopes.flatMap((box) => {
      const { low, high } = extremesOf(this.story.program.values[box.slope]);
      return low === undefined ? [] : [Math.abs(low), Math.abs(high)];
    });
    return Math.max(0, ...sizes);
  }

  zoom(scale) {
    this.scale = Math.min(1.6, Math.max(0.3, scale));
    const { width, height } = this.size;
    this.stage.style.transform = `scale(${this.scale})`;
    Object.assign(this.stage.style, { width: `${width}px`, height: `${height}px` });
    Object.assign(this.stage.parentElement.style, { width: `${width * this.scale}px`, height: `${height * this.scale}px` });
  }

  // Choose the layout of the page, and a scale at which the whole graph is visible; if that is smaller
  // than `least`, one at which its text is readable, to scroll it.
  fit(frame, least = 0.8) {
    const scaleOf = (isWide) => {
      document.body.classList.toggle("wide", isWide);
      const height = isWide ? 0.56 * innerHeight : frame.clientHeight;
      return Math.min(1.25, (frame.clientWidth - 24) / this.size.width, (height - 24) / this.size.height);
    };
    const [wide, narrow] = [scaleOf(true), scaleOf(false)];
    const scale = wide > 1.1 * narrow ? scaleOf(true) : narrow;
    this.zoom(scale < least ? Math.max(least, READABLE) : scale);
  }

  // Scroll to a box, with the chips on its arrows where there is room for them.
  reveal(id, frame) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const view = frame.getBoundingClientRect();
    const own = this.boxes.get(id).getBoundingClientRect();
    const all = [own, ...[...this.chips.children].map((chip) => chip.getBoundingClientRect())];
    const by = (start, end, length) => {
      const [first, last] = [Math.min(...all.map((rect) => rect[start])), Math.max(...all.map((rect) => rect[end]))];
      const [from, to] = last - first < view[length] - 8 ? [first, last] : [own[start], own[end]];
      return (from + to - view[start] - view[end]) / 2;
    };
    frame.scrollBy({ left: by("left", "right", "width"), top: by("top", "bottom", "height"), behavior: calm ? "auto" : "smooth" });
  }
}

function entriesRow(label, value, box, fill = () => ({}), write = value && writerOf(value)) {
  const row = element("span", { class: `row ${label}` }, element("span", { class: "label" }, label));
  const isGrid = box.isWrittenOut && value?.data;
  const columns = isGrid && value.shape.length ? value.shape.at(-1) : 1;
  const cells = element("span", { class: "cells", style: `--columns: ${columns}` });
  const texts = !value ? [""] : isGrid ? value.data.map(write) : [value.text ?? rangeOf(value, write)];
  texts.forEach((text, i) => cells.append(element("span", { class: "cell", ...fill(isGrid ? [value.data[i]] : value && ends(value)) }, text)));
  row.append(cells);
  return row;
}

function slopeRow(slope, box, largest) {
  const row = entriesRow("slope", slope?.value, box, (xs) => (xs ? shade(xs, largest) : {}), signed);
  if (slope && !slope.isWhole) row.classList.add("partial");
  return row;
}

function ends(value) {
  const { low, high, bad } = extremesOf(value);
  return bad ? [NaN] : [low ?? 0, high ?? 0];
}

// 1 if all entries raise the result, -1 if all lower it, else 0.
function directionOf(share) {
  const { low, high, bad } = extremesOf(share);
  return bad ? 0 : low > 0 || (low === 0 && high > 0) ? 1 : high < 0 || (high === 0 && low < 0) ? -1 : 0;
}

// Blue where the result grows with the value, orange where it shrinks; larger slopes are stronger.
function shade(xs, largest) {
  if (xs.some((x) => !Number.isFinite(x))) return { class: "cell bad" };
  const strongest = xs.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
  if (strongest === 0) return { class: "cell zero" };
  const share = 0.12 + 0.88 * Math.sqrt(Math.min(Math.abs(strongest) / largest, 1));
  const isMixed = xs.some((x) => x > 0) && xs.some((x) => x < 0);
  const direction = isMixed ? "mixed" : strongest > 0 ? "up" : "down";
  return { class: `cell ${direction}`, style: `--share: ${(100 * share).toFixed(0)}%` };
}

function ariaLabel(box, value, slope, story) {
  const parts = [box.name];
  if (box.expression) parts.push(`computed as ${box.expression}`);
  parts.push(value ? `value ${inLine(value)}` : "not computed yet");
  if (slope) parts.push(`slope of ${story.subject} ${inLine(slope.value, signed)}${slope.isWhole ? "" : " so far"}`);
  return parts.join(", ");
}
