// A question as it is shown: while it runs, when it has ended, and when nothing is known of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { common, duration, price, recorded, summary, Turn, working } from "../../../src/ask/turn";
import type { End, Event, RunNotice } from "../../../src/protocol";

const spent = { turns: 1, calls: 2, tokens: 10, usd: 0.5, unpriced: 0, hits: 0 };
const end: End = {
  runId: "r",
  conversationId: "c",
  reason: "answered",
  message: "answered",
  answer: "See `a.rs:1`.",
  citations: [{ path: "a.rs", from: 1, to: 1, status: "stale" }],
  dropped: [{ path: "b\u202e.rs", from: 2, to: 3, reason: "never \u202elooked at" }],
  model: "m",
  spent,
  seconds: 8,
};
const notices = (...events: (Event | [number, Event])[]): RunNotice[] =>
  events.map((told, seq) => {
    const [agent, event] = Array.isArray(told) ? told : [undefined, told];
    return { runId: "r", seq, ...(agent === undefined ? {} : { agent }), event };
  });
const started: Event = {
  kind: "started",
  question: "q\u202e?",
  model: "m",
  leafModel: "l",
  conversationId: "c",
};
const root = (call: number): Event => ({ kind: "callStarted", call, role: "root", label: "" });

test("money, time and counts are said in few words", () => {
  for (const [usd, unpriced, words] of [
    [0, 0, "$0.00"],
    [0.0123, 0, "$0.0123"],
    [0.1, 0, "$0.10"],
    [12.345, 0, "$12.35"],
    [0, 2, ""],
    [0.5, 1, "at least $0.50"],
  ] as const)
    assert.equal(price({ usd, unpriced }), words);
  for (const [seconds, words] of [
    [0, "0.0 s"],
    [9.94, "9.9 s"],
    [10, "10 s"],
    [59.4, "59 s"],
    [59.6, "1 min 0 s"],
    [125, "2 min 5 s"],
  ] as const)
    assert.equal(duration(seconds), words);
  assert.equal(summary("m", { ...spent, calls: 0 }, 8), "m · 1 turn · $0.50 · 8.0 s");
  assert.equal(summary("", undefined), "");
});

test("texts that grow, and that begin anew, are told by where they differ", () => {
  for (const [before, after, at] of [
    ["", "ab", 0],
    ["ab", "abc", 2],
    ["abc", "abx", 2],
    ["abc", "ab", 2],
    ["abc", "", 0],
    ["a", "a", 1],
  ] as const)
    assert.equal(common(before, after), at);
});

test("a run that is under way says what it does, and what its own model writes", () => {
  const turn = new Turn("r", "", false);
  assert.deepEqual([turn.running, turn.view().doing], [true, "Reading the record of this run"]);
  const events: (Event | [number, Event])[] = [started];
  const view = (...more: typeof events) => {
    events.push(...more);
    turn.run = recorded("r", notices(...events), false);
    return turn.view();
  };
  assert.deepEqual([view().doing, view().question, view().state], ["Starting", "q[U+202E]?", "running"]);
  assert.equal(view({ kind: "turn", turn: 1 }).doing, "Turn 1");
  assert.equal(view(root(1), { kind: "text", call: 1, text: "one" }).working, "one");
  assert.equal(view({ kind: "looking", what: "at a\u2066b" }).doing, "Turn 1 · at a[U+2066]b");
  view({ kind: "childStarted", agent: 1, parent: 0, depth: 1, question: "", scope: [] }, [
    1,
    { kind: "turn", turn: 1 },
  ]);
  const child = view(
    [1, root(2)],
    [1, { kind: "text", call: 2, text: "child" }],
    [1, { kind: "looking", what: "below" }],
  );
  assert.deepEqual([child.doing, child.working], ["Turn 1 · 1 child · below", "one"]);
  const leaf: Event = { kind: "callStarted", call: 3, role: "leaf", label: "" };
  const two = view(
    { kind: "childEnded", agent: 1 },
    leaf,
    { kind: "text", call: 3, text: "leaf" },
    { kind: "turn", turn: 2 },
  );
  assert.deepEqual([two.doing, two.working], ["Turn 2", "one"]);
  assert.equal(view(root(4), { kind: "text", call: 4, text: "two" }).working, "one\n\ntwo");
  assert.equal(working(recorded("r", [], false)), "");
});

test("a run that has ended is shown as it ended", () => {
  const turn = new Turn("r", "asked", false);
  for (const [more, state, message, announcement] of [
    [{}, "answered", "", "Answered, 1 citation, 1 not valid"],
    [{ reason: "limit", message: "out of money" }, "limit", "out of money", /best answer/],
    [{ reason: "cancelled", message: "stopped" }, "cancelled", "stopped", /^Stopped/],
    [{ reason: "failed", message: "no\u202e key", citations: [] }, "failed", "no[U+202E] key", "Failed"],
  ] as const) {
    turn.end = { ...end, ...more } as End;
    const view = turn.view();
    assert.deepEqual([view.state, view.message], [state, message]);
    if (typeof announcement === "string") assert.equal(view.announcement, announcement);
    else assert.match(view.announcement, announcement);
    assert.deepEqual(view.dropped, [{ label: "b[U+202E].rs:2-3", reason: "never [U+202E]looked at" }]);
  }
});

test("the answer is rendered anew when its citations are found otherwise", () => {
  const turn = new Turn("r", "asked", false);
  assert.deepEqual(turn.rendered, { html: "", links: [] });
  turn.end = end;
  const first = turn.rendered;
  assert.match(first.html, /cite stale/);
  assert.equal(turn.rendered, first);
  turn.end = { ...end, citations: end.citations.map((one) => ({ ...one, status: "valid" as const })) };
  assert.match(turn.rendered.html, /cite valid/);
  assert.equal(turn.view().citations[0]?.opens, false);
});

test("a run of which nothing can be read says why", () => {
  const turn = new Turn("r", "asked", true);
  turn.lost = "no such run\u202e";
  const { state, message, announcement } = turn.view();
  assert.deepEqual([state, message, announcement], ["lost", "no such run[U+202E]", "no such run[U+202E]"]);
  assert.equal(turn.running, false);
});
