// Answers in the chat view: what they say stays, and what is hostile in them does not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { rendered } from "../../../src/ask/markdown";
import { pieces } from "../../../src/chat/answer";
import type { Cited } from "../../../src/protocol";

const location = {
  uri: "file:///w/src/a.rs",
  range: { start: { line: 2, character: 0 }, end: { line: 8, character: 1 } },
};
const cited = (path: string, from: number, to = from, more: Partial<Cited> = {}): Cited => ({
  path,
  from,
  to,
  status: "valid",
  location,
  ...more,
});
const a = cited("src/a.rs", 3, 9);
const b = cited("src/__init__.py", 4);

/** The pieces as one text, citations as `⟦path:from⟧`. */
function shown(answer: string, citations: Cited[] = [a, b]): string {
  return pieces(answer, citations)
    .map((piece) => ("markdown" in piece ? piece.markdown : `⟦${piece.cited.path}:${piece.cited.from}⟧`))
    .join("");
}

test("citations stand where they were written, and what is wrong with one is said beside it", () => {
  for (const [answer, expected] of [
    ["See `src/a.rs:3-9`, then go on.", "See ⟦src/a.rs:3⟧, then go on."],
    ["See src/a.rs:3-9.", "See ⟦src/a.rs:3⟧."],
    ["In src/__init__.py:4 and `x src/a.rs#L3-L9 y`", "In ⟦src/__init__.py:4⟧ and `x `⟦src/a.rs:3⟧` y`"],
    ["# At src/a.rs:3-9", "# At ⟦src/a.rs:3⟧"],
    ["- one `src/a.rs:3-9`\n- **two src/a.rs:3-9**", "- one ⟦src/a.rs:3⟧\n- **two ⟦src/a.rs:3⟧**"],
    ["[src/a.rs:3-9](https://a.b)", "[src/a.rs:3-9](https://a.b)"],
    ["```\nsrc/a.rs:3-9\n```", "```\nsrc/a.rs:3-9\n```"],
    ["src/a.rs:3-10 and src/other.rs:3-9", "src/a.rs:3-10 and src/other.rs:3-9"],
  ] as const)
    assert.equal(shown(answer), expected);
  const stale = { path: "src/a.rs", from: 3, to: 9, status: "stale" } as const;
  assert.equal(shown("See src/a.rs:3-9.", [stale]), "See `src/a.rs:3-9` (stale: the lines have changed).");
  const unsupported = cited("src/a.rs", 3, 9, { status: "unsupported", missing: ["*x*"] });
  assert.equal(
    shown("See src/a.rs:3-9.", [unsupported]),
    "See ⟦src/a.rs:3⟧ (unsupported: the lines do not have \\*x\\*).",
  );
  assert.equal(shown("See a](command:b.rs:3.", [cited("a](command:b.rs", 3)]), "See `a](command:b.rs:3`.");
});

test("what the Markdown says is the same when it is read again", () => {
  for (const answer of [
    "One *two* **three** ~~four~~ `five` `` six ` seven `` __eight__ _nine_\nsecond line  \nthird line",
    "# A\n\n## B *c*\n\nSetext\n===\n\ntext\n\n---\n\nmore",
    "- a\n- b\n  - c\n    1. d\n    2. e\n\n       more of e\n- f\n\n9) nine\n10) ten",
    "- a\n\n- b\n\n  > quoted\n  >\n  > - in it\n\n  ```rust\n  fn main() {}\n\n  // end\n  ```\n- c",
    "> ```\n> code\n>\n>   more\n> ```\n> after",
    "| a | b `x|y` | c |\n|:--|:-:|---:|\n| 1 \\| 2 | `p \\| q` | *3* |\n| | |  |",
    "````md\n```js\nlet a;\n```\n````",
    "    indented\n      code",
    "1\\. no list\n\\- none\n\\# none\n\\> none\n\\+ none\n=\\===",
    "snake_case_name and * star and 2 < 3 & 4 > 1 | a~b $x$ wow! [no link] <b>no tag</b> &amp;lt; &lt;i&gt;",
    "wow![link](https://a.b/c_(d)?e=f&g=*h*) and <https://x.y/z>",
    "-\n-\n- x",
    "",
  ]) {
    const again = shown(answer, []);
    const normal = (text: string) => rendered(text, []).html.replaceAll(/\s+/g, " ");
    const links = (text: string) => rendered(text, []).links.map((link) => decodeURIComponent(link));
    assert.equal(
      normal(again).replaceAll(/title="[^"]*"/g, ""),
      normal(answer).replaceAll(/title="[^"]*"/g, ""),
      again,
    );
    assert.deepEqual(links(again), links(answer));
  }
});

test("nothing hostile is passed on", () => {
  for (const [answer, expected] of [
    ["<script>x()</script>", "\\<script\\>x()\\</script\\>"],
    ["<img src=x onerror=y>", "\\<img src=x onerror=y\\>"],
    ["![alt *b*](https://a.b/p.png)", "alt \\*b\\*"],
    ["[x](command:spelunk.restart)", "\\[x\\](command:spelunk.restart)"],
    ["[x](<file:///etc/passwd>)", "\\[x\\](\\<file:///etc/passwd\\>)"],
    ["<vscode://a/b>", "\\<vscode://a/b\\>"],
    ["[x][r]\n\n[r]: javascript:alert(1)", "\\[x\\]\\[r\\]\n\n\\[r\\]: javascript:alert(1)"],
    ["[x](http://_vscodecontentref_/0)", "x"],
    ["&#32;&#32;&#32;&#32;not code\n\na&#10;# no heading", "not code\n\na # no heading"],
    ["safe\u202etxt.exe", "safe\\[U+202E\\]txt.exe"],
    ["`\u202e`", "`[U+202E]`"],
    ['[a](https://b.c "title")', "[a](https://b.c)"],
    ["```js ) [x](command:y)\na\n```", "```js\na\n```"],
    ["```\n<vscode_codeblock_uri>file:///x</vscode_codeblock_uri>\n```", null],
  ] as const) {
    const again = shown(answer);
    if (expected !== null) assert.equal(again, expected);
    assert.ok(!/<\/?vscode_/.test(again));
  }
});

test("a hostile answer of 200 KB takes time in proportion", () => {
  const long = (unit: string) => unit.repeat(Math.ceil(200_000 / unit.length));
  for (const unit of ["`", "a `b` ", "[", "*a **b ", "src/a.rs:3-9 ", "> ", "- a\n", "| a ", "\\", "!["]) {
    const text = long(unit);
    assert.ok(shown(text).length <= 8 * text.length, unit);
  }
});
