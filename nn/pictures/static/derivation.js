// The update of one weight, with its numbers, by the optimizer's equations.

const SIGNS = { beta_1: "β₁", beta_2: "β₂", epsilon: "ε", rho: "ρ", momentum: "μ", weight_decay: "decay", v_max: "v̂" };

// Write a number with enough digits to see a change of it.
function precise(x, change) {
  const more = change ? Math.ceil(Math.log10(Math.abs(x / change))) : 0;
  return more > 2 && Number.isFinite(more) ? x.toPrecision(Math.min(8, 2 + more)).replaceAll("-", "−") : number(x);
}

function updateOf(training, state, place) {
  if (!state.slopes) {
    return [paragraph(`After training, this weight is ${number(state.weights[place])}. Go one step back to see an update.`)];
  }
  const [before, slope, after] = [state.weights[place], state.slopes[place], state.after[place]];
  const written = precise(before, after - before);
  const effect = slope > 0 ? "raising it raises the loss, so it goes down" : slope < 0 ? "raising it lowers the loss, so it goes up" : "it has no effect on the loss here";
  const lines = [
    equation("w =", written),
    equation("slope =", `${signed(slope)}${training.optimizer === "SGD" ? ` (${effect})` : ""}`),
    equation("rate =", number(state.rate)),
  ];
  if (training.note) return [...lines, paragraph(training.note), equation("w ←", precise(after, after - before), "result")];
  const values = { ...training.constants, w: before, slope, rate: state.rate, t: state.number };
  for (const [name, slot] of Object.entries(state.slots)) values[name] = slot[place];
  const remembered = Object.keys(state.slots).map((name) => `${SIGNS[name] ?? name} = ${number(values[name])}`);
  if (remembered.length) lines.push(equation("remembered:", remembered.join(", ")));
  const options = Object.entries(training.constants).map(([name, x]) => `${SIGNS[name] ?? name} = ${number(x)}`);
  if (options.length) lines.push(equation("options:", options.join(", ")));
  for (const [name, text] of training.equations) {
    const tree = parse(text);
    const symbols = write(tree, (one) => SIGNS[one] ?? one);
    const filled = write(tree, (one) => (one === "w" ? precise(values.w, after - before) : number(values[one])));
    values[name] = evaluate(tree, (one) => values[one]);
    const isLast = name === "w" && training.equations.at(-1)[1] === text;
    lines.push(equation(`${SIGNS[name] ?? name} ←`, symbols));
    lines.push(equation("=", filled), equation("=", name === "w" ? precise(isLast ? after : values.w, after - before) : number(values[name]), isLast ? "result" : ""));
  }
  return lines;
}
