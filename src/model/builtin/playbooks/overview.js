// What the repository is, how it is laid out, and where to begin reading.
function play() {
  const info = repo.info;
  note("looking at the whole repository");
  say(`${plain(info.name || "This repository")} has ${many(info.files, "file")}, ${size(info.bytes)}${info.revision ? `, at revision ${plain(info.revision)}` : ""}.`, "");
  description();
  languages(info);
  layout();
  modules(info);
  manifests();
  entryPoints();
}

// The first words of the README.
function description() {
  const readmes = attempt(() => repo.files(["/README*", "/readme*", "/Readme*"], { limit: 50 }), none());
  const readme = readmes.find((f) => /^readme(\.(md|rst|txt))?$/i.test(f.path)) || readmes[0];
  if (!readme) return void say("It has no README at its top.", "");
  const all = attempt(() => repo.search("\\S", { glob: `/${globbed(readme.path)}`, limit: 120 }), none()).filter((m) => m.path === readme.path);
  const words = (m) => m.text.replace(/<[^>]*>/g, " ").replace(/!?\[[^\]]*\]\([^)]*\)/g, (link) => link.startsWith("!") ? " " : link.slice(1, link.indexOf("]"))).replace(/[#=*|`]+/g, " ").replace(/\s+/g, " ").trim();
  const title = all.find((m) => /[\p{L}]{2}/u.test(words(m)));
  if (!title) return;
  const start = all.find((m) => m.line > title.line && /^[^#=<|!\[`~-]/.test(m.text.trim()) && words(m).split(" ").length > 4);
  const paragraph = [];
  for (let i = start ? all.indexOf(start) : all.length; i < all.length && paragraph.length < 12; i++) {
    if (paragraph.length && all[i].line !== all[i - 1].line + 1) break;
    paragraph.push(all[i]);
  }
  const last = paragraph.length ? paragraph[paragraph.length - 1].line : title.line;
  say(`${at(readme.path, title.line, last)} says:`, "", `> **${plain(words(title))}**`);
  if (paragraph.length) say(`> ${plain(cut(paragraph.map(words).join(" "), 700))}`);
  say("");
}

function languages(info) {
  const all = Object.entries(info.languages || {}).filter((entry) => entry[1] > 0).sort((a, b) => b[1] - a[1]);
  if (!all.length) return;
  const sum = all.reduce((n, entry) => n + entry[1], 0);
  say(`Languages, by files: ${all.slice(0, 8).map(([name, n]) => `${plain(name)} ${Math.max(1, Math.round(100 * n / sum))}%`).join(", ")}.`, "");
}

function layout() {
  const list = attempt(() => repo.files(undefined, { limit: 200000 }), none());
  const folders = new Map();
  for (const f of list) {
    const top = f.path.includes("/") ? f.path.slice(0, f.path.indexOf("/")) : "";
    const entry = folders.get(top) || { files: 0, bytes: 0, inside: new Map() };
    entry.files += 1;
    entry.bytes += f.bytes;
    const second = top && f.path.slice(top.length + 1).includes("/") ? f.path.slice(top.length + 1).split("/")[0] : "";
    if (second) entry.inside.set(second, (entry.inside.get(second) || 0) + 1);
    folders.set(top, entry);
  }
  const tops = [...folders].filter((entry) => entry[0]).sort((a, b) => rank(a[0] + "/") - rank(b[0] + "/") || b[1].files - a[1].files);
  if (!tops.length) return;
  say("**Folders**", "");
  for (const [name, entry] of tops.slice(0, 25)) {
    const inside = [...entry.inside].sort((a, b) => b[1] - a[1]).slice(0, 8).map((e) => plain(e[0]));
    say(`- ${plain(name)}/: ${many(entry.files, "file")}, ${size(entry.bytes)}${inside.length ? ` (${inside.join(", ")}${entry.inside.size > 8 ? ", …" : ""})` : ""}`);
  }
  if (tops.length > 25) say(`- ${number(tops.length - 25)} more`);
  say("");
}

// Which of its parts build on which. Takes a look at every file, so only where that is quick.
function modules(info) {
  if (info.bytes > 16e6) return;
  const own = attempt(() => repo.modules(), none()).filter((m) => !m.role && m.imports.length);
  const shown = own.slice().sort((a, b) => b.tokens - a.tokens).slice(0, 12);
  if (shown.length < 2) return;
  say("**What imports what**, by the files that do", "");
  for (const m of shown) say(`- ${plain(m.path)}: ${m.imports.slice(0, 5).map((l) => `${plain(l.module)} (${number(l.files)})`).join(", ")}${m.imports.length > 5 ? ", …" : ""}`);
  if (own.length > shown.length) say(`- ${number(own.length - shown.length)} more`);
  say("");
}

function manifests() {
  const names = ["Cargo.toml", "package.json", "pyproject.toml", "setup.py", "go.mod", "pom.xml", "build.gradle", "CMakeLists.txt", "meson.build", "Makefile", "BUILD.gn", "WORKSPACE", "configure.ac", "Kconfig", "MAINTAINERS", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"];
  const found = attempt(() => repo.files(names.map((n) => `/${n}`), { limit: 100 }), none());
  if (!found.length) return;
  say(`At its top are ${found.map((f) => plain(f.path)).join(", ")}.`, "");
  const facts = attempt(() => repo.search("^\\s*\"?(name|description|version|module|VERSION|PATCHLEVEL|NAME)\"?\\s*(:?=|:|\\s)\\s*\\S", { glob: ["/Cargo.toml", "/package.json", "/pyproject.toml", "/go.mod", "/Makefile"], limit: 100 }), none());
  const own = [...new Set(facts.map((m) => m.path))].flatMap((path) => facts.filter((m) => m.path === path).slice(0, 4));
  for (const m of own) say(`- ${at(m.path, m.line)}: ${code(m.text)}`);
  say("");
}

function entryPoints() {
  const pattern = "^\\s*(pub\\s+)?(async\\s+)?fn main\\(|^(int|void|auto)\\s+main\\s*\\(|^func main\\(\\)|^if __name__ == |^\\s*public static void main\\(|^(asmlinkage\\b.*\\s)?(void\\s+)?start_kernel\\(|^asmlinkage\\b.*\\bstart_kernel\\(";
  const found = attempt(() => repo.search(pattern, { limit: 1000 }), none());
  const sorted = found.slice().sort((a, b) => score(a) - score(b) || (a.path < b.path ? -1 : 1));
  if (sorted.length) {
    say(`**Where programs start** (${number(total(found))} in all)`, "");
    for (const m of sorted.slice(0, 12)) say(`- ${at(m.path, m.line)}: ${code(m.text)}`);
    say("");
  }
  const roots = attempt(() => repo.files(["/src/lib.rs", "/lib.rs", "/src/main.rs", "/crates/*/src/lib.rs", "/src/index.*", "/index.*", "/src/*/__init__.py", "/*/__init__.py", "/include/*.h"], { limit: 60 }), none());
  const shown = roots.slice().sort((a, b) => rank(a.path) - rank(b.path) || depth(a.path) - depth(b.path)).slice(0, 10);
  const lines = shown.map((f) => [f, attempt(() => repo.outline(f.path), none())]).filter((entry) => entry[1].length);
  if (!lines.length) return;
  say("**Where its parts are declared**", "");
  for (const [f, outline] of lines) {
    const first = outline[0];
    say(`- ${plain(f.path)}, ${many(outline.length, "definition")}, from ${code(first.name)} at ${atDefinition(first)} on`);
  }
  say("");
}

// What a reader would open first: a main file near the top, not a tool or a sample.
const score = (m) => rank(m.path) * 10 + depth(m.path) - (/start_kernel/.test(m.text) ? 9 : /(^|\/)(main|cli|app|__main__)\.\w+$/.test(m.path) ? 2 : 0)
  + (/(^|\/)(tools|scripts|samples|docs?|documentation|contrib|usr|lib|certs|build\.rs)(\/|$)/i.test(m.path) ? 5 : 0);
