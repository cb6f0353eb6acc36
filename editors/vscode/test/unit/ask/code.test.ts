// Code is coloured, and is no HTML.
import assert from "node:assert/strict";
import { test } from "node:test";
import { coloured } from "../../../src/ask/code";

test("languages go by their names and aliases; others are left to be shown plain", () => {
  for (const language of ["rust", "rs", "ts", "tsx", "py", "sh", "c++", "html", "yml", "toml", "RUST"])
    assert.ok(coloured("a", language) !== undefined, language);
  for (const language of ["", "brainfuck", "__proto__", "constructor"])
    assert.equal(coloured("a", language), undefined);
  assert.match(coloured("fn main() {}", "rust") ?? "", /<span class="hljs-keyword">fn<\/span>/);
});

test("what code contains stays code", () => {
  const code = '<script>x("&amp;")</script> </code></pre> "</span>" // <b>';
  for (const language of ["html", "js", "rust", "python", "diff", "php", "xml"]) {
    const html = coloured(code, language) ?? assert.fail(language);
    const text = html.replaceAll(/<span class="[\w -]*">|<\/span>/g, "");
    assert.doesNotMatch(text, /[<>]/);
    const entities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', "#x27": "'" };
    assert.equal(
      text.replaceAll(/&([\w#]+);/g, (_all, name: string) => entities[name] ?? _all),
      code,
    );
  }
});

test("a block that is too long for the patterns is shown plain", () => {
  assert.equal(coloured("a".repeat(50_001), "rust"), undefined);
  assert.ok(coloured("a".repeat(50_000), "rust"));
});
