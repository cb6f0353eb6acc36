// The rows of the view of runs: what is below what, what they say and open, and which of them a notice changes.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event, RunNotice } from "../../../src/protocol";
import { Run } from "../../../src/runs/run";
import { changed } from "../../../src/watch/changes";
import { face } from "../../../src/watch/face";
import { topic } from "../../../src/watch/groups";
import { Rows, type Row } from "../../../src/watch/rows";
import { nameOf, textOf } from "../../../src/watch/texts";
import { Throttle } from "../../../src/watch/throttle";
import { firstLine, time } from "../../../src/watch/words";

const spent = { turns: 1, calls: 1, tokens: 10, usd: 0.5, unpriced: 0, hits: 0 };
const usage = { input: 1000, cached: 0, output: 20, reasoning: 0, estimated: false };

const leaf = (call: number, label: string): Event => ({ kind: "callStarted", call, role: "leaf", label });
const finished = (call: number, error?: string): Event => ({
  kind: "callFinished",
  call,
  usage,
  usd: 0.01,
  spent,
  ...(error === undefined ? {} : { error }),
});

const EVENTS: (Event | [number, Event])[] = [
  { kind: "started", question: "q?", model: "a/b", leafModel: "a/c", conversationId: "c" },
  { kind: "turn", turn: 1 },
  { kind: "callStarted", call: 1, role: "root", label: "turn 1" },
  { kind: "text", call: 1, text: "Let me look" },
  finished(1),
  { kind: "code", cell: 1, code: "// first\nllmAll()" },
  leaf(2, "What does src/a/x.rs do?"),
  leaf(3, "What does src/a/y.rs do? (piece 1 of 2)"),
  leaf(4, "What does src/b/ do?"),
  finished(2),
  finished(3, "refused"),
  finished(4),
  { kind: "childStarted", agent: 1, parent: 0, depth: 1, question: "part?", scope: ["lib"] },
  [1, { kind: "turn", turn: 1 }],
  [1, { kind: "code", cell: 1, code: "deeper()" }],
  [1, { kind: "output", cell: 1, output: "deep" }],
  { kind: "childEnded", agent: 1, error: "too late" },
  { kind: "looking", what: "repo.files" },
  { kind: "output", cell: 1, output: "3 files\n", error: "TypeError: no" },
];

/** A run of those notices, at one per second when `live`. */
function run(live = true): { run: Run; rows: Rows; root: Row; notices: RunNotice[] } {
  const made = new Run("r", false);
  const notices = EVENTS.map((told, seq): RunNotice => {
    const [agent, event] = Array.isArray(told) ? told : [undefined, told];
    return { runId: "r", seq, event, ...(agent === undefined ? {} : { agent }) };
  });
  notices.forEach((notice, at) => {
    made.fold(notice, live ? at * 1000 : undefined);
  });
  const rows = new Rows();
  return { run: made, rows, root: rows.run({ runId: "r", run: made }), notices };
}

/** All rows below one, indented. */
function drawn(rows: Rows, row: Row, depth = 0): string[] {
  const { label, description } = face(row, ["w"]);
  const line = `${"  ".repeat(depth)}${label}${description === "" ? "" : ` | ${description}`}`;
  return [line, ...rows.below(row).flatMap((child) => drawn(rows, child, depth + 1))];
}

test("a run is turns, and these are calls by module, cells and children", () => {
  const { rows, root } = run();
  assert.deepEqual(drawn(rows, root), [
    "q? | running",
    "  Turn 1 | 4,000 in, 80 out · $0.0400 · 9.0 s",
    "    Model | 1,000 in, 20 out · $0.0100 · 2.0 s",
    "    // first | cell 1 · failed",
    "      TypeError: no | error",
    "    src/a | 2 calls · 1 failed · 2,000 in, 40 out · $0.0200 · 4.0 s",
    "      What does src/a/x.rs do? | 1,000 in, 20 out · $0.0100 · 3.0 s",
    "      What does src/a/y.rs do? (piece 1 of 2) | failed · 1,000 in, 20 out · $0.0100 · 3.0 s",
    "    What does src/b/ do? | 1,000 in, 20 out · $0.0100 · 3.0 s",
    "    Looked 1 time",
    "    lib | too late",
    "      Turn 1",
    "        deeper() | cell 1",
    "          deep | output",
  ]);
  const recorded = run(false);
  assert.doesNotMatch(drawn(recorded.rows, recorded.root).join("\n"), /\d s\b/);
});

