// The text beside the graph: the current step, the origin of a slope, and the code.

const MOST_CONDITIONS = 4; // that are listed
// The remark in place of a rule that was written for the recorded numbers.
const OTHER_CASE = "The rule was written for the recorded numbers. With these numbers, another case applies: create the page again with them to see it.";

class Panel {
  constructor(story, program) {
    this.story = story;
    this.program = program;
  }

  // Describe the last step.
  step(state) {
    const { step } = state;
    if (!step) return this.opening();
    const box = this.story.boxes.get(step.box);
    if (step.kind === "seed") return this.seed(box);
    const lines = step.kind === "forward" ? this.forward(box, state) : this.backward(box, state);
    return [...lines, ...this.notes(this.story.notes.get(step)), ...(state.isLast && step.kind === "backward" ? this.closing() : [])];
  }

  // What signs mean.
  notes(signs) {
    return signs.map((sign) => element("p", { class: "note" }, element("code", {}, sign), `: ${this.story.meanings[sign]}`));
  }

  opening() {
    const { results, boxes, title } = this.story;
    if (!results.some((id) => boxes.get(id).isInput || boxes.get(id).inputs.length)) {
      return [heading("Start"), paragraph(`These are the inputs. With the recorded numbers, ${title} isn't computed from them.`)];
    }
    return [
      heading("Start"),
      paragraph(`These are the inputs. Step forward (→) to see ${title} computed from them${this.story.hasSlopes ? "; then its slopes are computed backward, from right to left" : ""}.`),
      ...this.conditions(),
    ];
  }

  closing() {
    const rows = [...this.story.boxes.values()].filter((box) => box.isInput && box.slope !== null);
    return [
      paragraph("Done: these are the slopes of all inputs. Pick any value to see where its slope comes from."),
      ...rows.map((box) => equation(`${this.slopeName(box.id)} =`, inLine(this.program.values[box.slope], signed))),
      ...this.conditions(),
    ];
  }

  // The choices that the code made, if any: "while x > 0"; and those that it would make differently now.
  conditions() {
    const texts = this.story.conditions.filter(({ isOne }) => isOne).map(({ text }) => text);
    const broken = this.story.brokenConditions();
    if (!texts.length && !broken) return [];
    const shown = texts.slice(0, MOST_CONDITIONS);
    if (texts.length > shown.length) shown.push(`${texts.length - shown.length} more choices`);
    const made = shown.join(" and ");
    if (!broken) return [paragraph(`Your code made choices; this is what it computes while ${made}.`)];
    return [paragraph(`Your code made choices${made ? `; with the first numbers, ${made}` : ""}. With these numbers, ${broken}.`)];
  }

  forward(box, state) {
    const lines = [heading(`Forward, step ${state.count} of ${this.story.forwardCount}`)];
    if (box.isBlock) return [...lines, paragraph(`${box.name}: ${box.expression}, shown as one.`), equation("last value", inLine(this.story.value(box.id)), "result")];
    lines.push(box.expression ? equation(`${box.name} =`, box.expression) : equation("", box.name));
    const numbers = this.story.withNumbers(box.template, box);
    const result = inLine(this.story.value(box.id));
    const hint = state.isLast ? [paragraph(`There are no slopes: ${this.story.title} isn't a real number.`)] : [];
    return [...lines, equation("=", numbers), ...(numbers === result ? [] : [equation("=", result, "result")]), ...hint];
  }

  seed(box) {
    return [
      heading("Now backward"),
      paragraph(`How much does ${this.story.subject} change when a value changes? Start at the end: ${box.name} changes by exactly as much as itself.`),
      equation(`${this.slopeName(box.id)} =`, "1", "result"),
      element("p", { class: "note" }, this.story.chainRule[0]),
    ];
  }

  backward(box, state) {
    const done = state.count - this.story.forwardCount - 1;
    const all = this.story.steps.length - this.story.forwardCount - 1;
    const arrows = this.story.flowingInto(box.id);
    const lines = [
      heading(`Backward, step ${done} of ${all}`),
      paragraph(`Back through ${box.name}${box.expression && !box.isBlock ? ` = ${box.expression}` : ""}.`),
    ];
    for (const arrow of arrows) lines.push(...this.rule(arrow), ...this.soFar(arrow, state));
    if (done === 1) lines.push(element("p", { class: "note" }, this.story.chainRule[1]));
    return lines;
  }

