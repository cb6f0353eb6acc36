// What a file, a folder or a type holds.
function play(ask) {
  const { place, kinds, files } = ask.intent;
  const name = trimmed(place || "");
  note(name ? `looking into ${name}` : "looking into the repository");
  if (!name || name === ".") return kinds.length ? showKinds("", kinds) : showFolder("", files);
  const target = resolve(name);
  if (target && target.file) return showFile(target.file, kinds, target.others);
  if (target) return kinds.length ? showKinds(target.folder, kinds) : showFolder(target.folder, files, target.others);
  const definitions = hiddenName(name) ? [] : ordered(definitionsOf(name, 50));
  if (definitions.length) return showMembers(name, definitions, kinds);
  const secret = withheld(name);
  if (secret) return void say(secret);
  say(`There is no file, folder or definition called ${plain(name)} here.`, "");
  evidence({ ...ask, words: [name.split("/").pop() || name] });
}

// A path as it is written, or the shallowest file or folder that ends like it.
function resolve(name) {
  const g = globbed(name);
  const look = (glob) => attempt(() => repo.files(glob, { limit: 5000 }), none());
  const best = (list) => list.slice().sort((a, b) => rank(a) - rank(b) || depth(a) - depth(b));
  const exact = look([`/${g}`, `/${g}/**`]);
  if (exact.some((f) => f.path === name)) return { file: exact.find((f) => f.path === name), others: [] };
  if (exact.some((f) => f.path.startsWith(name + "/"))) return { folder: name, others: [] };
  const inside = look(`**/${g}/**`).map((f) => f.path.slice(0, f.path.indexOf(`/${name}/`) + name.length + 1)).filter((f) => f.endsWith(name));
  const named = look([`**/${g}`, `**/${g}.*`]);
  const folders = best([...new Set(inside)]);
  const same = named.filter((f) => base(f.path) === base(name));
  if (same.length) {
    const paths = best(same.map((f) => f.path));
    return { file: same.find((f) => f.path === paths[0]), others: paths.slice(1) };
  }
  if (folders.length) return { folder: folders[0], others: folders.slice(1) };
  const source = named.filter((f) => f.language);
  if (!source.length || /[A-Z].*[a-z]/.test(name)) return undefined;
  const paths = best(source.map((f) => f.path));
  return { file: source.find((f) => f.path === paths[0]), others: paths.slice(1) };
}

function alsoNamed(others) {
  if (others && others.length) say(`Also with this name: ${others.slice(0, 6).map(plain).join(", ")}${others.length > 6 ? ` and ${number(others.length - 6)} more` : ""}.`, "");
}

