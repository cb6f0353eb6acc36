// What a request of the chat view asks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EXPLAIN } from "../../../src/ask/explain";
import { threadOf, wanted, type Attached, type Requested } from "../../../src/chat/request";
import type { Place } from "../../../src/protocol";

const range = (line: number) => ({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } });
const selection: Place = { uri: "file:///a", range: range(1) };
const cursor: Place = { uri: "file:///a", position: { line: 4, character: 2 } };
const file = (name: string): Attached => ({ at: { uri: `file:///${name}` }, words: name });
const part = (name: string): Attached => ({
  at: { uri: `file:///${name}`, range: range(7) },
  words: `${name}:8-9`,
});
const asked = (more: Partial<Requested>) =>
  wanted({ command: undefined, prompt: "q?", attached: [], selection: undefined, here: undefined, ...more });

test("a question means what is attached, else what is selected", () => {
  for (const [given, expected] of [
    [{}, { text: "q?" }],
    [{ here: cursor }, { text: "q?" }],
    [
      { selection, here: selection },
      { text: "q?", at: selection },
    ],
    [
      { attached: [file("b")], selection },
      { text: "q?", at: file("b").at },
    ],
    [
      { attached: [file("a")], selection },
      { text: "q?", at: selection },
    ],
    [
      { attached: [file("b"), file("a")], selection },
      { text: "q?\n\nAttached as well: b", at: selection },
    ],
    [
      { attached: [file("b"), part("c")], selection },
      { text: "q?\n\nAttached as well: b", at: part("c").at },
    ],
    [{ command: "ask", prompt: " q? " }, { text: "q?" }],
  ] as const)
    assert.deepEqual(asked(given), { kind: "ask", ...expected });
});

test("plans and explanations mean the place of the cursor as well", () => {
  assert.deepEqual(asked({ command: "plan", here: cursor }), { kind: "plan", text: "q?", at: cursor });
  assert.deepEqual(asked({ command: "explain", prompt: "", here: cursor }), {
    kind: "ask",
    text: EXPLAIN,
    at: cursor,
  });
  assert.deepEqual(asked({ command: "explain", here: cursor }), {
    kind: "ask",
    text: `${EXPLAIN} q?`,
    at: cursor,
  });
  assert.deepEqual(asked({ command: "explain", prompt: "parse" }), { kind: "ask", text: "Explain: parse" });
});

test("where nothing is asked the way out is told", () => {
  for (const command of [undefined, "ask", "plan", "explain", "other"]) {
    const nothing = asked({ command, prompt: " " });
    assert.ok(nothing.kind === "nothing" && nothing.message.length > 20);
  }
});

test("the conversation that was spoken last goes on", () => {
  const thread = { conversationId: "c", runId: "r" };
  assert.deepEqual(threadOf([{ ...thread, conversationId: "b" }, thread, undefined]), thread);
  for (const odd of [
    undefined,
    null,
    3,
    "c",
    {},
    { conversationId: 3, runId: "r" },
    { conversationId: "", runId: "r" },
  ])
    assert.deepEqual(threadOf([thread, odd]), thread);
  assert.equal(threadOf([]), undefined);
});
