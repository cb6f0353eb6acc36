// Folding the notices of runs.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "../../../src/protocol";
import { isCall } from "../../../src/runs/run";
import { Runs } from "../../../src/runs/runs";

const spent = { turns: 1, calls: 1, tokens: 10, usd: 0.5, unpriced: 0, hits: 0 };
const usage = { input: 8, cached: 0, output: 2, reasoning: 0, estimated: false };

function told(events: (Event | [number, Event])[], known = true) {
  const runs = new Runs();
  const begin = () => runs.begin({ runId: "r", conversationId: "c" }, false);
  if (known) begin();
  events.forEach((told, seq) => {
    const [agent, event] = Array.isArray(told) ? told : [undefined, told];
    runs.take({ runId: "r", seq, ...(agent === undefined ? {} : { agent }), event });
  });
  return known ? (runs.get("r") ?? assert.fail()) : begin();
}

const events: (Event | [number, Event])[] = [
  { kind: "started", question: "q?", model: "a/b", leafModel: "a/c", conversationId: "c" },
  { kind: "turn", turn: 1 },
  { kind: "callStarted", call: 1, role: "root", label: "turn 1" },
  { kind: "text", call: 1, text: "lost" },
  { kind: "retry", call: 1, reason: "busy", waitMs: 1500 },
  { kind: "text", call: 1, text: "Let me" },
  { kind: "text", call: 1, text: " look" },
  { kind: "callFinished", call: 1, usage, usd: 0.5, spent },
  { kind: "code", cell: 1, code: "repo.files()" },
  { kind: "childStarted", agent: 1, parent: 0, depth: 1, question: "part?", scope: ["src"] },
  [1, { kind: "turn", turn: 1 }],
  [1, { kind: "callStarted", call: 2, role: "root", label: "turn 1" }],
  [1, { kind: "text", call: 2, text: "child" }],
  { kind: "childEnded", agent: 1, error: "too late" },
  { kind: "output", cell: 1, output: "3 files" },
];

test("notices make a run, also when they come before its name is known", () => {
  for (const known of [true, false]) {
    const run = told(events, known);
    assert.deepEqual([run.turn, run.spent.usd, run.model], [1, 0.5, "a/b"]);
    assert.deepEqual(run.notes, ["sent again in 1.5 s: busy"]);
    const [call, cell] = run.agents.get(0)?.turns[0]?.steps ?? [];
    assert.ok(call && isCall(call) && call.usd === 0.5 && call.retries.length === 1);
    assert.equal(call.text, "Let me look");
    assert.ok(cell && !isCall(cell) && cell.output === "3 files");
    const child = run.agents.get(1) ?? assert.fail();
    assert.deepEqual([child.error, child.turns.length, child.scope], ["too late", 1, ["src"]]);
  }
});

test("runs of a server that is gone end", () => {
  const runs = new Runs();
  runs.begin({ runId: "r", conversationId: "c" }, false);
  runs.lost("the server is gone");
  assert.deepEqual(runs.running(), []);
  assert.equal(runs.get("r")?.end?.message, "the server is gone");
});