// The comment at the top of a file, as one line.
function headComment(path) {
  const text = attempt(() => repo.read(path, 1, 30), "");
  const lines = [];
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    if (!line && !lines.length) continue;
    const comment = /^(?:\/\/[\/!]?|\/\*[*!]?|\*(?!\/)|#(?![!\[]|\s*(?:include|define|if|pragma))|--|;;+|"""|''')\s?(.*?)(?:\*\/|""")?$/.exec(line);
    if (!comment) { if (/^#!|^\*\//.test(line)) continue; break; }
    const words = comment[1].trim();
    if (/SPDX|copyright|licen[sc]e|all rights reserved|-\*-/i.test(words)) continue;
    if (!words && lines.length) break;
    if (words.length > 3 && !(words.endsWith(base(path)) && !words.includes(" "))) lines.push(words);
  }
  return cut(lines.join(" "), 240);
}

function showFile(file, kinds, others) {
  const all = attempt(() => repo.outline(file.path), none());
  const lines = attempt(() => file.lines, undefined);
  say(`${plain(file.path)} is a ${file.language ? plain(file.language) + " " : ""}file of ${size(file.bytes)}${lines ? `, ${many(lines, "line")}` : ""}.`, "");
  const head = headComment(file.path);
  if (head) say(`> ${plain(head)}`, "");
  alsoNamed(others);
  if (!all.length) return showText(file);
  const flat = flatten(all);
  if (kinds.length) {
    const wanted = flat.filter((d) => kinds.includes(d.kind));
    say(`${many(wanted.length, "definition")} of the kind asked for (${kinds[0]}):`, "");
    for (const d of wanted.slice(0, 150)) item(d);
    if (wanted.length > 150) say(`- ${number(wanted.length - 150)} more`);
    if (wanted.length) return;
  }
  say(`It has ${counted(flat)}:`, "");
  let left = 120;
  const skip = new Set(["enumMember", "field", "property"]);
  const walk = (list, indent) => {
    for (const d of list) {
      if (skip.has(d.kind) || left <= 0) continue;
      left -= 1;
      item(d, indent);
      if (indent.length < 4) walk(d.children || [], indent + "  ");
    }
  };
  walk(all, "");
  if (left <= 0) say("", "Only the first 120 are listed; ask for one kind (functions, structs, ...) to see all of it.");
}

function counted(definitions) {
  const counts = new Map();
  for (const d of definitions) counts.set(kindOf(d), (counts.get(kindOf(d)) || 0) + 1);
  const plural = (kind, n) => n === 1 ? kind : /(s|x|ch)$/.test(kind) ? kind + "es" : /y$/.test(kind) ? kind.slice(0, -1) + "ies" : kind + "s";
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, 6).map(([kind, n]) => `${number(n)} ${plural(kind, n)}`).join(", ");
}

// A file without definitions: its headings, or how it begins.
function showText(file) {
  const headings = attempt(() => repo.search("^(#{1,4} .+|\\[[\\w.\\-\"' ]+\\]\\s*)$", { glob: `/${globbed(file.path)}`, limit: 40 }), none()).filter((m) => m.path === file.path);
  if (headings.length > 1) {
    say("Its headings:", "");
    showMatches(headings, 40, 40);
    return;
  }
  const text = attempt(() => repo.read(file.path, 1, 30), "");
  if (text) block(text, file.path);
  else say("It has no text that can be shown.");
}

function showFolder(path, onlyFiles, others) {
  const list = attempt(() => repo.files(path ? `/${globbed(path)}/**` : undefined, { limit: 100000 }), none());
  const prefix = path ? path + "/" : "";
  const files = list.filter((f) => f.path.startsWith(prefix));
  const direct = files.filter((f) => !f.path.slice(prefix.length).includes("/"));
  const folders = new Map();
  for (const f of files) {
    const rest = f.path.slice(prefix.length);
    if (!rest.includes("/")) continue;
    const name = rest.slice(0, rest.indexOf("/"));
    const entry = folders.get(name) || { files: 0, bytes: 0 };
    entry.files += 1;
    entry.bytes += f.bytes;
    folders.set(name, entry);
  }
  const bytes = files.reduce((sum, f) => sum + f.bytes, 0);
  say(`${path ? plain(path) : "The repository"} has ${many(total(list), "file")} (${list.truncated ? "at least " : ""}${size(bytes)}): ${number(direct.length)} directly in it and ${many(folders.size, "subfolder")}.`, "");
  alsoNamed(others);
  introduce(direct);
  if (folders.size) {
    say("**Folders**", "");
    const sorted = [...folders].sort((a, b) => b[1].bytes - a[1].bytes);
    for (const [name, entry] of sorted.slice(0, 40)) say(`- ${plain(name)}/: ${many(entry.files, "file")}, ${size(entry.bytes)}`);
    if (sorted.length > 40) say(`- ${number(sorted.length - 40)} more`);
    say("");
  }
  if (!direct.length && !folders.size) return;
  showDirect(direct, onlyFiles);
}

// What the folder says about itself.
function introduce(direct) {
  const readme = direct.find((f) => /^(readme|mod\.rs|lib\.rs|__init__\.py|index\.\w+|doc\.go|package-info\.java)/i.test(base(f.path)));
  if (!readme) return;
  const text = /readme/i.test(base(readme.path)) ? firstParagraph(readme.path) : headComment(readme.path);
  if (text) say(`${plain(base(readme.path))} says:`, "", `> ${plain(text)}`, "");
}

function firstParagraph(path) {
  const text = attempt(() => repo.read(path, 1, 60), "");
  const paragraphs = text.split(/\n\s*\n/).map((p) => p.replace(/<[^>]*>/g, " ").trim()).filter((p) => p && !/^(#|!\[|\[!|=|-{3}|```|\|)/.test(p.replace(/^#+ .*\n/, "")) && /\w+ \w+ \w+/.test(p));
  return cut((paragraphs[0] || "").replace(/^#+ .*\n/, "").replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1"), 500);
}

function showDirect(direct, onlyFiles) {
  if (!direct.length) return;
  const sorted = direct.slice().sort((a, b) => (b.language ? 1 : 0) - (a.language ? 1 : 0) || b.bytes - a.bytes);
  say("**Files**", "");
  let parsed = onlyFiles ? 0 : 40;
  for (const f of sorted.slice(0, onlyFiles ? 200 : 80)) {
    const outline = f.language && parsed > 0 && f.bytes < 1048576 ? attempt(() => repo.outline(f.path), none()) : none();
    if (outline.length) parsed -= 1;
    const head = outline.length ? headComment(f.path) : "";
    say(`- ${plain(base(f.path))}, ${size(f.bytes)}${outline.length ? `: ${counted(flatten(outline))}` : ""}${head ? `. ${plain(cut(head, 120))}` : ""}`);
    for (const d of telling(outline)) say(`  - ${code(sourceLine(d) || d.name, 100)}, ${atDefinition(d)}`);
  }
  if (sorted.length > (onlyFiles ? 200 : 80)) say(`- ${number(sorted.length - (onlyFiles ? 200 : 80))} more`);
}

// What says best what a file is about: what it is called after, its types, public ones first, then its longest functions.
function telling(outline) {
  const bare = (name) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  const namesake = (d) => bare(d.name) === bare(base(d.path).replace(/\.\w+$/, "")) ? 1 : 0;
  const types = ["class", "struct", "trait", "interface", "enum", "union", "type"];
  const open = (d) => /^(pub |export |public )/.test(d.signature || "") ? 1 : 0;
  const longest = (a, b) => namesake(b) - namesake(a) || open(b) - open(a) || (b.to - b.from) - (a.to - a.from);
  const named = outline.filter((d) => types.includes(d.kind)).sort(longest).slice(0, 2);
  const rest = outline.filter((d) => !["declaration", "macro", "variable", "module", ...types].includes(d.kind)).sort(longest);
  return [...named, ...rest.slice(0, 3 - named.length)].sort((a, b) => a.line - b.line);
}

function showKinds(path, kinds) {
  const found = attempt(() => repo.symbols({ kind: kinds.slice(0, 3), limit: 300, ...(path && { path }) }), none());
  const list = found.filter((d) => inScope(d.path, path)).sort((a, b) => rank(a.path) - rank(b.path));
  say(`${path ? plain(path) : "The repository"} has ${found.truncated ? "at least " : ""}${many(Math.max(total(found), list.length), "definition")} of this kind (${kinds.slice(0, 3).join(", ")}):`, "");
  for (const d of list.slice(0, 150)) item(d);
  if (list.length > 150 || found.truncated) say("", "The list is cut; name a folder or a file to narrow it down.");
}

function showMembers(name, definitions, kinds) {
  for (const d of definitions.filter((x) => x.kind !== "declaration").concat(definitions).slice(0, 3)) {
    const outline = attempt(() => flatten(repo.outline(d.path)), []);
    const own = outline.find((o) => o.name === d.name && o.line === d.line);
    const children = (own && own.children) || [];
    const wanted = kinds.length ? children.filter((c) => kinds.includes(c.kind)) : children;
    if (!children.length && definitions.length > 1) continue;
    say(`${code(d.name)} is a ${kindOf(d)}, defined in ${atDefinition(d)}.`, "");
    if (!wanted.length) { showDefinition(d, 40); return; }
    say(`It has ${many(wanted.length, kinds.length ? kinds[0] : "member")}:`, "");
    for (const c of wanted.slice(0, 120)) item(c);
    if (wanted.length > 120) say(`- ${number(wanted.length - 120)} more`);
    return;
  }
  const d = definitions[0];
  say(`${code(d.name)} is a ${kindOf(d)}, defined in ${atDefinition(d)}.`, "");
  showDefinition(d, 40);
}
