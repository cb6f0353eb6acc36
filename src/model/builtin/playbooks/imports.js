// Who imports a file or a module, or what it imports.
const IMPORT = "^\\s*(#\\s*include|#\\s*import|import|from|use|pub\\s+use|pub\\([^)]*\\)\\s+use|mod|pub\\s+mod|pub\\([^)]*\\)\\s+mod|extern\\s+crate|using|require|require_relative|@import|source|export\\b.*\\bfrom|(const|let|var)\\b.*\\brequire\\()";

function play(ask) {
  const place = ask.intent.place.replace(/^[.\/]+|[>"']+$/g, "");
  note(`looking at imports of ${place}`);
  if (ask.intent.importers) importersOf(place, placeOf(ask.intent.scope)); else importsOf(ask, place);
}

function importersOf(place, scope) {
  const inside = scope ? ` in ${plain(scope)}` : "";
  const last = base(place).replace(/\.\w{1,5}$/, "");
  const module = /^(mod|lib|index|__init__|main)$/.test(last) && place.includes("/") ? base(folder(place)) : last;
  const header = /\.(h|hh|hpp|hxx|inc|scss|css)$/.test(place);
  const tail = (place.startsWith("include/") ? place.slice(8) : place).split("/").map(escaped).join("/");
  const named = header ? `^\\s*#?\\s*@?(include|import)\\s*[<"]([^>"]*/)?${tail}[>"]` : `${IMPORT}.*(\\b|["'/.:])${escaped(module)}\\b`;
  const resolved = attempt(() => repo.importers(place, { limit: 500, ...(scope && { path: scope }) }), none());
  let found = resolved.length ? resolved : attempt(() => repo.search(named, { limit: 500, ...within(scope) }), none());
  if (!found.length && header) found = attempt(() => repo.search(`^\\s*#?\\s*@?(include|import)\\s*[<"]([^>"]*/)?${escaped(base(place))}[>"]`, { limit: 500, ...within(scope) }), none());
  const manifest = attempt(() => repo.search(`^\\s*["']?${escaped(module)}["']?\\s*([=:]|>|~|$)|(^|\\s|["'(])${escaped(module)}\\s*[=~><!]=`, { glob: ["**/Cargo.toml", "**/package.json", "**/pyproject.toml", "**/requirements*.txt", "**/setup.cfg", "**/go.mod"], limit: 60 }), none()).filter((m) => inScope(m.path, scope));
  if (!found.length && !manifest.length) {
    say(`No line that imports ${plain(place)} was found${inside}.`, "");
    const text = attempt(() => repo.search(module, { literal: true, word: true, limit: 60, ...within(scope) }), none());
    if (text.length) { say(`The word ${plain(module)} is on ${many(total(text), "line")}:`, ""); showMatches(text, 20, 4); }
    return;
  }
  if (found.length) {
    const files = new Set(found.map((m) => m.path)).size;
    say(`${plain(place)} is imported${inside} on ${many(total(found), "line")} in ${found.truncated ? "at least " : ""}${many(files, "file")}:`, "");
    const shown = showMatches(found, 100, 4);
    if (shown < total(found)) say("", `${number(shown)} of ${number(total(found))} shown.`);
    say("");
    for (const text of resolved.notes || []) say(`${plain(text)}.`, "");
    if (!resolved.length) say("These lines have its name; which file they lead to could not be told.", "");
  }
  if (manifest.length) { say("As a dependency it is named in:", ""); showMatches(manifest, 20); }
}

function importsOf(ask, place) {
  const g = globbed(place);
  const files = attempt(() => repo.files([`/${g}`, `/${g}/**`, `**/${g}`, `**/${g}/**`, `**/${g}.*`], { limit: 3000 }), none());
  const exact = files.filter((f) => f.path === place || f.path.startsWith(place + "/"));
  const own = exact.length ? exact : files;
  if (!own.length) {
    say(`There is no file or folder called ${plain(place)} here.`, "");
    return evidence(ask);
  }
  if (own.length <= 200 && resolvedImports(place, own)) return;
  const glob = exact.length ? scopeGlob(place) : [`**/${g}`, `**/${g}/**`, `**/${g}.*`];
  const found = attempt(() => repo.search(IMPORT, { glob, limit: 2000 }), none());
  if (!found.length) return void say(`${plain(place)} imports nothing by a statement that is recognised here.`);
  const what = new Map();
  for (const m of found) {
    const text = m.text.trim().replace(/;\s*$/, "");
    if (!what.has(text)) what.set(text, []);
    what.get(text).push(m);
  }
  say(`${plain(place)} has ${many(total(found), "import line")} in ${many(new Set(found.map((m) => m.path)).size, "file")}, ${number(what.size)} different:`, "");
  const sorted = [...what].sort((a, b) => b[1].length - a[1].length);
  for (const [text, all] of sorted.slice(0, 80)) say(`- ${code(text)} at ${at(all[0].path, all[0].line)}${all.length > 1 ? ` and ${many(all.length - 1, "more line")}` : ""}`);
  if (sorted.length > 80) say(`- ${number(sorted.length - 80)} more`);
}

// What each file imports and where that leads. Says nothing when no file has imports that are understood.
function resolvedImports(place, files) {
  const imports = files.flatMap((f) => attempt(() => [...repo.imports(f.path)], []));
  if (!imports.length) return false;
  const inside = imports.filter((i) => !i.external);
  const external = imports.filter((i) => i.external);
  say(`${plain(place)} has ${many(imports.length, "import")} in ${many(new Set(imports.map((i) => i.path)).size, "file")}.`, "");
  const show = (list, most) => {
    const statements = new Map();
    for (const i of list) {
      const key = `${i.text} ${i.target}`;
      if (!statements.has(key)) statements.set(key, []);
      statements.get(key).push(i);
    }
    for (const all of [...statements.values()].slice(0, most)) {
      const [i] = all;
      const target = i.target ? `, which is ${plain(i.target)}` : i.external ? "" : ", which was not found here";
      say(`- ${code(i.text.replace(/;\s*$/, ""))} at ${at(i.path, i.line)}${all.length > 1 ? ` and ${many(all.length - 1, "more line")}` : ""}${target}`);
    }
    if (statements.size > most) say(`- ${number(statements.size - most)} more`);
    say("");
  };
  if (inside.length) { say(`From this repository (${number(inside.length)}):`, ""); show(inside, 80); }
  if (external.length) { say(`From elsewhere (${number(external.length)}):`, ""); show(external, 40); }
  return true;
}
