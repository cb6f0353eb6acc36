// Runs StyLua's WebAssembly build, which npm has where its binaries are not: `stylua.mjs PACKAGE check|format FOLDER`.
// The folder's stylua.toml decides, one `key = value` a line.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [packageFolder, verb, folder] = process.argv.slice(2);
const stylua = createRequire(import.meta.url)(join(packageFolder, "stylua_lib_node.cjs"));

const enums = {
  syntax: stylua.LuaVersion,
  indent_type: stylua.IndentType,
  line_endings: stylua.LineEndings,
  quote_style: stylua.QuoteStyle,
  call_parentheses: stylua.CallParenType,
  collapse_simple_statement: stylua.CollapseSimpleStatement,
};

function configuration() {
  const config = stylua.Config.new();
  for (const line of readFileSync(join(folder, "stylua.toml"), "utf8").split("\n")) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [, key, value] = line.match(/^(\w+) = (.+)$/) ?? [];
    const parsed = value && JSON.parse(value);
    const setting = enums[key] ? enums[key][parsed] : parsed;
    if (setting === undefined || !(key in config)) throw new Error(`stylua.toml: cannot use "${line}"`);
    config[key] = setting;
  }
  return config;
}

const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".lua")).sort();
let failed = false;
for (const name of files) {
  const path = join(folder, name);
  const text = readFileSync(path, "utf8");
  let formatted;
  try {
    formatted = stylua.formatCode(text, configuration(), undefined, stylua.OutputVerification.Full);
  } catch (error) {
    console.error(`${path}: ${error.message ?? error}`);
    failed = true;
    continue;
  }
  if (formatted === text) continue;
  if (verb === "format") {
    writeFileSync(path, formatted);
    console.log(`${path}: formatted`);
  } else {
    const [was, is] = [text.split("\n"), formatted.split("\n")];
    const line = was.findIndex((content, at) => content !== is[at]);
    console.error(`${path}:${line + 1}: is "${was[line]}", should be "${is[line]}"`);
    failed = true;
  }
}
if (failed && verb !== "format") console.error("`scripts/lua.sh format` lays the files out.");
process.exitCode = failed ? 1 : 0;
