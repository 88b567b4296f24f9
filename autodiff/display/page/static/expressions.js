// Expressions of plain arithmetic, as in Python: read into a tree, evaluated, and written again.
// A tree is ["number", 2], ["name", "w"], ["negative", tree], ["**", tree, tree] or ["call", name, trees].

const STRENGTH = { "+": 1, "-": 1, "*": 2, "/": 2, "@": 2, negative: 3, "**": 4 };
const WORD = "(?:(?![²³ᵀ])[\\p{L}\\p{N}\\p{M}_])";
const TOKEN = new RegExp(`\\s*(?:(\\d+\\.?\\d*(?:[eE][-+]?\\d+)?|\\.\\d+(?:[eE][-+]?\\d+)?)|((?:np\\.)?(?!\\p{N})${WORD}+)|(\\*\\*|[-+*/@(),^−·⊙√²³ᵀ]|\\.T\\b))`, "uy");
const [ENDS_IN_WORD, BEGINS_WITH_WORD] = [new RegExp(`${WORD}$`, "u"), new RegExp(`^${WORD}`, "u")];
const SAME = { "^": "**", "−": "-", "·": "*", "⊙": "*" };

// Read an expression; `names` (optional) are whole names that aren't identifiers, such as "d/kernel".
function parse(text, names = []) {
  const reader = new Reader(tokensOf(text, names));
  const tree = reader.sum();
  if (reader.next !== undefined) throw new Error(`expected the end, or an operator such as *, got ${reader.next.text}`);
  return tree;
}

function tokensOf(text, names) {
  const found = [];
  const longest = [...names].sort((a, b) => b.length - a.length);
  let at = 0;
  while (text.slice(at).trim()) {
    at += text.slice(at).length - text.slice(at).trimStart().length;
    const name = longest.find((one) => text.startsWith(one, at) && !(ENDS_IN_WORD.test(one) && BEGINS_WITH_WORD.test(text.slice(at + one.length))));
    if (name) {
      found.push({ kind: "name", text: name });
      at += name.length;
      continue;
    }
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match) throw new Error(`expected numbers, names and + − * / ** @ ( ), got ${text.slice(at, at + 12)}`);
    at = TOKEN.lastIndex;
    if (match[1]) found.push({ kind: "number", text: match[1] });
    else if (match[2]) found.push({ kind: "name", text: match[2].replace(/^np\./, "") });
    else found.push({ kind: "sign", text: SAME[match[3]] ?? match[3] });
  }
  return found;
}

class Reader {
  constructor(tokens) {
    this.tokens = tokens;
    this.at = 0;
  }

  get next() {
    return this.tokens[this.at];
  }

  take(...texts) {
    const found = this.next?.kind === "sign" && texts.includes(this.next.text);
    return found ? this.tokens[this.at++].text : undefined;
  }

  sum() {
    let tree = this.term();
    for (let sign; (sign = this.take("+", "-")); ) tree = [sign, tree, this.term()];
    return tree;
  }

  term() {
    let tree = this.signed();
    for (let sign; (sign = this.take("*", "/", "@")); ) tree = [sign, tree, this.signed()];
    return tree;
  }

  signed() {
    if (this.take("-")) return ["negative", this.signed()];
    return this.take("+") ? this.signed() : this.power();
  }

  power() {
    const base = this.postfix();
    return this.take("**") ? ["**", base, this.signed()] : base;
  }

  postfix() {
    let tree = this.atom();
    for (let sign; (sign = this.take("²", "³", "ᵀ", ".T")); ) {
      tree = sign === "²" || sign === "³" ? ["**", tree, ["number", sign === "²" ? 2 : 3]] : ["call", "transpose", [tree]];
    }
    return tree;
  }

  atom() {
    if (this.take("√")) return ["call", "sqrt", [this.atom()]];
    if (this.take("(")) {
      const tree = this.sum();
      this.close();
      return tree;
    }
    const token = this.next;
    if (token === undefined || token.kind === "sign") throw new Error(`expected a number or a name, got ${token?.text ?? "the end"}`);
    this.at += 1;
    if (token.kind === "number") return ["number", Number(token.text)];
    if (!this.take("(")) return ["name", token.text];
    const inputs = [this.sum()];
    while (this.take(",")) inputs.push(this.sum());
    this.close();
    return ["call", token.text, inputs];
  }

  close() {
    if (!this.take(")")) throw new Error(`expected ), got ${this.next?.text ?? "the end"}`);
  }
}

// Plain numbers; the values of pages have their own operations.
const NUMBERS = {
  number: (x) => x,
  operate: (sign, x, y) => ({ "+": x + y, "-": x - y, "*": x * y, "/": x / y, "**": x ** y, "@": x * y })[sign],
  call: (name, inputs) => {
    const functions = { sqrt: Math.sqrt, maximum: Math.max };
    if (!(name in functions)) throw new Error(`expected one of ${Object.keys(functions).join(", ")}, got ${name}`);
    return functions[name](...inputs);
  },
};

function evaluate(tree, valueOf, arithmetic = NUMBERS) {
  const [kind, ...parts] = tree;
  const of = (part) => evaluate(part, valueOf, arithmetic);
  if (kind === "number") return arithmetic.number(parts[0]);
  if (kind === "name") return valueOf(parts[0]);
  if (kind === "negative") return arithmetic.operate("*", arithmetic.number(-1), of(parts[0]));
  if (kind === "call") return arithmetic.call(parts[0], parts[1].map(of));
  return arithmetic.operate(kind, of(parts[0]), of(parts[1]));
}

// Write a tree with `textOf` each name: the name's sign, or its number.
function write(tree, textOf, least = 0) {
  const [kind, ...parts] = tree;
  if (kind === "number") return number(parts[0]);
  if (kind === "name") return inParentheses(textOf(parts[0]), least);
  if (kind === "call" && parts[0] === "sqrt") return `√(${write(parts[1][0], textOf)})`;
  if (kind === "call") return `${parts[0]}(${parts[1].map((part) => write(part, textOf)).join(", ")})`;
  const strength = STRENGTH[kind];
  const left = write(parts[0], textOf, kind === "**" ? 5 : strength);
  let text;
  if (kind === "negative") text = `−${left}`;
  else if (kind === "**") text = parts[1][0] === "number" && parts[1][1] === 2 ? `${left}²` : `${left}^${write(parts[1], textOf, 4)}`;
  else text = `${left} ${{ "*": "·", "-": "−" }[kind] ?? kind} ${write(parts[1], textOf, strength + 1)}`;
  return strength < least ? `(${text})` : text;
}

// A negative number that isn't the first term is put in parentheses.
function inParentheses(text, least) {
  return least > 1 && text.startsWith("−") ? `(${text})` : least >= 5 && /\de/.test(text) ? `(${text})` : text;
}
