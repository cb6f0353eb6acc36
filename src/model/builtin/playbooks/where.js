// Where something is defined: every definition there is, or what comes closest.
function play(ask) {
  const { names, kinds } = ask.intent;
  const scope = placeOf(ask.intent.scope);
  for (const name of names) {
    if (names.length > 1) say(`## ${plain(name)}`, "");
    whereIs(name, kinds, scope, names.length);
    say("");
  }
}

function whereIs(name, kinds, scope, among) {
  const secret = hiddenName(name) || name.includes("/") ? withheld(name) : "";
  if (secret) return void say(secret);
  const path = /[\/]|\.\w{1,6}$/.test(name) && !name.includes("#") && !name.includes("::");
  if (path && showFiles(name)) return;
  note(`looking for the definition of ${name}`);
  if (/^CONFIG_\w+$/.test(name)) showOption(name);
  const list = definitionsOf(name);
  const wanted = ordered(list, kinds).filter((d) => inScope(d.path, scope));
  const all = wanted.length ? wanted : ordered(list, kinds);
  if (scope && list.length && !wanted.length) say(`Nothing with this name is defined in ${plain(scope)}; elsewhere:`, "");
  if (all.length) return showAll(name, all, list, kinds, among);
  unknown(name, scope);
}

// An option of Linux's kind of configuration is defined where its entry is, not where a macro of its name is.
function showOption(name) {
  const found = attempt(() => repo.search(`^\\s*(menu)?config\\s+${escaped(name.slice(7))}\\s*$`, { glob: "Kconfig*", limit: 50 }), none());
  if (!found.length) return;
  say(`${plain(name)} is a configuration option with ${found.length === 1 ? "this entry" : `${number(total(found))} entries`}:`, "");
  showMatches(found, 50, 10);
  say("");
}

function showAll(name, all, list, kinds, among) {
  const real = all.filter((d) => d.kind !== "declaration" || kinds.includes("declaration"));
  const declared = all.filter((d) => !real.includes(d));
  const main = real.length ? real : declared;
  const fitting = kinds.length && main.some((d) => kinds.includes(d.kind)) ? main.filter((d) => kinds.includes(d.kind)) : main;
  // One definition of the project's own is the answer, whatever its tests and what it vendors define.
  const own = fitting.filter((d) => rank(d.path) === 0);
  const first = own.length === 1 ? own : fitting;
  if (first.length === 1) {
    const d = first[0];
    const owner = ownerOf(d);
    const verb = real.length ? "is defined" : "is only declared";
    say(`${code(d.name)} ${verb} in ${atDefinition(d)}, as a ${kindOf(d)}${owner ? ` of ${plain(owner)}` : ""}.`, "");
    showDefinition(d, among > 1 ? 10 : 24);
    showChildren(d);
  } else {
    const count = list.truncated ? total(list) : first.length;
    say(`${plain(name)} has ${many(count, "definition")}${real.length ? "" : " (declarations only)"}:`, "");
    for (const d of first.slice(0, 50)) item(d);
    if (first.length > 50 || list.truncated) say("", `The first ${Math.min(first.length, 50)} of ${number(count)}; name a file or an owner to narrow it down.`);
    say("");
    if (among === 1) {
      say(`The first of them, in ${plain(first[0].path)}:`, "");
      showDefinition(first[0], 12);
    }
  }
  const elsewhere = fitting.filter((d) => !first.includes(d));
  if (elsewhere.length) listed("Also defined in tests or in what others wrote:", elsewhere, 49);
  const others = main.filter((d) => !fitting.includes(d));
  if (others.length) listed("Other things with this name:", others);
  if (real.length && declared.length) listed("Declared in:", declared);
}

function listed(title, definitions, most = 20) {
  say(title, "");
  for (const d of definitions.slice(0, most)) item(d);
  if (definitions.length > most) say(`- ${number(definitions.length - most)} more`);
  say("");
}

function showChildren(d) {
  const outline = ["class", "struct", "interface", "trait", "module"].includes(d.kind)
    ? attempt(() => flatten(repo.outline(d.path)).find((o) => o.name === d.name && o.line === d.line), undefined) : undefined;
  const methods = ((outline && outline.children) || []).filter((c) => ["method", "constructor", "function"].includes(c.kind));
  if (!methods.length) return;
  say(`Its ${methods.length === 1 ? "method" : "methods"}:`, "");
  for (const m of methods.slice(0, 20)) item(m);
  if (methods.length > 20) say(`- ${number(methods.length - 20)} more`);
  say("");
}

