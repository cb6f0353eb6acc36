// What "this" is in an editor.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TextEditor } from "vscode";
import { here } from "../../../src/ask/place";

const at = (line: number, character: number) => ({ line, character });

function editor(start: ReturnType<typeof at>, end = start, scheme = "file", word = "parse"): TextEditor {
  const isEmpty = start.line === end.line && start.character === end.character;
  const selection = { start, end, active: end, isEmpty };
  const uri = { scheme, path: "/w/src/a.rs", toString: () => `${scheme}:///w/src/a.rs` };
  const document = {
    uri,
    getText: () => word,
    getWordRangeAtPosition: () => (word ? { start, end } : undefined),
  };
  return { document, selection } as unknown as TextEditor;
}

test("a selection wins over the cursor, and both are said in lines from 1", () => {
  const uri = "file:///w/src/a.rs";
  for (const [given, where, words] of [
    [editor(at(8, 4)), { position: at(8, 4) }, "parse, src/a.rs:9"],
    [editor(at(8, 4), at(8, 4), "file", ""), { position: at(8, 4) }, "src/a.rs:9"],
    [
      editor(at(2, 0), at(2, 5)),
      { range: { start: at(2, 0), end: at(2, 5) } },
      "the selection, line 3 of src/a.rs",
    ],
    [
      editor(at(2, 0), at(3, 0)),
      { range: { start: at(2, 0), end: at(3, 0) } },
      "the selection, line 3 of src/a.rs",
    ],
    [
      editor(at(2, 3), at(5, 1)),
      { range: { start: at(2, 3), end: at(5, 1) } },
      "the selection, lines 3 to 6 of src/a.rs",
    ],
    [
      editor(at(2, 3), at(5, 0)),
      { range: { start: at(2, 3), end: at(5, 0) } },
      "the selection, lines 3 to 5 of src/a.rs",
    ],
  ] as const)
    assert.deepEqual(here(given), { at: { uri, ...where }, words });
});

test("there is no place without a file", () => {
  assert.equal(here(undefined), undefined);
  for (const scheme of ["untitled", "git", "vscode-userdata"])
    assert.equal(here(editor(at(0, 0), at(0, 3), scheme)), undefined);
});
