// What all playbooks share: collecting lines and citations, ordering paths, showing code.
const CLOSING = "_No language model was used: this is what the `builtin` planner found. `spelunk doctor` shows how to set one._";
const out = [];
const citations = [];
const seen = new Set();
const trouble = new Set();

// The value of f, or the fallback when f fails; a cancelled or exhausted run is not hidden.
function attempt(f, fallback) {
  try {
    return f();
  } catch (error) {
    if (error && (error.name === "Cancelled" || error.name === "BudgetError")) throw error;
    trouble.add(String((error && error.message) || error).split("\n")[0].slice(0, 200));
    return fallback;
  }
}

function none() {
  const list = [];
  list.total = 0;
  list.truncated = false;
  return list;
}

const say = (...lines) => { for (const line of lines) out.push(line); };
const number = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
const many = (n, one, more) => `${number(n)} ${n === 1 ? one : more || one + "s"}`;
const size = (b) => b < 1024 ? many(b, "byte") : b < 1048576 ? `${(b / 1024).toFixed(1)} KiB` : `${(b / 1048576).toFixed(1)} MiB`;
const total = (list) => Math.max(Number(list.total) || 0, list.length);
const base = (path) => path.slice(path.lastIndexOf("/") + 1);
const folder = (path) => path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\\/-]/g, "\\$&").replace(/\\([-\/])/g, "$1");
const globbed = (path) => path.replace(/[*?[\]{}!\\]/g, "\\$&");
const cut = (text, most) => text.length > most ? text.slice(0, most).replace(/[\uD800-\uDBFF]$/, "") : text;
// Text on one line; names like __init__ would be set in bold.
const plain = (text) => String(text).replace(/\s+/g, " ").trim().replace(/(^|[^\w\\])(_+)(\w*?[^\W_])(_+)(?!\w)/g,
  (all, before, open, name, close) => before + [...open].map(() => "\\_").join("") + name + [...close].map(() => "\\_").join(""));

