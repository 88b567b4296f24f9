// The page of a training: its state, and the actions of buttons and keys.

class Training {
  constructor(content, size) {
    Object.assign(this, content);
    this.size = size;
    this.kept = content.rates.length;
    this.arrays = Object.fromEntries(["before", "slopes", "after"].map((name) => [name, floatsOf(content[name])]));
    this.slotArrays = Object.fromEntries(Object.entries(content.slots).map(([name, text]) => [name, floatsOf(text)]));
  }

  // The numbers of a step; after the last one, only the weights.
  state(place) {
    const at = Math.min(place, this.kept);
    const row = (array) => array.subarray(at * this.size, (at + 1) * this.size);
    const weights = [...row(this.arrays.before)];
    if (at === this.kept) return { weights, place: at };
    const after = [...row(this.arrays.after)];
    const slots = Object.fromEntries(Object.entries(this.slotArrays).map(([name, array]) => [name, row(array)]));
    const changes = after.map((x, i) => x - weights[i]);
    return { place: at, weights, slopes: [...row(this.arrays.slopes)], after, changes, slots, rate: this.rates[at], number: this.numbers[at] };
  }
}

class Page {
  constructor(content) {
    this.content = content;
    this.trainings = content.trainings.map((one) => new Training(one, content.weights.length));
    this.last = Math.max(...this.trainings.map((one) => one.kept));
    this.longest = this.trainings.find((one) => one.kept === this.last);
    this.picked = { training: 0, weight: 0 };
    this.place = 0;
    this.timer = null;
    this.panels = this.trainings.map((one, i) => this.panel(one, i));
    byId("trainings").append(...this.panels.map((panel) => panel.element));
    this.chart = new LossChart(content.trainings, byId("loss"));
    this.prepare();
    this.go(startOf(location.hash, this.last));
  }

  panel(training, i) {
    const onPick = (weight) => this.pick(i, weight);
    const network = this.content.filters ? new Filters(this.content, training, onPick) : new Network(this.content, onPick);
    const picture = training.map && new Picture(training.map, this.content.columns[0].units);
    const confusion = training.confusion && new Confusion(training.confusion);
    const loss = element("output");
    const swatch = element("span", { class: "swatch" });
    const title = element("h2", {}, swatch, training.label, loss);
    const made = element("section", { class: "card panel", "aria-label": training.label }, title, network.element, ...[picture, confusion].filter(Boolean).map((one) => one.element));
    made.style.setProperty("--own", OWN[i]);
    return { element: made, network, picture, confusion, loss };
  }

  prepare() {
    const option = (text, value) => element("option", { value }, text);
    byId("weight").append(...this.content.weights.map((weight, i) => option(weight.name, i)));
    byId("of").append(...this.trainings.map((one, i) => option(one.label, i)));
    byId("whose").hidden = this.trainings.length === 1;
    byId("weight").addEventListener("change", (event) => this.pick(this.picked.training, Number(event.target.value)));
    byId("of").addEventListener("change", (event) => this.pick(Number(event.target.value), this.picked.weight));
    byId("slider").max = this.last;
    byId("slider").addEventListener("input", (event) => this.go(Number(event.target.value)));
    byId("shown").addEventListener("change", () => this.show());
    const buttons = { first: () => this.go(0), back: () => this.go(this.place - 1), forward: () => this.go(this.place + 1), last: () => this.go(this.last), "epoch-back": () => this.byEpoch(-1), "epoch-forward": () => this.byEpoch(1), play: () => this.play() };
    for (const [id, action] of Object.entries(buttons)) byId(id).addEventListener("click", action);
    document.addEventListener("keydown", (event) => this.press(event));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.show());
  }

  press(event) {
    if (event.target.closest("input, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    const isButton = event.target.closest("button");
    const actions = {
      ArrowRight: () => this.go(this.place + 1),
      ArrowLeft: () => this.go(this.place - 1),
      PageDown: () => this.byEpoch(1),
      PageUp: () => this.byEpoch(-1),
      Home: () => this.go(0),
      End: () => this.go(this.last),
      ...(isButton ? {} : { " ": () => this.play() }),
    };
    if (!(event.key in actions)) return;
    event.preventDefault();
    actions[event.key]();
  }

  epochAt(place) {
    return place >= this.last ? this.longest.epochs.at(-1) + 1 : this.longest.epochs[place];
  }

  // Go to the first step of the next epoch, or of this one, or of the one before.
  byEpoch(direction) {
    const { epochs } = this.longest;
    const starts = [...epochs.map((epoch, i) => (i === 0 || epochs[i - 1] !== epoch ? i : -1)).filter((i) => i >= 0), this.last];
    this.go(direction > 0 ? starts.find((i) => i > this.place) ?? this.last : starts.filter((i) => i < this.place).at(-1) ?? 0);
  }

  go(place, isPlaying = false) {
    if (!isPlaying) this.stop();
    this.place = Math.min(Math.max(place, 0), this.last);
    this.show();
  }

  play() {
    if (this.timer) return this.stop();
    if (this.place === this.last) this.go(0);
    byId("play").textContent = "❚❚ pause";
    this.timer = setInterval(() => {
      this.go(this.place + 1, true);
      if (this.place === this.last) this.stop();
    }, Math.max(60, Math.min(600, 20000 / this.last)));
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    byId("play").textContent = "▶ play";
  }

  pick(training, weight) {
    this.stop();
    this.picked = { training, weight };
    this.show();
  }

  show() {
    const shown = document.querySelector("#shown input:checked").value;
    const step = this.place * this.content.every;
    this.trainings.forEach((training, i) => {
      const { network, picture, confusion, loss, element: panel } = this.panels[i];
      network.show(training.state(this.place), shown, i === this.picked.training ? this.picked.weight : null);
      picture?.show(Math.min(this.place, training.kept));
      confusion?.show(Math.min(this.place, training.kept));
      const value = training.losses[Math.min(this.place, training.kept - 1)];
      loss.textContent = `loss ${value === null ? "NaN or ∞: diverged" : number(value)}`;
      panel.classList.toggle("diverged", value === null);
    });
    this.chart.show(this.place);
    const training = this.trainings[this.picked.training];
    byId("weight").value = this.picked.weight;
    byId("of").value = this.picked.training;
    byId("update").replaceChildren(...updateOf(training, training.state(this.place), this.picked.weight));
    this.controls(step);
  }

  controls(step) {
    const isOver = this.place === this.last;
    byId("slider").value = this.place;
    for (const id of ["first", "back", "epoch-back"]) byId(id).disabled = this.place === 0;
    for (const id of ["last", "forward", "epoch-forward"]) byId(id).disabled = isOver;
    const every = this.content.every > 1 ? ` (every ${this.content.every} steps are shown)` : "";
    const where = isOver ? "after training" : `epoch ${this.epochAt(this.place) + 1}, step ${step + 1} of ${this.longest.count}${every}`;
    byId("where").textContent = where;
    byId("slider").setAttribute("aria-valuetext", where);
    if (!this.timer) byId("summary").textContent = `${where}: ${this.trainings.map((one, i) => `${one.label}, ${this.panels[i].loss.textContent}`).join("; ")}`;
  }
}

window.page = new Page(JSON.parse(byId("content").textContent));
