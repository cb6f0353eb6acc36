// What spelunk says of a package: every definition, who calls it, and who names it. Rows are arrays, to keep the answer small.
const all = { limit: 1000000 };
const definitions = [];
for (const file of repo.files()) {
  if (!endings.some(ending => file.path.endsWith(ending)) || !file.path.startsWith(below ? `${below}/` : "")) continue;
  const walk = list => {
    for (const one of list) {
      definitions.push(one);
      walk(one.children ?? []);
    }
  };
  try { walk(repo.outline(file.path)); } catch {}
}
const calls = [], uses = [], failed = [];
const callable = new Set(["class", "struct", "enum", "enumMember", "function", "method", "constructor", "macro", "variable", "constant",
  "field", "property", "declaration"]);
const types = new Set(["class", "struct", "enum", "union", "interface", "trait", "type"]);
definitions.forEach((one, at) => {
  if (!edges) return;
  try {
    if (callable.has(one.kind)) {
      for (const edge of repo.callers(one, all)) {
        for (const call of edge.calls) calls.push([at, call.path, call.line, call.column, call.confidence]);
      }
    }
    if (types.has(one.kind)) {
      for (const use of repo.references(one, all)) uses.push([at, use.path, use.line, use.column, use.confidence, use.kind]);
    }
  } catch (error) {
    failed.push([one.path, one.line, one.name, String(error)]);
  }
});
answer(JSON.stringify({ definitions: definitions.map(one => [one.path, one.line, one.name, one.kind, one.qualified]), calls, uses, failed }));