test("rows are the same objects again, also after more was told", () => {
  const { run: one, rows, root } = run();
  const before = rows.below(root);
  one.fold({ runId: "r", seq: 99, event: { kind: "turn", turn: 2 } });
  const after = rows.below(root);
  assert.equal(before[0], after[0]);
  assert.equal(after.length, 2);
  assert.equal(rows.parent(after[1] ?? assert.fail()), root);
});

test("each text opens under a name with the ending of its language", () => {
  const { run: one, rows, root } = run();
  const texts = new Map<string, string | undefined>();
  const walk = (row: Row) => {
    const name = nameOf(row);
    if (name !== undefined) texts.set(name, textOf(one, name));
    rows.below(row).forEach(walk);
  };
  walk(root);
  assert.deepEqual(Object.fromEntries(texts), {
    "call 1.md": "Let me look",
    "cell 1.js": "// first\nllmAll()",
    "output 1.txt": "3 files\n\nTypeError: no",
    "call 2.md": "",
    "call 3.md": "failed: refused",
    "call 4.md": "",
    "looked 1.txt": "repo.files",
    "child 1 cell 1.js": "deeper()",
    "child 1 output 1.txt": "deep",
  });
  for (const name of ["../x", "call 9.md", "child 7 cell 1.js", "cell 1.js.x"])
    assert.equal(textOf(one, name), undefined);
});

test("a notice changes its own row, or the nearest above that was drawn", () => {
  const { run: one, rows, root, notices } = run();
  const at = (kind: string) => notices.findLast(({ event }) => event.kind === kind) ?? assert.fail();
  const ids = (notice: RunNotice) => changed(rows, one, notice).map(({ id }) => id);
  assert.deepEqual(ids(at("callStarted")), ["r"]);
  drawn(rows, root);
  assert.deepEqual(ids(at("text")), []);
  assert.deepEqual(ids(at("callStarted")), ["r/agent 0/turn 1"]);
  const grouped = notices.filter(({ event }) => event.kind === "callFinished")[1] ?? assert.fail();
  assert.deepEqual(ids(grouped), ["r/call 2/grouped"]);
  assert.deepEqual(ids(at("output")), ["r/agent 0/cell 1", "r/agent 0/turn 1"]);
  assert.deepEqual(ids(at("childEnded")), ["r/agent 1"]);
});

test("a label's topic is the folder of its path, or the task", () => {
  const cases: [string, string][] = [
    ["What does src/a/x.rs do?", "src/a"],
    ["Summarise `lib/one/`", "lib/one"],
    ["Read lib/one", "lib/one"],
    ["Which errors? (piece 3 of 12)", "Which errors?"],
    ["Which errors? (from 12 pieces)", "Which errors?"],
    ["Read and/or write", "and/or"],
    ["", ""],
  ];
  for (const [label, expected] of cases) assert.equal(topic(label), expected);
});

test("menus know a run by its state", () => {
  const entry = (state: "answered" | "failed" | "running") => ({
    runId: "r",
    summary: { runId: "r", question: "q", state, model: "m", workspace: "w", started: 1, seconds: 2, usd: 0 },
  });
  const context = (state: "answered" | "failed" | "running") =>
    face({ id: "r", kind: "run", entry: entry(state) }, ["w"]).context;
  assert.deepEqual(
    [context("answered"), context("failed"), context("running")],
    ["run answer", "run", "run running"],
  );
  const elsewhere = face({ id: "r", kind: "run", entry: entry("failed") }, []);
  assert.equal(elsewhere.description, "failed · 2.0 s · w");
});

test("amounts in words", () => {
  assert.deepEqual([120, 61_000].map(time), ["0.1 s", "1 min 1 s"]);
  assert.equal(firstLine("\n  😀😀😀 text", 3), "😀😀…");
});

test("what changed often is told once", async () => {
  const told = await new Promise<string[]>((done) => {
    const throttle = new Throttle<string>(done, 1);
    for (const one of ["a", "b", "a", "a"]) throttle.add(one);
  });
  assert.deepEqual(told, ["a", "b"]);
});
