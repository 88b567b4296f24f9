// The picture of a network: a circle for each unit, an arrow for each weight.

const RADIUS = 17;
const MOST_LABELS = 16; // arrows with numbers

class Network {
  constructor(content, onPick) {
    this.content = content;
    const { columns, weights } = content;
    this.rows = Math.max(...columns.map((column) => column.units.length));
    const [width, height] = [Math.max(300, 150 * (columns.length - 1) + 110), Math.max(120, 54 * this.rows) + 34];
    Object.assign(this, { width, height });
    this.svg = drawn("svg", { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "The network" });
    this.arrows = weights.map((weight, i) => this.arrow(weight, i, onPick));
    this.units();
    this.svg.append(...this.arrows.filter(({ label }) => label).map(({ label }) => label));
    this.element = element("div", { class: "network" }, this.svg);
  }

  at(column, unit) {
    const { columns } = this.content;
    const count = columns[column].units.length;
    const x = 55 + (column * (this.width - 110)) / Math.max(1, columns.length - 1);
    return { x, y: 26 + ((unit + 0.5) * (this.height - 34)) / count };
  }

  arrow(weight, place, onPick) {
    const to = this.at(weight.column, weight.to);
    const isBias = weight.from === null;
    const group = drawn("g", { class: isBias ? "arrow unit bias" : "arrow", role: "button", tabindex: -1 });
    const title = drawn("title");
    let label = null;
    if (isBias) {
      group.append(drawn("circle", { class: "disc", cx: to.x, cy: to.y, r: RADIUS }), drawn("circle", { class: "rim", cx: to.x, cy: to.y, r: RADIUS - 3 }));
    } else {
      const from = this.at(weight.column - 1, weight.from);
      const ends = { x1: from.x + RADIUS, y1: from.y, x2: to.x - RADIUS, y2: to.y };
      group.append(drawn("line", { class: "reach", ...ends }), drawn("line", { class: "line", ...ends }));
      // Labels are at the side with more units, where arrows are further apart.
      const [before, after] = [weight.column - 1, weight.column].map((one) => this.content.columns[one].units.length);
      const share = after >= before ? 0.8 : 0.2;
      if (this.content.weights.filter((one) => one.from !== null).length <= MOST_LABELS) {
        label = drawn("text", { class: "halo", x: ends.x1 + (ends.x2 - ends.x1) * share, y: from.y + (to.y - from.y) * share + 4, "pointer-events": "none" });
      }
    }
    group.append(title);
    group.addEventListener("click", () => onPick(place));
    this.svg.append(group);
    return { group, title, label, line: group.querySelector(".line, .rim") };
  }

  units() {
    this.content.columns.forEach((column, number) => {
      this.svg.append(drawn("text", { class: "column", x: this.at(number, 0).x, y: 13 }, column.name));
      const withBias = new Set(this.content.weights.filter((one) => one.column === number && one.from === null).map((one) => one.to));
      column.units.forEach((name, unit) => {
        const { x, y } = this.at(number, unit);
        if (!withBias.has(unit)) this.svg.append(drawn("g", { class: "unit" }, drawn("circle", { class: "disc", cx: x, cy: y, r: RADIUS })));
        this.svg.append(drawn("text", { x, y: y + 4, "pointer-events": "none" }, name.length > 5 ? `${name.slice(0, 4)}…` : name));
      });
    });
  }

  // Show the numbers of a step: `shown` in color and width; all of them in the tooltip.
  show(state, shown, picked) {
    const numbers = state[shown];
    const largest = Math.max(1e-12, ...(numbers ?? []).filter(Number.isFinite).map(Math.abs));
    this.arrows.forEach(({ group, title, label, line }, i) => {
      const x = numbers ? numbers[i] : 0;
      const kind = !Number.isFinite(x) ? "bad" : x > 0 ? "up" : x < 0 ? "down" : "zero";
      const base = this.content.weights[i].from === null ? "arrow unit bias" : "arrow";
      group.setAttribute("class", `${base} ${kind}${i === picked ? " picked" : ""}`);
      line.setAttribute("stroke-width", Number.isFinite(x) ? 1 + (5 * Math.abs(x)) / largest : 3);
      title.textContent = wordsOf(this.content.weights[i], i, state);
      group.setAttribute("aria-label", title.textContent);
      if (label) label.textContent = numbers ? number(Number(x.toPrecision(3))) : "";
    });
  }
}

function wordsOf(weight, i, { weights, slopes }) {
  const slope = slopes ? `, slope ${signed(slopes[i])}` : "";
  return `${weight.name}, ${number(weights[i])}${slope}`;
}