function showFiles(name) {
  const wanted = trimmed(name);
  const glob = [`/${globbed(wanted)}`, `**/${globbed(wanted)}`];
  const files = attempt(() => repo.files(glob, { limit: 200 }), none()).slice().sort((a, b) => rank(a.path) - rank(b.path) || depth(a.path) - depth(b.path));
  if (!files.length) return false;
  say(files.length === 1 ? "There is one such file:" : `There are ${many(files.length, "such file")}:`, "");
  for (const f of files.slice(0, 30)) {
    const outline = attempt(() => repo.outline(f.path), none());
    const first = outline[0];
    say(`- ${plain(f.path)}, ${size(f.bytes)}${first ? `, begins with ${code(first.name)} at ${atDefinition(first)}` : ""}`);
  }
  say("");
  if (files.length === 1) {
    const head = attempt(() => repo.read(files[0].path, 1, 12), "");
    if (head) block(head, files[0].path);
  }
  return true;
}

// Not a definition that any grammar here knows: lines that look like one, names like it, and the text itself.
function unknown(name, scope) {
  const last = name.split(/::|\.|#/).pop() || name;
  const like = attempt(() => repo.search(definitionLike(last), { limit: 60, ...within(scope) }), none());
  if (like.length) {
    say(`No parsed language here defines ${plain(name)}, but ${many(total(like), "line reads", "lines read")} like a definition:`, "");
    showMatches(like, 20);
    say("");
    return;
  }
  if (showFolders(last) || showFiles(`${last}.*`)) return;
  say(`Nothing called ${plain(name)} is defined here.`, "");
  const near = nearNames(name);
  if (near.length) {
    say("Names like it:", "");
    for (const d of near) item(d);
    say("");
  }
  const text = attempt(() => repo.search(last, { literal: true, word: true, limit: 40, ...within(scope) }), none());
  if (text.length) {
    say(`The word itself is on ${many(total(text), "line")}:`, "");
    showMatches(text, 12, 4);
    return;
  }
  const loose = attempt(() => repo.search(last, { literal: true, ignoreCase: true, limit: 40 }), none());
  if (!loose.length) return void say("No line of any file contains that text either, in any case.");
  say(`As a part of words, in any case, it is on ${many(total(loose), "line")}:`, "");
  showMatches(loose, 12, 4);
}

function showFolders(name) {
  const files = attempt(() => repo.files(`**/${globbed(name)}/**`, { limit: 2000 }), none());
  const folders = [...new Set(files.map((f) => {
    const parts = f.path.split("/");
    return parts.slice(0, parts.indexOf(name) + 1).join("/");
  }))].sort((a, b) => rank(a) - rank(b) || depth(a) - depth(b));
  if (!folders.length) return false;
  say(`No definition has this name; ${folders.length === 1 ? "a folder has" : many(folders.length, "folder have", "folders have")}:`, "");
  for (const f of folders.slice(0, 20)) say(`- ${plain(f)}`);
  say("");
  return true;
}

// One pattern for build rules, configuration keys, scripts and macros that define what they name.
function definitionLike(name) {
  const n = escaped(name);
  const short = escaped(name.replace(/^(CONFIG_|sys_|__do_sys_)/, ""));
  return [
    `^\\s*(export\\s+)?(pub\\s+)?(local\\s+)?(def|function|class|interface|type|const|let|var|sub|proc|fn|func|module|package|object|trait|record|enum|struct|union|val|alias|define|message|service|rpc|resource|target|task|define-command|defun|defmacro|defvar)\\s+${n}\\b`,
    `^\\s*#\\s*define\\s+${n}\\b`,
    `^\\s*(menu)?config\\s+${short}\\s*$`,
    `^${n}\\s*(:?[:?+]?=|\\(\\)|:)`,
    `^[A-Z][A-Z0-9_]*\\(([^()]*,\\s*)?_?${short}\\s*[,)]`,
    `(?i:create\\s+(or\\s+replace\\s+)?(table|view|function|procedure|index|type)\\s+(if\\s+not\\s+exists\\s+)?["\`]?)${n}\\b`,
    `^\\s*["']?${n}["']?\\s*[:=]\\s`,
  ].join("|");
}
