// Who uses something: every reference, grouped by file, with the function around it.
function play(ask) {
  const { names, relation } = ask.intent;
  const scope = placeOf(ask.intent.scope);
  for (const name of names.slice(0, 5)) {
    if (names.length > 1) say(`## ${plain(name)}`, "");
    if (relation === "implement") implementers(name, scope);
    else if (relation === "callees") calledBy(name, scope);
    else usesOf(name, relation, scope);
    say("");
  }
}

function usesOf(name, relation, scope) {
  note(`looking for uses of ${name}`);
  const definitions = ordered(definitionsOf(name, 20));
  const kind = { call: "call", write: "write" }[relation];
  const verb = { call: ["call", "calls"], write: ["write", "writes"] }[relation] || ["use", "uses"];
  const options = { limit: 2000, ...(scope && { path: scope }) };
  const edges = kind === "call" ? attempt(() => repo.callers(name, options), none()) : none();
  if (edges.length) {
    showReferences(name, callsOf(edges), verb, definitions[0] ? definitions[0].path : "");
    for (const text of edges.notes || []) say(`${plain(text)}.`, "");
    return showDefinedIn(definitions);
  }
  let refs = kind === "call" && definitions.some((d) => d.kind !== "declaration") ? none()
    : attempt(() => repo.references(name, { ...options, ...(kind && { kind }) }), none());
  let of = verb;
  if (kind && !refs.length) {
    refs = attempt(() => repo.references(name, options), none());
    // Calls that are left here mean something else, as far as can be told.
    for (const r of refs) if (kind === "call" && r.kind === "call") r.confidence = "possible";
    of = ["use", "uses"];
    if (refs.length) say(`${kind === "call" ? "No direct call" : "No assignment"} of ${plain(name)} was found; this is how else it is used.`, "");
  }
  if (relation === "test") {
    const inTests = refs.filter((r) => isTest(r.path) || /(^|\W)tests?(\W|$)/i.test(String(r.in || "")));
    const truncated = refs.truncated;
    refs = inTests;
    refs.total = inTests.length;
    refs.truncated = truncated;
    of = ["use in tests", "uses in tests"];
  }
  if (!refs.length) return unused(name, definitions, scope, relation);
  showReferences(name, refs, of, definitions[0] ? definitions[0].path : "");
  showDefinedIn(definitions);
}

// The calls of edges as references, with the caller around them.
function callsOf(edges) {
  const calls = edges.flatMap((e) => e.calls.map((c) => ({ ...c, in: e.qualified === e.path ? null : e.qualified })));
  calls.total = calls.length + Math.max(0, total(edges) - edges.length);
  calls.truncated = edges.truncated;
  return calls;
}

// What the definition calls: where each is defined, and where it is called.
function calledBy(name, scope) {
  note(`looking at what ${name} calls`);
  const definitions = ordered(definitionsOf(name, 20)).filter((d) => d.kind !== "declaration");
  const edges = attempt(() => repo.callees(name, { limit: 500, ...(scope && { path: scope }) }), none());
  if (!definitions.length && !edges.length) return unused(name, definitions, scope, "call");
  const where = scope ? ` in ${plain(scope)}` : " in this repository";
  if (!edges.length) say(`${plain(name)} calls nothing that is defined${where}.`, "");
  else say(`${plain(name)} calls ${atLeast(edges)}${many(total(edges), "definition")}${where}:`, "");
  for (const e of edges.slice(0, 80)) {
    const doubt = e.confidence === "possible" ? " (by name only)" : "";
    say(`- ${kindOf(e)} ${plain(e.qualified)} of ${plain(e.path)}, line ${e.line}, is called at ${at(e.calls[0].path, e.calls[0].line)}: ${code(e.calls[0].text)}${e.calls.length > 1 ? ` and ${many(e.calls.length - 1, "more time")}` : ""}${doubt}`);
  }
  if (edges.length > 80) say(`- ${number(edges.length - 80)} more`);
  say("");
  for (const text of edges.notes || []) say(`${plain(text)}.`, "");
  showDefinedIn(definitions);
}

