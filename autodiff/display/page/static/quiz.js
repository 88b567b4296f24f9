// The quiz: questions from the result backward, answers, hints and the score.

const ROUNDED = 6e-3; // of typed numbers, which may have three digits
const EXACT = 1e-6; // of formulas

// Values of arrays, for formulas.
const ARRAYS = {
  number: (x) => ({ shape: [], data: [x] }),
  operate: (sign, x, y) => {
    if (sign === "@") return matrixProduct(x, y);
    const name = { "+": "add", "-": "subtract", "*": "multiply", "/": "divide", "**": "power" }[sign];
    return applied(ELEMENTWISE[name], [x, y]);
  },
  call: (name, inputs) => {
    if (name === "transpose") return transposed(inputs[0]);
    if (name === "sum" || name === "mean") return { shape: [], data: [FOLDS[name](inputs[0].data)] };
    const f = ELEMENTWISE[{ abs: "absolute", max: "maximum", min: "minimum" }[name] ?? name];
    if (!f) throw new Error(`this page doesn't know ${name}; use +, −, *, /, **, @, exp, log, tanh, sqrt, sum`);
    return applied(f, inputs);
  },
};

function applied(f, inputs) {
  const shape = inputs.map((input) => input.shape).reduce(stackOf);
  const fit = inputs.every((input) => input.shape.toReversed().every((n, i) => n === 1 || n === shape.at(-1 - i)));
  if (!fit) throw new Error(`shapes don't fit: ${inputs.map((input) => `(${input.shape.join(", ")})`).join(" and ")}`);
  return { shape, data: elementwise({ op: null, shape }, inputs, f) };
}

function matrixProduct(x, y) {
  if (!x.shape.length || !y.shape.length || x.shape.length > 2 || y.shape.length > 2 || x.shape.at(-1) !== y.shape[0]) {
    throw new Error(`shapes don't fit for @: (${x.shape.join(", ")}) and (${y.shape.join(", ")})`);
  }
  return { shape: [...x.shape.slice(0, -1), ...y.shape.slice(1)], data: product(x, y) };
}