  // The chain rule for one arrow: in symbols, with numbers, and the result.
  rule(arrow) {
    const box = this.story.boxes.get(arrow.head);
    if (box.isBlock || box.slope === null || arrow.values > 1) return this.throughSeveral(arrow, box);
    if (!this.program.holds(arrow.choices)) {
      const unwritten = { ...arrow, rule: "", isOneNumber: false, choices: [] };
      return [...this.rule(unwritten), paragraph(OTHER_CASE)];
    }
    const arriving = inLine(this.program.values[box.slope]);
    const share = inLine(this.program.values[arrow.share], signed);
    const left = `${this.slopeName(arrow.tail)} ${this.story.flowingOutOf(arrow.tail).length > 1 ? "gets" : "="}`;
    const unknown = `∂${this.factor(arrow.head)}/∂${this.factor(arrow.tail)}`; // the rule has no formula
    const whole = this.slopeName(arrow.head);
    const symbols = this.product(whole, this.story.withNames(arrow.rule, box, whole) || unknown, arrow);
    const numbers = arrow.rule ? this.product(arriving, this.story.withNumbers(arrow.rule, box, arriving), arrow) : "";
    const local = arrow.local === null ? "" : this.product(arriving, inLine(this.program.values[arrow.local]), arrow);
    const plain = inLine(this.program.values[arrow.share]);
    const isNew = (text, i, all) => text && text !== plain && text !== all[i - 1] && text.length < 160;
    const steps = [...[numbers, local].filter(isNew), share];
    return [
      equation(left, symbols),
      ...steps.map((text, i) => equation("=", text, i === steps.length - 1 ? "result" : "")),
      ...this.spread(box, arrow),
    ];
  }

  // A block, or an operation with several results, has no rule in one line.
  throughSeveral(arrow, box) {
    const share = inLine(this.program.values[arrow.share], signed);
    if (arrow.values > 1) {
      const { name } = this.story.boxes.get(arrow.tail);
      return [paragraph(`${arrow.values} values of ${name} get their slopes through ${box.isBlock ? `the ${box.expression}` : box.name}:`), equation("=", share, "result")];
    }
    return [equation(`${this.slopeName(arrow.tail)} gets`, `the slope through ${box.isBlock ? `the ${box.expression}` : box.name}`), equation("=", share, "result")];
  }

  // Describe a number that is passed to many entries, or a sum over many entries.
  spread(box, arrow) {
    const arriving = this.program.values[box.slope];
    const share = this.program.values[arrow.share];
    if (!arrow.isPlain) return [];
    if (sizeOf(arriving.shape) < sizeOf(share.shape)) return arrow.isOneNumber ? [paragraph("It is the same for each entry.")] : [];
    return sizeOf(arriving.shape) > sizeOf(share.shape) ? [paragraph("It is summed over the repeated entries.")] : [];
  }

  product(arriving, rule, arrow) {
    if (arrow.rule && !arrow.isPlain) return rule; // it contains the arriving slope
    if (rule === "1") return arriving;
    if (isSum(rule)) return `${arriving} · (${rule})`;
    return rule.startsWith("1 / ") ? `${arriving} / ${rule.slice(4)}` : `${arriving} · ${bracketed(rule)}`;
  }

  soFar(arrow, state) {
    const uses = this.story.flowingOutOf(arrow.tail);
    if (uses.length === 1 || this.story.boxes.get(arrow.tail).isBlock) return []; // a block has several values
    const arrived = uses.filter((use) => state.passed.has(use.head));
    const open = uses.length - arrived.length;
    const slope = this.story.slope(arrow.tail, state);
    const sum = slope ? `: ${inLine(slope.value, signed)}` : "";
    const { name } = this.story.boxes.get(arrow.tail);
    const more = open ? `; ${open} of ${uses.length} uses still to come` : `, from all ${uses.length} uses together`;
    return [paragraph(`${name} is used ${uses.length} times, so its slopes add up${sum}${more}.`)];
  }

  // Describe the origin of the slope of one value, in full.
  about(id, chosen, onPath) {
    const box = this.story.boxes.get(id);
    const value = this.story.value(id);
    const lines = [heading(box.name), equation("value", inLine(value))];
    if (box.expression) lines.splice(1, 0, equation("=", box.expression));
    if (box.slope === null) return [...lines, ...this.aboutSlopeless(box)];
    const slope = this.program.values[box.slope];
    lines.push(equation("slope", inLine(slope, signed), "result"), paragraph(this.meaning(box, value, slope)));
    const uses = this.story.flowingOutOf(id);
    for (const arrow of uses) {
      lines.push(subheading(`Through ${this.story.boxes.get(arrow.head).name}`), ...this.rule(arrow));
    }
    if (uses.length > 1 && !box.isBlock) {
      const shares = uses.map((arrow) => inLine(this.program.values[arrow.share]));
      lines.push(subheading("Together"), equation(`${this.slopeName(id)} =`, sumOf(shares)), equation("=", inLine(slope, signed), "result"));
    }
    const signs = new Set([box, ...uses].flatMap(({ notes }) => notes));
    return [...lines, ...this.notes([...signs]), ...this.paths(id, chosen, onPath)];
  }

