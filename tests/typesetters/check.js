// Set formulas, a JSON list on stdin, with KaTeX and MathJax 3; print what they refuse as a JSON list.

const fs = require("fs");
const katex = require("katex");

const formulas = JSON.parse(fs.readFileSync(0, "utf-8"));
const refused = [];

for (const formula of formulas) {
  try {
    katex.renderToString(formula, { displayMode: true, throwOnError: true, strict: "ignore" });
  } catch (error) {
    refused.push(["KaTeX", formula, error.message]);
  }
}

require("mathjax3").init({ loader: { load: ["input/tex", "output/svg"] } }).then((MathJax) => {
  for (const formula of formulas) {
    const html = MathJax.startup.adaptor.outerHTML(MathJax.tex2svg(formula, { display: true }));
    const wrong = /data-mjx-error="([^"]*)"/.exec(html);
    if (wrong) refused.push(["MathJax 3", formula, wrong[1]]);
  }
  console.log(JSON.stringify(refused));
});
