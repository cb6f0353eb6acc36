// How many there are of something, counted exactly; what could not be counted to the end is said.
function play(ask) {
  const { unit, of, kinds } = ask.intent;
  const scope = placeOf(ask.intent.scope);
  const place = scope ? ` in ${plain(scope)}` : "";
  note("counting");
  if (unit === "files") return files(of, scope, place);
  if (unit === "lines") return lines(of, scope, place);
  if (unit === "definitions") return definitions(of, kinds, scope, place);
  if (unit === "uses") return uses(of, scope, place);
  text(of, scope, place);
}

const ENDINGS = { rust: "rs", python: "py", javascript: "js,mjs,cjs,jsx", typescript: "ts,tsx,mts", go: "go", c: "c,h", "c++": "cc,cpp,cxx,hpp,hh,h", cpp: "cc,cpp,cxx,hpp,hh,h", java: "java", header: "h,hpp,hh", markdown: "md", shell: "sh", json: "json", toml: "toml", yaml: "yml,yaml", html: "html", css: "css", ruby: "rb", kotlin: "kt,kts", swift: "swift", scala: "scala", php: "php", bash: "sh,bash", lua: "lua", perl: "pl,pm", sql: "sql", assembly: "s,S,asm" };

function globsFor(kind, scope) {
  const key = (kind || "").toLowerCase().replace(/^\./, "");
  const endings = ENDINGS[key] || (/^[a-z0-9+]{1,6}$/.test(key) && kind.startsWith(".") ? key : "");
  const tail = endings ? (endings.includes(",") ? `*.{${endings}}` : `*.${endings}`) : "";
  if (!scope) return tail ? `**/${tail}` : undefined;
  return tail ? `/${globbed(scope)}/**/${tail}` : scopeGlob(scope);
}

// The files of one language: by what each of them is taken for, since names without an ending count too.
function ofLanguage(kind, scope) {
  const key = { cpp: "c++", bash: "shell" }[kind.toLowerCase()] || kind.toLowerCase();
  const all = attempt(() => repo.files(scopeGlob(scope), { limit: 200000 }), none());
  return all.truncated ? [] : all.filter((f) => (f.language || "").toLowerCase() === key);
}

// Globs for the files of a language that a place has.
function languageGlobs(kind, scope) {
  const root = scope ? `/${globbed(scope)}/**/` : "**/";
  const names = ofLanguage(kind, scope).map((f) => base(f.path)).map((name) => name.lastIndexOf(".") > 0 ? `*${globbed(name.slice(name.lastIndexOf(".")))}` : globbed(name));
  const different = [...new Set(names)];
  return different.length && different.length <= 50 ? different.map((name) => root + name) : globsFor(kind, scope);
}

function files(kind, scope, place) {
  const own = kind ? ofLanguage(kind, scope) : [];
  const list = own.length ? own : attempt(() => repo.files(globsFor(kind, scope), { limit: 100000 }), none());
  say(`There ${total(list) === 1 ? "is" : "are"} ${many(total(list), `${kind ? plain(kind) + " " : ""}file`)}${place}.`, "");
  const languages = new Map();
  for (const f of list) languages.set(f.language || "other", (languages.get(f.language || "other") || 0) + 1);
  const sorted = [...languages].sort((a, b) => b[1] - a[1]);
  if (sorted.length > 1) for (const [language, n] of sorted.slice(0, 15)) say(`- ${plain(language)}: ${number(n)}`);
  if (list.truncated) say("", "The languages are counted for the first 100,000 files.");
}

function lines(kind, scope, place) {
  const glob = kind ? languageGlobs(kind, scope) : globsFor("", scope);
  const all = repo.search("^", { limit: 1, ...(glob && { glob }) });
  const blank = attempt(() => repo.search("^\\s*$", { limit: 1, ...(glob && { glob }) }), none());
  const list = attempt(() => repo.files(glob, { limit: 1 }), none());
  say(`There ${total(all) === 1 ? "is" : "are"} ${many(total(all), "line")}${kind ? ` of ${plain(kind)}` : ""}${place}, ${number(total(blank))} of them blank, in ${many(total(list), "file")}.`);
}

function definitions(of, kinds, scope, place) {
  const test = of === "test";
  const noun = test ? "test" : kinds[0];
  if (test) {
    const pattern = "^\\s*(#\\[(\\w+::)*test(\\(.*\\))?\\]|(async\\s+)?def test_\\w+|func Test\\w+\\(|@Test\\b|(it|test)(\\.\\w+)?\\(\\s*[\"'`]|TEST(_F|_P)?\\()";
    const found = repo.search(pattern, { limit: 20, ...within(scope) });
    say(`${many(total(found), "line begins", "lines begin")} a test${place} (by the usual marks: #[test], def test_, func Test, @Test, it(...), TEST(...)).`, "");
    showMatches(found, 10, 3);
    return;
  }
  const one = scope ? attempt(() => repo.files(`/${globbed(scope)}`, { limit: 2 }), none()).find((f) => f.path === scope) : undefined;
  const list = one ? flatten(repo.outline(one.path)).filter((d) => kinds.includes(d.kind))
    : attempt(() => repo.symbols({ kind: kinds, limit: 50, ...(scope && { path: scope }) }), none());
  say(`There ${total(list) === 1 ? "is" : "are"} ${list.total > 0 && list.truncated ? "at least " : ""}${many(total(list), "definition")} of the kind ${noun}${place}${kinds.length > 1 ? ` (${kinds.join(", ")})` : ""}.`, "");
  for (const d of list.slice(0, 15)) item(d);
  if (total(list) > 15) say("", `15 of ${number(total(list))} shown.`);
}

function uses(name, scope, place) {
  const refs = attempt(() => repo.references(name, { limit: 1000, ...(scope && { path: scope }) }), none());
  const kinds = new Map();
  for (const r of refs) kinds.set(r.kind, (kinds.get(r.kind) || 0) + 1);
  const parts = [...kinds].sort((a, b) => b[1] - a[1]).map(([kind, n]) => `${kind} ${number(n)}`).join(", ");
  say(`${plain(name)} is used ${many(total(refs), "time")}${place}${parts ? ` (${refs.truncated ? "of the first 1,000: " : ""}${parts})` : ""}.`, "");
  const last = name.split(/::|\.|#/).pop() || name;
  const words = attempt(() => repo.search(last, { literal: true, word: true, limit: 1, ...within(scope) }), none());
  say(`As a word it is on ${many(total(words), "line")}, definitions and comments included.`, "");
  for (const r of refs.slice(0, 10)) say(`- ${r.in ? `in ${plain(r.in)}, ` : ""}${at(r.path, r.line)}: ${code(r.text)}`);
  if (total(refs) > 10) say("", `10 of ${number(total(refs))} shown.`);
}

function text(of, scope, place) {
  const found = repo.search(of, { literal: true, limit: 100, ...within(scope) });
  say(`${many(total(found), "line has", "lines have")} the text ${code(of, 80)}${place}.`, "");
  const shown = showMatches(found, 15, 3);
  if (shown < total(found)) say("", `${number(shown)} of ${number(total(found))} shown.`);
}
