// The page: its state, and the actions of buttons, keys and inputs.

class Page {
  constructor(content) {
    this.content = content;
    this.program = new Program(content.program, content.refusal);
    this.story = new Story(content, this.program);
    this.panel = new Panel(this.story, this.program);
    this.frame = byId("frame");
    this.graph = new Graph(byId("stage"), this.story, (id) => this.pick(id));
    this.count = 0;
    this.picked = null;
    this.path = null;
    this.timer = null;
    this.parts = [...document.querySelectorAll("aside, aside .card")];
    this.prepare();
    this.watchEnds();
    this.graph.fit(this.frame);
    this.go(startOf(location.hash, this.story.steps.length));
  }

  prepare() {
    byId("slider").max = this.story.steps.length;
    byId("legend").querySelector(".subject").textContent = this.story.subject;
    byId("legend").hidden = !this.story.hasSlopes;
    byId("first").addEventListener("click", () => this.go(0));
    byId("back").addEventListener("click", () => this.go(this.count - 1));
    byId("forward").addEventListener("click", () => this.go(this.count + 1));
    byId("last").addEventListener("click", () => this.go(this.story.steps.length));
    byId("play").addEventListener("click", () => this.play());
    byId("slider").addEventListener("input", (event) => this.go(Number(event.target.value)));
    byId("smaller").addEventListener("click", () => this.graph.zoom(this.graph.scale / 1.2));
    byId("larger").addEventListener("click", () => this.graph.zoom(this.graph.scale * 1.2));
    byId("fit").addEventListener("click", () => this.graph.fit(this.frame, 0));
    document.addEventListener("keydown", (event) => this.press(event));
    this.inputs = new Inputs(this.story, this.program, this.content, (changes) => this.change(changes));
  }

  watchEnds() {
    const resized = new ResizeObserver(() => this.parts.forEach(shadeEnd));
    for (const part of this.parts) {
      part.addEventListener("scroll", () => shadeEnd(part), { passive: true });
      resized.observe(part);
    }
  }

  press(event) {
    if (event.target.closest("input") || event.ctrlKey || event.metaKey || event.altKey) return;
    const isButton = event.target.closest("button, summary");
    const actions = {
      ArrowRight: () => this.go(this.count + 1),
      ArrowLeft: () => this.go(this.count - 1),
      Home: () => this.go(0),
      End: () => this.go(this.story.steps.length),
      Escape: () => this.pick(null),
      f: () => this.graph.fit(this.frame, 0),
      ...(isButton ? {} : { " ": () => this.play() }),
    };
    if (!(event.key in actions)) return;
    event.preventDefault();
    actions[event.key]();
  }

  go(count, isPlaying = false) {
    if (!isPlaying) this.stop();
    this.count = Math.min(Math.max(count, 0), this.story.steps.length);
    this.picked = this.path = null;
    this.show();
    const { step } = this.story.stateAfter(this.count);
    this.graph.reveal(step?.box ?? this.content.boxes[0].id, this.frame);
  }

  play() {
    if (this.timer) return this.stop();
    if (this.count === this.story.steps.length) this.go(0);
    byId("play").textContent = "❚❚ pause";
    this.timer = setInterval(() => {
      this.go(this.count + 1, true);
      if (this.count === this.story.steps.length) this.stop();
    }, 1600);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    byId("play").textContent = "▶ play";
  }

  // Select a value; selecting it again, or null, returns to the step.
  pick(id) {
    this.stop();
    this.picked = id === this.picked ? null : id;
    this.path = null;
    this.show();
    this.inputs.follow(this.picked);
  }

  show() {
    const state = this.story.stateAfter(this.count);
    const box = this.story.boxes.get(this.picked ?? state.step?.box);
    // A selected value is described after all steps, so the graph shows all of them.
    this.graph.show(this.picked ? this.story.stateAfter(this.story.steps.length) : state, this.picked, this.path);
    byId("step").replaceChildren(...(this.picked ? this.aboutPicked() : this.panel.step(state)));
    byId("code").replaceChildren(...codeOf(this.content.sources, box?.source));
    byId("code").parentElement.hidden = !this.content.sources.length;
    revealLine(byId("code").parentElement);
    this.controls(state);
    this.parts.forEach(shadeEnd);
    byId("result").textContent = this.story.results.map((id) => inLine(this.story.value(id))).slice(0, 3).join(", ");
  }

  aboutPicked() {
    const close = element("button", { type: "button", class: "close" }, "✕ back to the step");
    close.addEventListener("click", () => this.pick(null));
    const onPath = (path) => {
      this.path = path;
      this.show();
      byId("step").querySelector("[aria-pressed=true]").focus();
    };
    return [close, ...this.panel.about(this.picked, this.path, onPath)];
  }

  controls(state) {
    const { steps, forwardCount } = this.story;
    byId("slider").value = this.count;
    byId("first").disabled = byId("back").disabled = this.count === 0;
    byId("last").disabled = byId("forward").disabled = this.count === steps.length;
    const direction = state.step ? (state.step.kind === "forward" ? "forward" : "backward") : "start";
    byId("where").textContent = `${direction} · ${this.count} of ${steps.length}`;
    byId("slider").setAttribute("aria-valuetext", byId("where").textContent);
    byId("slider").style.setProperty("--turn", `${(100 * forwardCount) / Math.max(1, steps.length)}%`);
  }

  change(changes) {
    this.program.change(changes);
    const decision = this.program.changedDecision(this.content.decisions);
    byId("warning").hidden = !decision;
    byId("warning").textContent = decision ? warningOf(decision, this.program) : "";
    document.body.classList.toggle("stale", Boolean(decision));
    this.show();
  }
}

function warningOf({ how, place, text, value }, program) {
  const where = text ? `${place} (${text})` : place;
  const was = program.recorded[value].data?.[0] ? "true" : "false";
  const why =
    how === "__bool__"
      ? `your code would take another branch at ${where}: its condition was ${was} when this page was created, and isn't now`
      : `your code read a plain number at ${where} that would be different now`;
  return `Not what Python would compute: ${why}. The page only repeats the recorded operations. Run your code with these numbers to see its result.`;
}

// Fade the lower edge of a part that can be scrolled further.
function shadeEnd(part) {
  const isCut = getComputedStyle(part).overflowY === "auto" && part.scrollHeight - part.clientHeight - part.scrollTop > 4;
  part.classList.toggle("cut", isCut);
}

// Bring the marked line into view, without moving the page.
function revealLine(card) {
  const line = card.querySelector(".here");
  if (!line || card.scrollHeight <= card.clientHeight) return;
  card.scrollTop += line.getBoundingClientRect().top - card.getBoundingClientRect().top - card.clientHeight / 2;
}

async function start(Kind) {
  const read = (id) => JSON.parse(byId(id).textContent);
  const text = read("dot");
  if (text) byId("stage").append((await Viz.instance()).renderSVGElement(text));
  window.page = new Kind(read("content"));
}

