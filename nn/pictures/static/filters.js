// The filters of the first layer as images, and the table of which classes are taken for which.

class Filters {
  constructor(content, training, onPick) {
    this.content = content;
    const { count, height, width, layer } = content.filters;
    this.images = Object.fromEntries(["weights", "slopes", "changes"].map((name) => [name, bytesOf(training.filters[name])]));
    this.sizes = (name) => training.filters[`${name}_size`];
    this.canvases = Array.from({ length: count }, () => element("canvas", { width, height, "aria-hidden": "true" }));
    this.buttons = this.canvases.map((canvas, i) => {
      const button = element("button", { type: "button", class: "filter" }, canvas);
      button.addEventListener("click", (event) => onPick(this.nearest(i, event, canvas)));
      return button;
    });
    this.caption = element("p", {}, "");
    this.layer = layer;
    this.element = element("div", { class: "network filters" }, element("div", { class: "tiles" }, ...this.buttons), this.caption);
  }

  // The chosen weight of a filter that is nearest to where it is clicked; by key, its first one.
  nearest(filter, event, canvas) {
    const { height, width } = this.content.filters;
    const box = canvas.getBoundingClientRect();
    const byKey = event.detail === 0;
    const [row, column] = [((event.clientY - box.top) / box.height) * height - 0.5, ((event.clientX - box.left) / box.width) * width - 0.5];
    const own = this.content.weights.map((weight, i) => ({ weight, i })).filter(({ weight }) => weight.filter === filter);
    const far = ({ weight }) => (byKey ? 0 : (weight.row - row) ** 2 + (weight.column - column) ** 2);
    return own.reduce((best, one) => (far(one) < far(best) ? one : best)).i;
  }

  // Show the numbers of a step; blue above 0, orange below.
  show(state, shown, picked) {
    const { height, width } = this.content.filters;
    const size = height * width;
    const scale = this.sizes(shown)[state.place];
    const isKnown = scale !== undefined;
    const [low, middle, high] = ["--down-line", "--card", "--up-line"].map((name) => channels(colorOf(name)));
    this.canvases.forEach((canvas, filter) => {
      const image = new ImageData(width, height);
      const start = (state.place * this.canvases.length + filter) * size;
      const levels = this.images[shown].subarray(start, start + size);
      for (let i = 0; i < size; i += 1) {
        const share = isKnown ? (levels[i] - 128) / 127 : 0;
        image.data.set([...(share < 0 ? mixed(middle, low, -share) : mixed(middle, high, share)), 255], 4 * i);
      }
      canvas.getContext("2d").putImageData(image, 0, 0);
      const weight = this.content.weights[picked];
      const isPicked = picked !== null && weight.filter === filter;
      this.buttons[filter].setAttribute("aria-pressed", String(isPicked));
      this.buttons[filter].setAttribute("aria-label", this.words(filter, levels, shown, isKnown ? scale : 0));
      if (isPicked) this.mark(canvas, weight);
    });
    const what = { weights: "weights", slopes: "slopes", changes: "changes by this step" }[shown];
    this.caption.textContent = isKnown ? `The ${what} of ${this.layer}, between −${number(scale)} and ${number(scale)}: one image for each filter.` : "After training, there is no step.";
  }

  mark(canvas, { row, column }) {
    const brush = canvas.getContext("2d");
    brush.fillStyle = colorOf("--active");
    brush.fillRect(column, row, 1, 1);
  }

  words(filter, levels, shown, scale) {
    const [low, high] = [Math.min(...levels), Math.max(...levels)].map((level) => ((level - 128) / 127) * scale);
    return `Filter ${filter + 1} of ${this.layer}: ${shown} from ${number(Number(low.toPrecision(2)))} to ${number(Number(high.toPrecision(2)))}. Derive the update of a weight in it.`;
  }
}

// Rows are the classes of the data, columns the classes that are predicted.
class Confusion {
  constructor({ classes, rows, steps }) {
    this.counts = floatsOf(steps);
    Object.assign(this, { classes, rows });
    const numbers = Array.from({ length: classes }, (_, i) => i);
    const head = element("tr", {}, element("td"), ...numbers.map((i) => element("th", { scope: "col" }, String(i))));
    this.cells = numbers.map(() => numbers.map(() => element("td")));
    const body = this.cells.map((cells, i) => element("tr", {}, element("th", { scope: "row" }, String(i)), ...cells));
    this.caption = element("caption");
    this.element = element("table", { class: "confusion" }, this.caption, element("thead", {}, head), element("tbody", {}, ...body));
  }

  show(place) {
    const { classes, rows } = this;
    const counts = this.counts.subarray(place * classes ** 2, (place + 1) * classes ** 2);
    let right = 0;
    this.cells.forEach((cells, i) => {
      const all = Math.max(1, counts.subarray(i * classes, (i + 1) * classes).reduce((sum, x) => sum + x, 0));
      cells.forEach((cell, j) => {
        const count = counts[i * classes + j];
        if (i === j) right += count;
        cell.textContent = count ? String(count) : "";
        cell.className = i === j ? "right" : "wrong";
        cell.style.setProperty("--share", `${(12 * (count > 0) + (88 * count) / all).toFixed(0)}%`);
      });
    });
    this.caption.textContent = `${number((100 * right) / rows)} % of ${rows} rows right. Row: the class; column: what is predicted.`;
  }
}
