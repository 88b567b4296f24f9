// The elements that pages are made of.

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function classes(first, others) {
  return [first, ...Object.keys(others).filter((name) => others[name])].join(" ");
}

function heading(text) {
  return element("h2", {}, text);
}

function subheading(text) {
  return element("h3", {}, text);
}

function paragraph(text) {
  return element("p", {}, text);
}

function equation(left, right, kind = "") {
  return element("div", { class: classes(`equation ${kind}`, { next: left === "=" }) }, element("span", { class: "left" }, left), " ", element("span", { class: "right" }, right));
}

// The step in the address: #step=3, or #end.
function startOf(hash, last) {
  if (hash === "#end") return last;
  return Number(/^#step=(\d+)$/.exec(hash)?.[1] ?? 0);
}

function byId(id) {
  return document.getElementById(id);
}