// Users near the definition are the ones that explain it, so they come first.
function showReferences(name, refs, of, home) {
  const files = new Map();
  for (const r of refs) {
    if (!files.has(r.path)) files.set(r.path, []);
    files.get(r.path).push(r);
  }
  const near = (path) => {
    const parts = path.split("/");
    const own = home.split("/");
    return parts.findIndex((part, i) => part !== own[i]);
  };
  const paths = [...files.keys()].sort((a, b) => rank(a) - rank(b) || (b === home ? 1 : 0) - (a === home ? 1 : 0) || near(b) - near(a));
  const count = total(refs);
  const more = count > refs.length || atLeast(refs);
  say(`${plain(name)} has ${atLeast(refs)}${many(count, of[0], of[1])} in ${more ? "at least " : ""}${many(paths.length, "file")}:`, "");
  let shown = 0;
  for (const path of paths) {
    if (shown >= 80) break;
    const all = files.get(path);
    say(`**${plain(path)}** (${number(all.length)})`, "");
    for (const r of all.slice(0, 12)) {
      if (shown >= 80) break;
      const doubt = r.confidence === "possible" ? " (by name only)" : "";
      say(`- ${r.in ? `in ${plain(r.in)}, ` : ""}${at(r.path, r.line)}: ${code(r.text)}${doubt}`);
      shown += 1;
    }
    if (all.length > 12) say(`- ${number(all.length - 12)} more here`);
    say("");
  }
  if (shown < count) say(`${number(shown)} of ${number(count)} shown; limit the question to a folder to see the others.`, "");
}

function showDefinedIn(definitions) {
  const real = definitions.filter((d) => d.kind !== "declaration");
  const list = real.length ? real : definitions;
  if (!list.length) return;
  say(list.length === 1 ? "It is defined here:" : `The name has ${many(list.length, "definition")}:`, "");
  for (const d of list.slice(0, 5)) item(d);
  if (list.length > 5) say(`- ${number(list.length - 5)} more`);
}

function unused(name, definitions, scope, relation) {
  const last = name.split(/::|\.|#/).pop() || name;
  const text = attempt(() => repo.search(last, { literal: true, word: true, limit: 200, ...within(scope) }), none());
  const isOwn = (m) => definitions.some((d) => d.path === m.path && d.line === m.line);
  const others = text.filter((m) => !isOwn(m) && (relation !== "test" || isTest(m.path)));
  const place = scope ? ` in ${plain(scope)}` : relation === "test" ? " in tests" : "";
  if (others.length) {
    say(`No use of ${plain(name)} was recognised${place}, but the word is on ${text.truncated ? "at least " : ""}${many(others.length, "other line")}:`, "");
    showMatches(others, 30);
    say("");
  } else if (definitions.length) {
    say(`${plain(name)} is defined but nothing${place || " in this repository"} uses it by name.`, "");
  } else {
    say(`Nothing called ${plain(name)} is defined or used${place || " here"}.`, "");
    const near = nearNames(name);
    if (near.length) {
      say("Names like it:", "");
      for (const d of near) item(d);
    }
  }
  showDefinedIn(definitions);
}

// Types that implement or extend one; tables of functions count (`static struct file_operations x = {`).
function implementers(name, scope) {
  note(`looking for what implements ${name}`);
  const last = name.split(/::|\.|#/).pop() || name;
  const n = escaped(last);
  const pattern = [
    `\\bimpl\\b.*\\b${n}\\b(<.*>)?\\s+for\\b`,
    `\\bderive\\(.*\\b${n}\\b`,
    `\\bclass\\s+[^:(]+(\\(|:).*\\b${n}\\b`,
    `\\b(extends|implements|with)\\b[^{]*\\b${n}\\b`,
    `\\bstruct\\s+${n}\\s+\\w+(\\[\\w*\\])?\\s*=\\s*\\{`,
    `\\bvar\\s+_\\s+([\\w.]*\\.)?${n}\\s*=`,
  ].join("|");
  const found = attempt(() => repo.search(pattern, { limit: 300, ...within(scope) }), none());
  const lines = found.filter((m) => !/^\s*(\/\/|\*|#\s|--)/.test(m.text));
  if (!lines.length) return usesOf(name, "any", scope);
  say(`${plain(last)} is implemented or extended on ${found.truncated ? "at least " : ""}${many(found.truncated ? total(found) : lines.length, "line")}:`, "");
  const shown = showMatches(lines, 60, 12);
  if (shown < lines.length) say("", `${number(shown)} of ${number(lines.length)} shown.`);
  say("");
  showDefinedIn(ordered(definitionsOf(name, 20)));
}
