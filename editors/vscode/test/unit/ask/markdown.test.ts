// An answer as HTML: hostile Markdown becomes text, and citations become buttons.
import assert from "node:assert/strict";
import { test } from "node:test";
import { rendered, visible } from "../../../src/ask/markdown";
import type { Cited } from "../../../src/protocol";

const location = {
  uri: "file:///w/a",
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
const citations = [cited("src/a.rs", 3, 9), cited("src/a.rs", 3), cited("src/__init__.py", 4)];
const html = (text: string, list: Cited[] = []) => rendered(text, list).html;

/** Elements and attributes that the page may get. */
const ELEMENTS =
  /^(p|h[1-6]|ul|ol|li|blockquote|pre|code|em|strong|s|br|hr|table|thead|tbody|tr|th|td|div|button|span|bdi)$/;
const ATTRIBUTES = /^(class|title|type|tabindex|start|data-cite|data-link|aria-hidden|disabled)$/;

/** Every tag of some HTML, checked; what stands between them has no `<`. */
function sound(text: string): void {
  const between = text.replaceAll(
    /<(\/?)([a-z][a-z0-9]*)((?: [a-z-]+(?:="[^"<>]*")?)*)>/g,
    (_tag, _close, name: string, rest: string) => {
      assert.match(name, ELEMENTS);
      for (const [, attribute = ""] of rest.matchAll(/ ([a-z-]+)(?:="[^"]*")?/g))
        assert.match(attribute, ATTRIBUTES);
      return "";
    },
  );
  assert.doesNotMatch(between, /[<>]/);
}

const HOSTILE = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<a href='javascript:alert(1)' onclick=x>y</a>",
  "<style>*{display:none}</style><iframe srcdoc='x'></iframe><!-- c --><?php ?><![CDATA[x]]>",
  "[x](javascript:alert(1)) [x](JaVaScRiPt:alert(1)) [x](java&#x73;cript:alert(1)) [x](&#106;avascript:x)",
  "[x](command:spelunk.restart) [x](vscode://a.b/c) [x](vscode-resource:/x) [x](file:///etc/passwd)",
  "[x](data:text/html,<script>x</script>) [x](//evil.com) [x](/etc/passwd) [x](../x) [x](#x) [x](mailto:a@b.c)",
  "<javascript:alert(1)> <command:x> <file:///etc/passwd> <a@b.c>",
  "[x][r] ![y][r]\n\n[r]: command:spelunk.restart 'title'",
  '![alt"><script>x</script>](https://a.b/p.png "t\\"onload=x")',
  '[x](https://a.b/"onclick="x \'a"b\') <https://a.b/"onmouseover=x>',
  "```js\"><script>alert(1)</script>\nlet a = '</code></pre><script>x</script>';\n```",
  "```html\n<script>x</script><img onerror=y>\n```\n````\n```\n<b>\n```\n````",
  "    <script>indented</script>",
  '| <b> | "x" onclick=y |\n|:-|-:|\n| `<i>` | ![z](https://a.b) |',
  "&lt;script&gt; &#60;script&#62; &quot;onclick=x&quot;",
  "`<script>` ``<b> ` </b>``",
  "# <h1 onclick=x>\n\n> <b>\n\n1. <i>\n- [ ] <input>",
  "\u0000<scr\u0000ipt>\u0000",
];

test("no hostile Markdown gets an element, an attribute or an address of its own", () => {
  for (const text of HOSTILE) {
    const { html, links } = rendered(text, citations);
    sound(html);
    for (const link of links) assert.match(link, /^https?:\/\//);
    assert.doesNotMatch(html, /<(?:script|img|a|iframe|style|input)\b/);
  }
});

test("only links to pages are buttons, by their index; images are their text", () => {
  const { html: page, links } = rendered(
    "[a](https://a.b/?c=1&d) [b](HTTP://e.f) <https://g.h> https://i.j [k](command:l) ![m *n*](https://o.p)",
    [],
  );
  assert.deepEqual(
    links.map((link) => link.toLowerCase()),
    ["https://a.b/?c=1&d", "http://e.f", "https://g.h"],
  );
  assert.equal([...page.matchAll(/data-link="(\d+)"/g)].map(([, at]) => at).join(), "0,1,2");
  assert.match(page, /title="https:\/\/a\.b\/\?c=1&amp;d"/);
  assert.match(page, /\[k\]\(command:l\) m \*?n\*?<\/p>/);
});

test("characters that turn text around or hide in it are shown by their names", () => {
  for (const [char, name] of [
    ["\u202e", "[U+202E]"],
    ["\u2066", "[U+2066]"],
    ["\u200f", "[U+200F]"],
    ["\u061c", "[U+061C]"],
    ["\u200b", "[U+200B]"],
    ["\u2060", "[U+2060]"],
    ["\ufeff", "[U+FEFF]"],
    ["\u{e0041}", "[U+E0041]"],
  ] as const) {
    assert.equal(visible(`a${char}b`), `a${name}b`);
    for (const text of [
      `a${char}b`,
      `\`a${char}b\``,
      `# a${char}b`,
      `\`\`\`\na${char}b\n\`\`\``,
      `[a${char}b](https://c.d)`,
    ])
      assert.ok(html(text).includes(`a${name}b`), text);
  }
  // Emoji and scripts that need joiners stay as they are.
  for (const text of ["👩‍💻", "می‌خواهم", "é"]) assert.equal(visible(text), text);
});

test("citations are buttons in text, emphasis, headings, tables and code, and nowhere else", () => {
  const button = (text: string, list: Cited[] = citations) =>
    [...html(text, list).matchAll(/data-cite="(\d+)"/g)].map(([, at]) => Number(at));
  for (const [text, expected] of [
    ["src/a.rs:3-9", [0]],
    ["src/a.rs:3", [1]],
    ["`src/a.rs:3-9`", [0]],
    ["`see src/a.rs:3 and src/__init__.py:4`", [1, 2]],
    ["*src/a.rs:3* **src/__init__.py:4**", [1, 2]],
    ["# src/a.rs:3", [1]],
    ["> - src/a.rs:3", [1]],
    ["| a |\n|-|\n| src/a.rs:3 |", [1]],
    ['(src/a.rs:3), "src/a.rs:3-9".', [1, 0]],
    ["```\nsrc/a.rs:3\n```", []],
    ["    src/a.rs:3", []],
    ["[src/a.rs:3](https://a.b)", []],
    ["[`src/a.rs:3`](https://a.b)", []],
    ["[x](https://a.b/src/a.rs:3)", []],
    ["![src/a.rs:3](https://a.b)", []],
    ["src/a.rs:4 src/a.rs:30 src/b.rs:3 xsrc/a.rs:3 /src/a.rs:3", []],
    ["src/a.rs:3 and again src/a.rs:3", [1, 1]],
  ] as const) {
    assert.deepEqual(button(text), expected, text);
    sound(html(text, citations));
  }
  const odd = [cited('"><script>x</script>.rs', 1), cited("a & b.rs", 2), cited("$(x).rs", 3)];
  for (const { path, from } of odd) {
    const page = html(`See \`${path}:${from}\`.`, odd);
    sound(page);
    assert.match(page, /data-cite/);
  }
});

test("each state of a citation has a sign, words, and opens only where its lines are", () => {
  for (const [more, sign, words] of [
    [{}, "✓", "valid"],
    [{ status: "moved" }, "→", "moved to a:3"],
    [
      { status: "unsupported", missing: ["<b>", '"'] },
      "?",
      "unsupported: the lines do not have &lt;b&gt;, &quot;",
    ],
  ] as const) {
    const page = html("x.rs:1", [cited("x.rs", 1, 1, more as Partial<Cited>)]);
    sound(page);
    assert.ok(page.includes(`>${sign}<`) && page.includes(`title="${words}"`), page);
    assert.doesNotMatch(page, /disabled/);
  }
  const gone = html("x.rs:1", [{ path: "x.rs", from: 1, to: 1, status: "stale" }]);
  assert.match(gone, / disabled>.*stale: the lines have changed/);
});

test("a hostile answer of 200 KB gives a page in proportion", () => {
  const units = [
    "`",
    "a `b` ",
    "[",
    "![",
    "[a](",
    "*a **b ",
    "src/a.rs:3-9 ",
    "> ",
    "- a\n",
    "| a ",
    "<",
    "&",
    "\\",
    "_a",
    "~~",
    "src/a.rs:",
  ];
  const long = (unit: string) => unit.repeat(Math.ceil(200_000 / unit.length));
  const table = `${"|a".repeat(1_000)}|\n${"|-".repeat(1_000)}|\n${`${"|b".repeat(1_000)}|\n`.repeat(90)}`;
  const many = Array.from({ length: 2_000 }, (_, at) => cited(`src/${"a".repeat(at % 50)}${at}.rs`, 1));
  for (const text of [...units.map(long), ...units.map((unit) => `${unit}\n\n`.repeat(1_000)), table]) {
    const page = html(text, citations);
    assert.ok(page.length < 200 * text.length);
    sound(page);
  }
  sound(html(long("src/aaa3.rs:1 "), many));
});
