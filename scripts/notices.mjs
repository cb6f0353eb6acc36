// Writes the licences of everything that a released file has inside: node scripts/notices.mjs FILE
// Of the binary: the crates that cargo links on this machine. Of the VS Code extension: the packages that its bundle is made
// of, as far as they are installed. The v8 crate carries none of V8's own texts: there it says where they are.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("..", import.meta.url));
const isNotice = /^(licen[cs]e|copying|notice|unlicense|copyright)([-.\w]*)$/i;

/** The texts of the licence files of a part, or where they are. */
function notices({ name, license, folder }) {
  const texts = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && isNotice.test(entry.name))
    .map((entry) => readFileSync(join(folder, entry.name), "utf8").replaceAll("\r\n", "\n").trim());
  if (name.startsWith("v8 "))
    texts.push("V8: BSD-3-Clause, and those of its parts: https://chromium.googlesource.com/v8/v8/+/HEAD/LICENSE");
  return texts.length > 0 ? texts : [`Licensed as ${license}; its package has no text of it.`];
}

/** The crates that are linked into the binary: name and version, the licence's name, the folder. */
function crates() {
  const cargo = (...args) => execFileSync("cargo", args, { cwd: repository, encoding: "utf8", maxBuffer: 1 << 28 });
  const host = /^host: (.+)$/m.exec(execFileSync("rustc", ["-vV"], { cwd: repository, encoding: "utf8" }))[1];
  const { packages, resolve } = JSON.parse(
    cargo("metadata", "--locked", "--format-version", "1", "--filter-platform", host),
  );
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  const linked = new Set();
  const visit = (id) => {
    if (linked.has(id)) return;
    linked.add(id);
    for (const { pkg, dep_kinds } of nodes.get(id).deps) if (dep_kinds.some(({ kind }) => kind === null)) visit(pkg);
  };
  visit(resolve.root);
  return packages
    .filter(({ id }) => linked.has(id) && id !== resolve.root)
    .map(({ name, version, license, manifest_path }) => ({
      name: `${name} ${version}`,
      license,
      folder: dirname(manifest_path),
    }));
}

/** The packages that an extension's bundle may be made of: what its lockfile has for it beside the tools. */
function packages() {
  const modules = join(repository, "editors/vscode/node_modules");
  const wanted = ["markdown-it", "highlight.js", "vscode-languageclient"];
  const found = new Map();
  const visit = (name) => {
    const folder = join(modules, name);
    if (found.has(name) || !existsSync(folder)) return;
    const { version, license, dependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    found.set(name, { name: `${name} ${version}`, license, folder });
    Object.keys(dependencies).forEach(visit);
  };
  wanted.forEach(visit);
  return [...found.values()];
}

const parts = [...crates(), ...packages()];
const users = new Map();
for (const part of parts) {
  for (const text of notices(part)) users.set(text, [...(users.get(text) ?? []), part.name]);
}
const sections = [...users].map(([text, names]) => `${names.sort().join("\n")}\n\n${text}\n`).sort();
writeFileSync(process.argv[2], `What spelunk is made of, and its licences.\n\n${sections.join(`\n${"-".repeat(80)}\n\n`)}`);
console.log(`${process.argv[2]}: ${parts.length} parts, ${users.size} texts`);
