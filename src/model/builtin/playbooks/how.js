// How something works: its definition, what it calls and who calls it; words without a name get the evidence.
function play(ask) {
  // A single plain word is tried as a name too.
  const asked = ask.intent.names.length || ask.words.length !== 1 ? ask.intent.names : ask.words;
  const names = asked.slice(0, 3);
  const scope = placeOf(ask.intent.scope);
  const look = (list) => list.map((name) => [name, ordered(definitionsOf(name, 50)).filter((d) => inScope(d.path, scope))]).filter((entry) => entry[1].length);
  let found = look(names);
  if (!found.length && ask.words.length === 1 && names[0] !== ask.words[0]) found = look(ask.words);
  if (!found.length) return evidence(ask);
  for (const [name, definitions] of found) explain(name, definitions, found.length);
  if (ask.words.length > names.length + 1) {
    const rest = gather({ ...ask, names: [] });
    rest.symbols = rest.symbols.filter((d) => !names.includes(d.name));
    if (rest.symbols.length || rest.files.length) {
      say("## Nearby", "");
      showEvidence(rest);
    }
  }
}

function explain(name, definitions, among) {
  const d = definitions[0];
  const owner = ownerOf(d);
  if (among > 1) say(`## ${plain(name)}`, "");
  say(`${code(d.name)} is a ${kindOf(d)}${owner ? ` of ${plain(owner)}` : ""}, defined in ${atDefinition(d)}.`, "");
  showDefinition(d, 40);
  const others = definitions.slice(1).filter((o) => o.kind !== "declaration");
  if (others.length) {
    say(`${many(others.length, "other definition has", "other definitions have")} the same name:`, "");
    for (const o of others.slice(0, 8)) item(o);
    if (others.length > 8) say(`- ${number(others.length - 8)} more`);
    say("");
  }
  members(d);
  calls(d);
  callers(name);
}

function members(d) {
  const outline = attempt(() => flatten(repo.outline(d.path)).find((o) => o.name === d.name && o.line === d.line), undefined);
  const children = ((outline && outline.children) || []).filter((c) => c.kind !== "enumMember" && c.kind !== "variable");
  if (!children.length || ["function", "method", "constructor"].includes(d.kind)) return;
  say(`It has ${many(children.length, "member")}:`, "");
  for (const c of children.slice(0, 25)) item(c);
  if (children.length > 25) say(`- ${number(children.length - 25)} more`);
  say("");
}

function calls(d) {
  if (!["function", "method", "constructor", "macro"].includes(d.kind)) return;
  const text = attempt(() => repo.read(d.path, d.from, Math.min(d.to, d.from + 599)), "");
  const known = new Set(["if", "for", "while", "switch", "return", "sizeof", "match", "catch", "function", "typeof", "fn", "await", "and", "or", "not", "in", "assert", "defined", "Some", "Ok", "Err", "None", d.name]);
  const found = new Map();
  text.split("\n").forEach((line, i) => {
    if (/^\s*(\/\/|\*|\/\*|#\s)/.test(line)) return;
    for (const call of line.replace(/"(?:[^"\\]|\\.)*"/g, '""').matchAll(/([\p{L}_$][\p{L}\p{N}_$]*)!?\s?\(/gu)) {
      if (!known.has(call[1]) && !found.has(call[1])) found.set(call[1], { line: d.from + i, text: line.trim() });
    }
  });
  if (!found.size) return;
  say(`It calls ${many(found.size, "name")}${found.size > 20 ? "; the first 20" : ""}:`, "");
  for (const [callee, where] of [...found].slice(0, 20)) say(`- ${code(callee)}, at ${at(d.path, where.line)}`);
  say("");
}

function callers(name) {
  const refs = attempt(() => repo.references(name, { limit: 200 }), none());
  if (!refs.length) return;
  const sure = (r) => r.confidence === "possible" ? 1 : 0;
  const first = refs.slice().sort((a, b) => sure(a) - sure(b) || rank(a.path) - rank(b.path)).slice(0, 10);
  say(`It is used ${many(total(refs), "time")}${total(refs) > 10 ? "; the first 10" : ""}:`, "");
  for (const r of first) say(`- ${r.in ? `in ${plain(r.in)}, ` : ""}${at(r.path, r.line)}: ${code(r.text)}${r.confidence === "possible" ? " (by name only)" : ""}`);
  say("");
}
