// The questions of a panel: what belongs to it, what is read of it, and what is looked at again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Conversation } from "../../../src/ask/conversation";
import { Turn } from "../../../src/ask/turn";
import type { End, RunNotice } from "../../../src/protocol";
import { Runs } from "../../../src/runs/runs";
import type { Session } from "../../../src/server/session";

const end = (runId: string, more: Partial<End> = {}): End => ({
  runId,
  conversationId: "c",
  reason: "answered",
  message: "answered",
  answer: "See a.rs:1.",
  citations: [{ path: "a.rs", from: 1, to: 1, status: "valid" }],
  dropped: [],
  model: "m",
  spent: { turns: 1, calls: 1, tokens: 1, usd: 0, unpriced: 0, hits: 0 },
  seconds: 1,
  ...more,
});

/** A session with that server: answers by `method runId`, and what was asked. */
function session(answers: Record<string, unknown> = {}, kind = "running") {
  const asked: string[] = [];
  const runs = new Runs();
  const request = ({ method }: { method: string }, { runId }: { runId: string }) => {
    const name = `${method.slice("spelunk/".length)} ${runId}`;
    asked.push(name);
    return name in answers ? Promise.resolve(answers[name]) : Promise.reject(new Error(`no ${name}`));
  };
  const log = { debug: () => undefined };
  return {
    asked,
    runs,
    session: { runs, request, log, state: { kind }, offers: () => true } as unknown as Session,
  };
}
const finish = (runs: Runs, runId: string, conversationId: string) => {
  runs.take({ runId, seq: 0, event: { kind: "end", ...end(runId, { conversationId }) } });
};

test("a run brings what was asked before it in its conversation, in order", () => {
  const { runs, session: server } = session();
  for (const [runId, conversationId] of [
    ["1", "c"],
    ["2", "d"],
    ["3", "c"],
    ["4", ""],
    ["5", ""],
  ] as const)
    runs.begin({ runId, conversationId }, false);
  const ids = (runId: string) =>
    Conversation.of(server, runs.get(runId) ?? assert.fail()).turns.map((turn) => turn.runId);
  assert.deepEqual(ids("3"), ["1", "3"]);
  assert.deepEqual(ids("2"), ["2"]);
  assert.deepEqual(ids("4"), ["4"]);
});

test("runs of the conversation are taken in as they begin and end, others are not", () => {
  const { runs, session: server } = session();
  const first = runs.begin({ runId: "1", conversationId: "c" }, false);
  const conversation = Conversation.of(server, first);
  const running = () => conversation.running?.runId;
  assert.equal(running(), "1");
  finish(runs, "1", "c");
  assert.ok(conversation.take(first));
  assert.equal(running(), undefined);
  assert.ok(conversation.take(runs.begin({ runId: "2", conversationId: "c" }, true)));
  assert.deepEqual([running(), conversation.turn("2")?.isPlan], ["2", true]);
  assert.ok(!conversation.take(runs.begin({ runId: "3", conversationId: "d" }, false)));
  assert.equal(conversation.turns.length, 2);
});

test("kept runs are read: the server's, those of this session, and those that are lost", async () => {
  const notices: RunNotice[] = [
    {
      runId: "1",
      seq: 0,
      event: { kind: "started", question: "first?", model: "m", leafModel: "m", conversationId: "c" },
    },
  ];
  const { runs, session: server, asked } = session({ "answered 1": end("1"), "record 1": { notices } });
  runs.begin({ runId: "3", conversationId: "x" }, false);
  const turns = ["1", "2", "3"].map((runId) => ({ runId, question: "", isPlan: false }));
  const conversation = Conversation.kept(server, { turns });
  const changed: string[] = [];
  await conversation.load((turn) => changed.push(turn.runId));
  assert.deepEqual(changed, ["1", "2", "3"]);
  assert.equal(conversation.turn("1")?.question, "first?");
  assert.deepEqual([conversation.turn("2")?.lost, conversation.turn("2")?.running], ["no answered 2", false]);
  assert.equal(conversation.turn("3")?.run, runs.get("3"));
  // The last one says no name yet, so that a follow-up begins a new conversation.
  assert.ok(conversation.forgotten);
  // What could not be read may be there by now.
  await conversation.load((turn) => changed.push(turn.runId));
  assert.deepEqual(changed.slice(3), ["2"]);
  assert.equal(asked.filter((name) => name === "answered 1").length, 1);
});

test("a run whose reading was given up is not taken for one under way, and may be read later", async () => {
  const answers: Record<string, unknown> = {};
  const { session: server } = session(answers);
  const request = server.request.bind(server);
  const cancelled = Object.assign(new Error("cancelled"), { code: -32800 });
  server.request = () => Promise.reject(cancelled);
  const conversation = Conversation.kept(server, { turns: [{ runId: "1", question: "q", isPlan: false }] });
  await conversation.load(() => undefined);
  assert.deepEqual([conversation.running, conversation.turns[0]?.view().state], [undefined, "lost"]);
  server.request = request;
  answers["answered 1"] = end("1");
  await conversation.load(() => undefined);
  assert.equal(conversation.turns[0]?.view().state, "answered");
});

test("each turn that comes is told, with what is to be kept by then", () => {
  const { runs, session: server } = session();
  const first = runs.begin({ runId: "1", conversationId: "c" }, false);
  const conversation = Conversation.of(server, first);
  const told: string[][] = [];
  conversation.onTurn = () => told.push(conversation.kept.turns.map(({ runId }) => runId));
  conversation.take(first);
  conversation.take(runs.begin({ runId: "2", conversationId: "c" }, true));
  conversation.take(runs.begin({ runId: "3", conversationId: "d" }, true));
  assert.deepEqual(told, [["1", "2"]]);
});

test("a conversation that the server still knows goes on under its name", async () => {
  for (const [conversationId, forgotten] of [
    ["c", false],
    ["", true],
  ] as const) {
    const { session: server } = session({ "answered 1": end("1", { conversationId }) });
    const conversation = Conversation.kept(server, { turns: [{ runId: "1", question: "q", isPlan: false }] });
    const { id } = conversation;
    await conversation.load(() => undefined);
    assert.deepEqual([conversation.id, conversation.forgotten], [conversationId || id, forgotten]);
  }
});

test("citations are looked at again, and only what is not as it was is told", async () => {
  const stale = end("2", { citations: [{ path: "a.rs", from: 1, to: 1, status: "stale" }], answer: "other" });
  const given = { "answered 1": end("1"), "answered 2": stale, "answered 4": end("4") };
  for (const [kind, expected] of [
    ["running", ["2"]],
    ["failed", []],
  ] as const) {
    const { session: server, asked } = session(given, kind);
    const conversation = new Conversation(server);
    for (const runId of ["1", "2", "3", "4"]) {
      const turn = new Turn(runId, "q", false);
      if (runId !== "4") turn.end = end(runId);
      conversation.turns.push(turn);
    }
    const changed: string[] = [];
    await conversation.recheck((turn) => changed.push(turn.runId));
    assert.deepEqual(changed, expected);
    assert.ok(!asked.includes("answered 4"));
    if (kind === "running") {
      const { citations, answer } = conversation.turn("2")?.end ?? assert.fail();
      assert.deepEqual([citations[0]?.status, answer], ["stale", "See a.rs:1."]);
    }
  }
});