class Quiz extends Page {
  prepare() {
    this.questions = this.asked();
    this.restart();
    byId("answer").addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.isAnswered) this.next();
      else this.check(byId("typed").value);
    });
    byId("hint").addEventListener("click", () => this.hint());
    byId("reveal").addEventListener("click", () => this.reveal());
    byId("next").addEventListener("click", () => this.next());
    byId("again").addEventListener("click", () => {
      this.restart();
      this.ask();
    });
  }

  restart() {
    this.place = 0;
    this.points = 0;
  }

  // The questions: local slopes of single numbers, and the slope of each value, backward.
  asked() {
    const { story } = this;
    const passed = new Set();
    const questions = [];
    story.steps.forEach((step, count) => {
      if (step.kind !== "backward") return;
      passed.add(step.box);
      for (const arrow of story.flowingInto(step.box)) {
        const local = arrow.local === null ? null : this.program.values[arrow.local];
        const isAsked = !story.results.includes(arrow.head) && local?.data && arrow.isPlain && arrow.rule && arrow.rule !== "1";
        if (isAsked) questions.push({ kind: "local", arrow, count, right: local });
        const uses = story.flowingOutOf(arrow.tail);
        const box = story.boxes.get(arrow.tail);
        const right = box.slope === null ? null : this.program.values[box.slope];
        const isNew = !questions.some((one) => one.kind === "slope" && one.arrow.tail === arrow.tail);
        if (isNew && right?.data && uses.every((use) => passed.has(use.head))) questions.push({ kind: "slope", arrow, count, right });
      }
    });
    return questions;
  }

  // Called by the constructor of the page.
  go() {
    this.ask();
  }

  pick() {} // nothing is to be picked

  get question() {
    return this.questions[this.place];
  }

  nameOf({ kind, arrow }) {
    return kind === "slope" ? this.panel.slopeName(arrow.tail) : `∂${this.panel.factor(arrow.head)}/∂${this.panel.factor(arrow.tail)}`;
  }

  ask() {
    this.isAnswered = false;
    this.tries = 0;
    this.shown = 0;
    const { question } = this;
    byId("verdict").replaceChildren();
    byId("hints").replaceChildren();
    for (const id of ["answer", "hint", "reveal"]) byId(id).hidden = !question;
    byId("next").hidden = true;
    byId("again").hidden = Boolean(question);
    byId("typed").value = "";
    this.score();
    this.draw(question ? question.count : this.story.steps.length);
    if (!question) return this.end();
    byId("question").textContent = `Question ${this.place + 1} of ${this.questions.length}`;
    byId("prompt").replaceChildren(...this.prompt(question));
    if (this.place) byId("typed").focus({ preventScroll: true });
  }

  prompt(question) {
    const head = this.story.boxes.get(question.arrow.head);
    const tail = this.story.boxes.get(question.arrow.tail);
    const name = this.nameOf(question);
    const shape = question.right.data.length > 1 ? ` It has ${question.right.shape.join("×")} entries, as ${tail.name} has.` : "";
    const text = question.kind === "local"
      ? `How much does ${head.name} change per unit of ${tail.name}, if all else stays? The local slope, with these numbers:`
      : `How much does ${this.story.subject} change per unit of ${tail.name}?${shape}`;
    return [paragraph(text), equation(`${name} =`, "?")];
  }

  end() {
    byId("question").textContent = "Done";
    byId("prompt").replaceChildren(paragraph(`You have found all slopes: ${number(this.points)} of ${this.questions.length} points.`), ...this.panel.closing());
  }

  score() {
    byId("score").textContent = `${number(this.points)} of ${this.questions.length} points`;
  }

  // The graph with the slopes found so far.
  draw(count) {
    const state = this.story.stateAfter(count);
    this.graph.show(state, null, null);
    byId("result").textContent = this.story.results.map((id) => inLine(this.story.value(id))).slice(0, 3).join(", ");
    const { question } = this;
    for (const [id, button] of this.graph.boxes) button.classList.toggle("asked", id === question?.arrow.tail);
    const box = question && this.story.boxes.get(question.arrow.head);
    byId("code").replaceChildren(...codeOf(this.content.sources, box?.source));
    byId("code").parentElement.hidden = !this.content.sources.length;
    revealLine(byId("code").parentElement);
    this.graph.reveal(question?.arrow.tail ?? this.content.boxes[0].id, this.frame);
  }

  // The names that a formula may use: those of values, and of the slopes found so far.
  values() {
    const found = new Map();
    for (const box of this.story.boxes.values()) {
      const value = this.story.value(box.id);
      if (value.data) found.set(box.reference, value);
    }
    for (const { kind, arrow, right } of this.questions.slice(0, this.place)) found.set(this.nameOf({ kind, arrow }), right);
    for (const id of this.story.results) found.set(this.panel.slopeName(id), ones(this.story.value(id)));
    return found;
  }

  read(text, right) {
    const plain = text.replaceAll("−", "-");
    const numbers = plain.match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/g) ?? [];
    const isList = /^[\s\d.,eE+\-[\]()]+$/.test(plain) && (/[[,]/.test(plain) || /^\s*\S+(\s+\S*\d\S*)+\s*$/.test(plain)) && !/\d\s*[-+]\s+\d/.test(plain);
    if (isList) {
      const data = numbers.map(Number);
      return { value: { shape: data.length === right.data.length ? right.shape : [data.length], data }, tolerance: ROUNDED };
    }
    const names = this.values();
    const tree = parse(text, [...names.keys()]);
    const used = [];
    const valueOf = (name) => {
      if (!names.has(name)) throw new Error(`there is no ${name} here; the names are ${[...names.keys()].filter((one) => !one.startsWith("∂")).join(", ")}`);
      used.push(name);
      return names.get(name);
    };
    const value = evaluate(tree, valueOf, ARRAYS);
    return { value, tolerance: used.length ? EXACT : ROUNDED };
  }

  check(text) {
    if (!text.trim()) return;
    let read;
    try {
      read = this.read(text, this.question.right);
    } catch (error) {
      this.say(`This can't be read: ${error.message}.`, "wrong-answer");
      return;
    }
    const none = { mutants: [], factors: [] };
    const mistakes = this.question.kind === "slope" ? this.content.mistakes[this.question.arrow.tail] ?? none : none;
    const { isRight, text: verdict } = judged(read.value, this.question.right, mistakes, read.tolerance);
    if (!isRight) {
      this.tries += 1;
      this.say(`${verdict}.`.replace("..", "."), "wrong-answer");
      return;
    }
    const points = Math.max(0, 1 - 0.25 * (this.tries + this.shown));
    this.points += points;
    this.say(`Right: ${inLine(this.question.right, signed)}${points < 1 ? `, for ${number(points)} points` : ""}.`, "right-answer");
    this.answered();
  }

  say(text, kind) {
    byId("verdict").replaceChildren(element("p", { class: kind }, text));
  }

  answered() {
    this.isAnswered = true;
    byId("hints").replaceChildren(...this.derivation());
    for (const id of ["hint", "reveal"]) byId(id).hidden = true;
    byId("next").hidden = false;
    byId("next").textContent = this.place + 1 < this.questions.length ? "next question" : "to the end";
    byId("next").focus({ preventScroll: true });
    this.score();
  }

  derivation() {
    const { kind, arrow, right } = this.question;
    if (kind === "local") return [equation(`${this.nameOf(this.question)} =`, this.rule(arrow, "withNames")), equation("=", inLine(right), "result")];
    return this.story.flowingOutOf(arrow.tail).flatMap((use) => this.panel.rule(use));
  }

  rule(arrow, write) {
    const box = this.story.boxes.get(arrow.head);
    return this.story[write](arrow.rule, box, this.panel.slopeName(arrow.head));
  }

  // The hints: in words, in symbols, with the numbers.
  hints() {
    const { kind, arrow } = this.question;
    const head = this.story.boxes.get(arrow.head);
    const tail = this.story.boxes.get(arrow.tail);
    if (kind === "local") {
      return [
        [paragraph(`Differentiate ${head.name}${head.expression ? ` = ${head.expression}` : ""} by ${tail.name}; everything else is constant.`)],
        [equation(`${this.nameOf(this.question)} =`, this.rule(arrow, "withNames"))],
        [equation("=", this.rule(arrow, "withNumbers"))],
      ];
    }
    const uses = this.story.flowingOutOf(arrow.tail);
    const names = uses.map((use) => this.story.boxes.get(use.head).name).join(", ");
    const equations = uses.map((use) => this.panel.rule(use));
    return [
      [paragraph(`${tail.name} is used in ${names}. ${uses.length > 1 ? "For each use, multiply" : "Multiply"} the slope that arrives there by the local slope${uses.length > 1 ? ", and add up" : ""}.`)],
      equations.map((lines) => lines[0]),
      equations.flatMap((lines) => (lines.length > 2 ? lines.slice(1, 2) : [])),
    ].filter((lines) => lines.length);
  }

  hint() {
    const hints = this.hints();
    byId("hints").append(...hints[this.shown]);
    this.shown += 1;
    byId("hint").hidden = this.shown === hints.length;
  }

  reveal() {
    this.say(`The answer is ${inLine(this.question.right, signed)}.`, "");
    this.answered();
  }

  next() {
    this.place += 1;
    this.ask();
  }
}
