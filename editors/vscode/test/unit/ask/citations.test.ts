// Citations in a text, and the words for what was found of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { citationsIn, finding, label } from "../../../src/ask/citations";
import type { Cited } from "../../../src/protocol";

const cited = (path: string, from: number, to = from): Cited => ({ path, from, to, status: "valid" });
const all = [
  cited("src/a.rs", 3, 9),
  cited("src/a.rs", 3),
  cited("a.rs", 3),
  cited("src/[id] (x)+$.ts", 1),
  cited("dir-with-dash/b.c", 2),
  cited("naïve/ü.py", 5),
  cited("Makefile", 7),
];
const found = (text: string) =>
  citationsIn(text, all).map(({ start, end, index }) => [text.slice(start, end), index]);

test("citations are found as they are written, whole, and those alone", () => {
  for (const [text, expected] of [
    ["src/a.rs:3-9", [["src/a.rs:3-9", 0]]],
    ["src/a.rs:3–9", [["src/a.rs:3–9", 0]]],
    [
      "src/a.rs#L3-L9 src/a.rs#L3",
      [
        ["src/a.rs#L3-L9", 0],
        ["src/a.rs#L3", 1],
      ],
    ],
    ["src/a.rs:L3-L9", [["src/a.rs:L3-L9", 0]]],
    ["./src/a.rs:3.", [["./src/a.rs:3", 1]]],
    [
      "a.rs:3, (a.rs:3)",
      [
        ["a.rs:3", 2],
        ["a.rs:3", 2],
      ],
    ],
    ["see src/[id] (x)+$.ts:1!", [["src/[id] (x)+$.ts:1", 3]]],
    ["dir-with-dash/b.c:2", [["dir-with-dash/b.c:2", 4]]],
    ["in naïve/ü.py:5", [["naïve/ü.py:5", 5]]],
    ["Makefile:7", [["Makefile:7", 6]]],
    ["src/a.rs:9-3 src/a.rs:3-10 src/a.rs:33 src/a.rs:3x src/a.rs:3_", []],
    ["/src/a.rs:3 ../src/a.rs:3 my-src/a.rs:3 @src/a.rs:3 b\\src/a.rs:3 ünsrc/a.rs:3", []],
    ["src/a.rs : 3 src/a.rs", []],
    ["src/a.rs:9999999999", []],
    ["", []],
  ] as const)
    assert.deepEqual(found(text), expected, text);
  assert.deepEqual(citationsIn("src/a.rs:3", []), []);
});

test("of a hostile text, and of many citations, all are found", () => {
  assert.equal(found("src/a.rs:".repeat(20_000)).length, 0);
  assert.equal(found("./".repeat(100_000)).length, 0);
  assert.equal(found(" src/a.rs:3".repeat(20_000)).length, 20_000);
  const many = Array.from({ length: 5_000 }, (_, at) => cited(`src/file${at}.rs`, 1));
  assert.equal(citationsIn(many.map(label).join(" "), many).length, many.length);
});

test("what was found is said in words", () => {
  const range = { start: { line: 11, character: 0 }, end: { line: 12, character: 0 } };
  for (const [one, words] of [
    [{ status: "valid" }, "valid"],
    [{ status: "stale" }, "stale: the lines have changed"],
    [{ status: "moved" }, "moved"],
    [{ status: "moved", location: { uri: "file:///w/src/a.rs", range } }, "moved to line 12"],
    [{ status: "moved", location: { uri: "file:///w/src/new%20name.rs", range } }, "moved to new name.rs:12"],
    [{ status: "moved", location: { uri: "file:///w/%zz", range } }, "moved to %zz:12"],
    [{ status: "unsupported" }, "unsupported by its lines"],
    [{ status: "unsupported", missing: [] }, "unsupported by its lines"],
    [{ status: "unsupported", missing: ["a", "b"] }, "unsupported: the lines do not have a, b"],
  ] as const)
    assert.equal(finding({ ...cited("src/a.rs", 3), ...one } as Cited), words);
  assert.equal(label({ path: "a", from: 3, to: 3 }), "a:3");
  assert.equal(label({ path: "a", from: 3, to: 4 }), "a:3-4");
});
