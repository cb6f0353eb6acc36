// What is asked again is what was asked, about the same place.
import assert from "node:assert/strict";
import { test } from "node:test";
import { again, ask, plan } from "../../../src/ask/asking";
import { recorded, Turn } from "../../../src/ask/turn";
import type { End } from "../../../src/protocol";
import { Runs } from "../../../src/runs/runs";
import type { Session } from "../../../src/server/session";

const at = { uri: "file:///w/a.rs", position: { line: 3, character: 1 } };
const end = (runId: string, reason: End["reason"]): End => ({
  ...{
    runId,
    conversationId: "c",
    reason,
    message: reason,
    answer: "",
    citations: [],
    dropped: [],
    model: "m",
  },
  ...{ spent: { turns: 1, calls: 1, tokens: 1, usd: 0, unpriced: 0, hits: 0 }, seconds: 1 },
});

function server() {
  const asked: unknown[] = [];
  const runs = new Runs();
  const request = ({ method }: { method: string }, params: { conversationId: string }) => {
    asked.push([method, params]);
    return Promise.resolve({ runId: String(asked.length), conversationId: params.conversationId });
  };
  return { asked, runs, session: { runs, request } as unknown as Session };
}

test("a failed question and a failed plan are asked again as they were", async () => {
  const { asked, runs, session } = server();
  const shared = { scope: "src", at, conversationId: "c" };
  const question = await ask(session, { question: "what is this?", ...shared, confirmed: true });
  const request = await plan(session, { request: "rename this", ...shared });
  for (const run of [question, request]) {
    const turn = Turn.of(run);
    assert.deepEqual([turn.again, turn.view().again], [undefined, false], "while it runs");
    runs.take({ runId: run.runId, seq: 0, event: { kind: "end", ...end(run.runId, "failed") } });
    const over = Turn.of(run);
    assert.ok(over.view().again);
    await again(session, over.again ?? assert.fail(), "d");
  }
  const anew = { scope: "src", at, conversationId: "d", confirmed: false };
  assert.deepEqual(asked.slice(2), [
    ["spelunk/ask", { question: "what is this?", ...anew }],
    ["spelunk/plan", { request: "rename this", ...anew }],
  ]);
});

test("what was answered, and what comes from a record, is not asked again", async () => {
  const { runs, session } = server();
  const run = await ask(session, { question: "q", at });
  runs.take({ runId: run.runId, seq: 0, event: { kind: "end", ...end(run.runId, "answered") } });
  assert.ok(!Turn.of(run).view().again);
  const turn = new Turn("9", "q", false);
  turn.run = recorded("9", [], false);
  turn.end = end("9", "failed");
  assert.ok(!turn.view().again);
});