  // Describe why no slope is shown with a value; of data, the one by which a change is predicted.
  aboutSlopeless(box) {
    const { story, program } = this;
    if (box.isInput && (box.effect ?? null) !== null && story.hasSlopes) {
      return [equation("slope", inLine(program.values[box.effect], signed), "result"), paragraph("It is data: its slope predicts what a change of it does, but isn't passed back in the steps.")];
    }
    if (box.isInput) return [paragraph("It is data: its slope isn't shown.")];
    if (!box.inputs.length) return [paragraph("No slope is computed here: it is a constant.")];
    return [paragraph(story.isOfData(box.id) ? "It is computed from data alone: its slope isn't shown." : "No slope is passed back through it.")];
  }

  meaning(box, value, slope) {
    if (this.story.results.includes(box.id)) return "It is the result itself.";
    if (isZero(slope)) return `A small change of ${box.name} doesn't change ${this.story.subject}.`;
    if (!isScalar(value)) return `For each entry, how much ${this.story.subject} changes per unit of it.`;
    const by = slope.data[0];
    const change = number(Math.abs(by) / 1000);
    return `Raise ${box.name} by 0.001, and ${this.story.subject} ${by > 0 ? "grows" : "shrinks"} by about ${change}.`;
  }

  paths(id, chosen, onPath) {
    if (this.story.results.includes(id)) return [];
    const { found, count } = this.story.paths(id);
    if (!count) return [paragraph("No path leads from here to the result.")];
    const list = element("ul", { class: "paths" });
    for (const path of found) {
      const names = [id, ...path.map((arrow) => arrow.head)].map((at) => this.story.boxes.get(at).name);
      const arrows = path.map((arrow) => arrow.id);
      const isChosen = String(chosen) === String(arrows);
      const button = element("button", { type: "button", "aria-pressed": String(isChosen) }, names.join(" → "), element("small", {}, this.pathProduct(path)));
      button.addEventListener("click", () => onPath(arrows));
      list.append(element("li", {}, button));
    }
    const title = count === 1 ? "The one path to the result" : `All ${count} paths to the result`;
    const rest = count > found.length ? [paragraph(`… and ${count - found.length} more.`)] : [];
    return [subheading(title), list, ...rest];
  }

  pathProduct(path) {
    const locals = path.map((arrow) => this.program.values[arrow.local]?.data);
    if (!locals.every(Boolean)) return ""; // not all of them are single real numbers
    const factors = locals.flat();
    const result = factors.reduce((product, x) => product * x, 1);
    const shown = factors.filter((x) => x !== 1);
    return shown.length > 1 ? `${shown.map((x, i) => (i ? bracketed(number(x)) : number(x))).join(" · ")} = ${signed(result)}` : signed(result);
  }

  slopeName(id) {
    return `∂${this.story.symbol}/∂${this.factor(id)}`;
  }

  factor(id) {
    const { reference } = this.story.boxes.get(id);
    return /^[\p{L}\w.₀-₉…]+$/u.test(outside(reference)) ? reference : `(${reference})`; // a name, or a call
  }
}

function isSum(text) {
  return / [+−] /.test(outside(text));
}

// Add texts of terms; a negative one is subtracted.
function sumOf(terms) {
  return terms.join(" + ").replaceAll(" + −", " − ");
}

function bracketed(text) {
  return text.startsWith("−") ? `(${text})` : text;
}

// The user's functions, with the line of the current step marked.
function codeOf(sources, at) {
  return sources.map(({ file, first, lines }, piece) => {
    const list = element("ol", { start: first, style: `--digits: ${String(first + lines.length).length}` });
    lines.forEach((text, i) => {
      const isHere = at && at[0] === piece && at[1] === first + i;
      list.append(element("li", isHere ? { class: "here", "aria-current": "step", value: first + i } : { value: first + i }, element("code", {}, text || " ")));
    });
    return element("figure", {}, element("figcaption", {}, file), list);
  });
}
