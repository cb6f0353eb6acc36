// What the page sends and keeps can be anything.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromKept, fromPage } from "../../../src/ask/view";

test("sound messages come through, without what does not belong to them", () => {
  for (const message of [
    { kind: "ready" },
    { kind: "follow", question: "q?" },
    { kind: "cite", runId: "20261121-1", index: 0 },
    { kind: "link", runId: "r", index: 3 },
    { kind: "stop", runId: "r" },
    { kind: "trace", runId: "r" },
  ])
    assert.deepEqual(fromPage({ ...message, more: "x" }), message);
});

test("others are none", () => {
  const id = { runId: "r" };
  for (const message of [
    undefined,
    null,
    3,
    "ready",
    [],
    {},
    { kind: "other", ...id },
    { kind: "constructor", ...id },
    { kind: "follow" },
    { kind: "follow", question: "  " },
    { kind: "follow", question: 3 },
    { kind: "follow", question: "x".repeat(100_001) },
    { kind: "cite", ...id },
    { kind: "cite", ...id, index: -1 },
    { kind: "cite", ...id, index: 0.5 },
    { kind: "cite", ...id, index: "0" },
    { kind: "cite", ...id, index: Number.NaN },
    { kind: "stop" },
    { kind: "stop", runId: "../x" },
    { kind: "stop", runId: "" },
    { kind: "stop", runId: "r".repeat(101) },
    { kind: "stop", runId: ["r"] },
  ])
    assert.equal(fromPage(message), undefined, JSON.stringify(message));
});

test("what a page has kept is taken as far as it is sound", () => {
  for (const state of [
    undefined,
    null,
    3,
    {},
    { turns: 3 },
    { turns: [null, 3, {}, { runId: "../x", question: "" }] },
  ])
    assert.deepEqual(fromKept(state), { turns: [] });
  const kept = fromKept({ turns: [{ runId: "r", question: "q".repeat(200_000), isPlan: "yes" }] });
  assert.equal(kept.turns[0]?.question.length, 100_000);
  assert.equal(kept.turns[0].isPlan, false);
  const many = Array.from({ length: 500 }, (_, at) => ({ runId: `r${at}`, question: "", isPlan: true }));
  const { turns } = fromKept({ turns: many });
  assert.deepEqual([turns.length, turns.at(-1)?.runId], [200, "r499"]);
});