// Inline code, whatever backticks the text has. What is cut is said outside, so that the code stays verbatim.
function code(text, most = 140) {
  const line = String(text).replace(/\s*[\r\n]+\s*/g, " ").trim();
  if (!line) return "";
  const short = cut(line, most).trimEnd();
  const runs = short.match(/`+/g) || [];
  const fence = "`".repeat(runs.reduce((n, run) => Math.max(n, run.length), 0) + 1);
  const pad = runs.length ? " " : "";
  return fence + pad + short + pad + fence + (short.length < line.length ? " …" : "");
}

function block(text, path = "") {
  const language = { rs: "rust", py: "python", js: "js", mjs: "js", jsx: "jsx", ts: "ts", tsx: "tsx", c: "c", h: "c", cc: "cpp",
    cpp: "cpp", hpp: "cpp", go: "go", java: "java", toml: "toml", json: "json", sh: "sh", md: "md", yml: "yaml", yaml: "yaml",
  }[base(path).split(".").pop()] || "";
  const runs = text.match(/`{3,}/g) || [];
  const fence = "`".repeat(runs.reduce((n, run) => Math.max(n, run.length), 2) + 1);
  say(fence + language, text.split("\n").map((line) => cut(line, 240)).join("\n").trimEnd(), fence, "");
}

// Cites lines and returns how they are written. Of a long range that was not looked at as a whole its head is cited; a
// place that may not be cited at all is only named.
function at(path, from, to = from) {
  const ends = [to, from + 400, from + 3, from].filter((end, i) => i === 0 || end < to);
  for (const end of ends) {
    const text = `${path}:${from}${end > from ? "-" + end : ""}`;
    if (seen.has(text)) return `\`${text}\``;
    try {
      citations.push(cite(path, from, end));
      seen.add(text);
      return `\`${text}\``;
    } catch (error) {
      if (error && (error.name === "Cancelled" || error.name === "BudgetError")) throw error;
    }
  }
  return `${plain(path)}, line ${from}`;
}
const atDefinition = (d) => at(d.path, d.line, Math.max(d.to, d.line));

// The project's own files first, then tests and examples, then what others wrote.
function rank(path) {
  if (/(^|\/)(vendor|vendored|third[_-]party|node_modules|external|extern|dist|generated|bower_components|site-packages)\//i.test(path)
    || /\.min\.(js|css)$|_pb2\.py$|\.pb\.(go|h|cc)$/.test(path)) return 2;
  return isTest(path) ? 1 : 0;
}
const isTest = (path) => /(^|\/)(tests?|testing|testdata|test_data|__tests__|specs?|fixtures?|examples?|samples?|bench(es|marks?)?|mocks?|selftests|unittests|fuzz)\//i.test(path)
  || /[._-](test|tests|spec|unittest)\.\w+$|(^|\/)test(s|_[^/]*)?\.\w+$/i.test(path);
const isDocument = (path) => /\.(md|rst|txt|adoc|html)$/i.test(path) || /(^|\/)(docs?|documentation)\//i.test(path);
const depth = (path) => path.split("/").length;
const inScope = (path, place) => !place || path === place || path.startsWith(place + "/");
// Globs for one file or one folder with everything below it; a leading slash is the repository's root.
const scopeGlob = (place) => place ? [`/${globbed(place)}`, `/${globbed(place)}/**`] : undefined;
const within = (place) => place ? { glob: scopeGlob(place) } : {};
const atLeast = (list) => list.truncated && total(list) === list.length ? "at least " : "";
const trimmed = (path) => path.replace(/^(\.?\/)+|\/+$/g, "");

// The file or folder that a person means: the path as it is, or the shallowest one that ends like it. Says when none does.
function placeOf(scope) {
  if (!scope) return undefined;
  const name = trimmed(scope);
  if (!name || name === ".") return undefined;
  const g = globbed(name);
  if (attempt(() => repo.files([`/${g}`, `/${g}/**`], { limit: 1 }), none()).length) return name;
  const files = attempt(() => repo.files([`**/${g}`, `**/${g}/**`], { limit: 2000 }), none());
  const places = files.map((f) => f.path.endsWith("/" + name) ? f.path : f.path.slice(0, f.path.indexOf(`/${name}/`) + 1) + name);
  const best = [...new Set(places)].sort((a, b) => rank(a) - rank(b) || depth(a) - depth(b))[0];
  // The repository may be the folder that is meant.
  if (!best && name === repo.info.name) return undefined;
  if (!best) say(`There is no file or folder ${plain(scope)}; all of the repository was searched.`, "");
  return best;
}

// Types and macros are at home in the public headers; programs that help with the build have copies of them.
const aside = (d) => /^(tools|scripts)\//.test(d.path) ? 2 : /^include\//.test(d.path) && ["macro", "struct", "union", "enum", "class", "type"].includes(d.kind) ? 0 : 1;
const alias = (d) => ["type", "variable", "constant", "field", "property", "enumMember", "module"].includes(d.kind) ? 1 : 0;

// A path to a hidden file can be no name in code.
const hiddenName = (name) => /(^|\/)\.[^\/]+$/.test(name);

// What is said of a file that is not read, since its name says that it may hold secrets.
function withheld(name) {
  try {
    repo.read(name, 1, 1);
  } catch (error) {
    if (error && (error.name === "Cancelled" || error.name === "BudgetError")) throw error;
    const why = String((error && error.message) || error);
    if (/secret|withheld/i.test(why)) return `${plain(name)} is withheld: it is not read, because it may hold secrets.`;
  }
  return "";
}

// Definitions as a reader wants them: of the kinds asked for, real before declared, own before tests and vendored.
function ordered(definitions, kinds = []) {
  const key = (d) => [d.kind === "declaration" && !kinds.includes("declaration") ? 1 : 0, kinds.length && !kinds.includes(d.kind) ? 1 : 0, rank(d.path), aside(d), alias(d), depth(d.path)];
  return definitions.map((d, i) => [key(d), i, d]).sort((a, b) => {
    for (let k = 0; k < a[0].length; k++) if (a[0][k] !== b[0][k]) return a[0][k] - b[0][k];
    return a[1] - b[1];
  }).map((entry) => entry[2]);
}

const KINDS = new Map([["enumMember", "enum member"]]);
const kindOf = (d) => KINDS.get(d.kind) ?? d.kind;
function ownerOf(d) {
  const parts = String(d.qualified || d.name).split(/\.|::/);
  return parts.length > 1 ? parts.slice(0, -1).join(".") : "";
}
const sourceLine = (d) => attempt(() => repo.read(d.path, d.line, d.line).trim(), "");

// One definition as a list item: its own line of source, its kind, where it is, what its comment says.
function item(d, indent = "") {
  const owner = ownerOf(d);
  say(`${indent}- ${code(sourceLine(d) || d.name, 120)}, ${kindOf(d)}${owner ? ` in ${plain(owner)}` : ""}, ${atDefinition(d)}`);
}

// The first lines of a definition, after its comment.
function showDefinition(d, most = 24) {
  if (d.doc) say(`> ${plain(d.doc)}`, "");
  const last = Math.min(d.to, d.from + most - 1);
  const text = attempt(() => repo.read(d.path, d.from, last), "");
  if (!text) return;
  block(text, d.path);
  if (last < d.to) say(`The first ${last - d.from + 1} of ${number(d.to - d.from + 1)} lines.`, "");
}

function definitionsOf(name, limit = 200) {
  return attempt(() => repo.definition(name, { limit }), none());
}

function flatten(definitions) {
  return definitions.flatMap((d) => [d, ...flatten(d.children || [])]);
}

// Bytes of a repository from which on asking for symbols by a part of their name takes too long.
const BIG = 128 * 1048576;

// Names that exist and look like the one that does not.
function nearNames(name) {
  const last = name.split(/::|\.|#|\//).pop() || name;
  const found = new Map();
  if (repo.info.bytes < BIG) for (const d of attempt(() => repo.symbols({ name: last, limit: 60 }), none())) found.set(d.name, d);
  const like = (d) => d.name.toLowerCase().includes(last.toLowerCase()) || distance(d.name, last) <= Math.max(2, Math.floor(last.length / 3));
  if (last.length > 3 && ![...found.values()].some(like)) {
    for (const name of misspelt(last)) for (const d of definitionsOf(name, 1)) found.set(d.name, d);
  }
  return [...found.values()].filter((d) => d.name !== last && like(d))
    .sort((a, b) => distance(a.name, last) - distance(b.name, last)).slice(0, 8);
}

// Identifiers in the text that begin or end like a name and are a few letters away from it.
function misspelt(name) {
  const half = Math.ceil(name.length / 2);
  const pattern = `\\b${escaped(name.slice(0, half))}\\w*|\\w*${escaped(name.slice(-half))}\\b`;
  const names = new Set();
  for (const match of attempt(() => repo.search(pattern, { ignoreCase: true, limit: 1000 }), none())) {
    for (const word of match.text.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) || []) {
      if (distance(word, name) <= Math.max(1, Math.floor(name.length / 4))) names.add(word);
    }
  }
  return [...names].sort((a, b) => distance(a, name) - distance(b, name)).slice(0, 5);
}

// Edit distance without regard to case, of names cut to 64 characters.
function distance(a, b) {
  a = a.toLowerCase().slice(0, 64);
  b = b.toLowerCase().slice(0, 64);
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}

// Lines of text grouped by file, own files first. Returns how many were shown.
function showMatches(matches, most = 30, perFile = 6) {
  const files = new Map();
  for (const match of matches) {
    if (!files.has(match.path)) files.set(match.path, []);
    files.get(match.path).push(match);
  }
  const paths = [...files.keys()].sort((a, b) => rank(a) - rank(b));
  let shown = 0;
  for (const path of paths) {
    if (shown >= most) break;
    const all = files.get(path);
    for (const match of all.slice(0, Math.min(perFile, most - shown))) {
      say(`- ${at(match.path, match.line)}: ${code(match.text)}`);
      shown += 1;
    }
    if (all.length > perFile && shown < most) say(`- ${number(all.length - perFile)} more in ${plain(path)}`);
  }
  return shown;
}

function run(play) {
  if (repo.info && repo.info.files === 0) {
    say("The repository has no files that can be read here: it is empty, or ignore rules exclude everything.");
  } else {
    play(ask);
  }
  if (trouble.size) say("", `Not everything could be looked up: ${[...trouble].slice(0, 3).map(plain).join("; ")}.`);
  say("", CLOSING);
  answer(out.join("\n").replace(/\n{3,}/g, "\n\n"), { citations });
}
