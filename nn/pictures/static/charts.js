// What the network predicts, over one or two inputs, and the loss of each step.

const OWN = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9"]; // of trainings, and of classes
const SVG = "http://www.w3.org/2000/svg";

function drawn(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function colorOf(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function channels(color) {
  const digits = color.slice(1);
  const pairs = digits.length === 3 ? [...digits].map((digit) => digit + digit) : digits.match(/../g);
  return pairs.map((pair) => parseInt(pair, 16));
}

function mixed(from, to, share) {
  return from.map((x, i) => Math.round(x + (to[i] - x) * share));
}

// The map of a training, of 2 inputs: a canvas with the predictions, and the rows as dots.
class Picture {
  constructor(content, names) {
    this.content = content;
    this.names = names;
    this.steps = content.dimensions === 1 ? floatsOf(content.steps) : bytesOf(content.steps);
    this.points = content.dimensions === 1 ? 80 : content.side ** 2;
    this.canvas = element("canvas", { width: 340, height: content.dimensions === 1 ? 240 : 340, role: "img" });
    const caption = content.dimensions === 1 ? `the prediction over ${names[0]}; dots are the data` : `${names[0]} →, ${names[1]} ↑`;
    this.element = element("div", { class: "picture" }, this.canvas, element("p", {}, caption));
  }

  show(place) {
    const values = this.steps.subarray(place * this.points, (place + 1) * this.points);
    const brush = this.canvas.getContext("2d");
    brush.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (this.content.dimensions === 1) this.curve(brush, values);
    else this.map(brush, values);
    this.dots(brush);
    this.canvas.setAttribute("aria-label", this.words(values));
  }

  // The color of a share, 0 to 1, between the lowest and the highest prediction.
  shade(share) {
    const [low, middle, high] = ["--down", "--card", "--up"].map((name) => channels(colorOf(name)));
    return share < 0.5 ? mixed(low, middle, share * 2) : mixed(middle, high, share * 2 - 1);
  }

  ofClass(kind, share) {
    return mixed(channels(colorOf("--card")), channels(OWN[kind % OWN.length]), share);
  }

  map(brush, values) {
    const { side, classes } = this.content;
    const image = new ImageData(side, side);
    values.forEach((value, i) => {
      const [column, row] = [i % side, side - 1 - Math.floor(i / side)];
      const color = classes ? this.ofClass(value >> 5, 0.15 + (0.65 * (value & 31)) / 31) : value === 255 ? [0, 0, 0] : this.shade(value / 254);
      image.data.set([...color, 255], 4 * (row * side + column));
    });
    const small = new OffscreenCanvas(side, side);
    small.getContext("2d").putImageData(image, 0, 0);
    brush.imageSmoothingEnabled = !classes;
    brush.drawImage(small, 0, 0, this.canvas.width, this.canvas.height);
  }

  curve(brush, values) {
    brush.strokeStyle = colorOf("--accent");
    brush.lineWidth = 3;
    brush.beginPath();
    values.forEach((value, i) => brush.lineTo((i / (values.length - 1)) * this.canvas.width, this.height(value)));
    brush.stroke();
  }

  height(value) {
    const [low, high] = this.content.ends;
    return this.canvas.height * (1 - (value - low) / (high - low));
  }

  dots(brush) {
    const { x, y, low, high, ends, dimensions, classes } = this.content;
    const { width, height } = this.canvas;
    x.forEach((row, i) => {
      const across = ((row[0] - low[0]) / (high[0] - low[0])) * width;
      const down = dimensions === 1 ? this.height(y[i]) : height * (1 - (row[1] - low[1]) / (high[1] - low[1]));
      const share = (y[i] - ends[0]) / (ends[1] - ends[0]);
      const color = dimensions === 1 ? channels(colorOf("--card")) : classes ? channels(OWN[y[i] % OWN.length]) : channels(colorOf(share < 0.5 ? "--down-line" : "--up-line"));
      brush.beginPath();
      brush.arc(across, down, x.length > 80 ? 4 : 7, 0, 7);
      brush.fillStyle = `rgb(${color})`;
      brush.strokeStyle = colorOf("--ink");
      brush.lineWidth = 1.5;
      brush.fill();
      brush.stroke();
    });
  }

  // The predictions in words, at the corners or the ends.
  words(values) {
    const { low, high, ends, side, dimensions, classes } = this.content;
    if (dimensions === 1) return `Prediction over ${this.names[0]}: ${number(values[0])} at ${number(low[0])}, ${number(values.at(-1))} at ${number(high[0])}.`;
    const at = { "lower left": 0, "lower right": side - 1, "upper left": side * (side - 1), "upper right": side * side - 1 };
    const told = Object.entries(at).map(([where, i]) => `${where} ${classes ? `class ${values[i] >> 5}` : values[i] === 255 ? "NaN" : number(ends[0] + (values[i] / 254) * (ends[1] - ends[0]))}`);
    return `Predictions over ${this.names[0]} and ${this.names[1]}: ${told.join(", ")}.`;
  }
}

// The losses of all trainings in one plot, on a log scale where they differ much.
class LossChart {
  constructor(trainings, place) {
    this.trainings = trainings;
    const all = trainings.flatMap((one) => one.losses).filter((x) => x !== null);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    this.isLog = low > 0 && high / low > 30;
    this.scale = this.isLog ? Math.log10 : (x) => x;
    [this.low, this.high] = [this.scale(low), Math.max(this.scale(high), this.scale(low) + 1e-9)];
    this.count = Math.max(...trainings.map((one) => one.losses.length));
    this.svg = drawn("svg", { viewBox: "0 0 520 210", role: "img", "aria-label": this.words() });
    this.axes(low, high);
    trainings.forEach((one, i) => this.line(one, OWN[i]));
    this.now = drawn("line", { class: "now", y1: 8, y2: 180 });
    this.points = trainings.map((_, i) => drawn("circle", { class: "point", r: 4.5, style: `--own: ${OWN[i]}` }));
    this.svg.append(this.now, ...this.points);
    place.append(this.svg);
  }

  words() {
    const told = this.trainings.map((one) => `${one.label} from ${number(one.losses[0] ?? NaN)} to ${number(one.losses.at(-1) ?? NaN)}`);
    return `The loss of each step: ${told.join("; ")}.`;
  }

  across(step) {
    return 56 + (step / Math.max(1, this.count - 1)) * 454;
  }

  down(loss) {
    return 180 - ((this.scale(loss) - this.low) / (this.high - this.low)) * 168;
  }

  axes(low, high) {
    this.svg.append(drawn("path", { class: "axis", d: "M56 8 V180 H510" }));
    const middle = this.isLog ? Math.sqrt(low * high) : (low + high) / 2;
    for (const value of [low, middle, high]) {
      this.svg.append(drawn("text", { class: "tick", x: 50, y: this.down(value) + 4, "text-anchor": "end" }, number(Number(value.toPrecision(3)))));
    }
    const label = `step 1 to ${Math.max(...this.trainings.map((one) => one.count))}${this.isLog ? " (loss on a log scale)" : ""}`;
    this.svg.append(drawn("text", { class: "tick", x: 283, y: 200, "text-anchor": "middle" }, label));
  }

  line(one, color) {
    const parts = one.losses.map((loss, i) => (loss === null ? "" : `${i && one.losses[i - 1] !== null ? "L" : "M"}${this.across(i).toFixed(1)} ${this.down(loss).toFixed(1)}`));
    this.svg.append(drawn("path", { class: "curve", d: parts.join(""), style: `--own: ${color}` }));
  }

  show(step) {
    const x = this.across(Math.min(step, this.count - 1));
    this.now.setAttribute("x1", x);
    this.now.setAttribute("x2", x);
    this.trainings.forEach((one, i) => {
      const place = Math.min(step, one.losses.length - 1);
      const loss = one.losses[place];
      this.points[i].style.display = loss === null ? "none" : "";
      if (loss === null) return;
      this.points[i].setAttribute("cx", this.across(place));
      this.points[i].setAttribute("cy", this.down(loss));
    });
  }
}

function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function floatsOf(text) {
  return new Float32Array(bytesOf(text).buffer);
}
