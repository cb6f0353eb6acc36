// The list of runs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pickRun } from "../../../src/ask/history";
import type { RunSummary } from "../../../src/protocol";
import type { Session } from "../../../src/server/session";
import { window } from "../vscode";

const run: RunSummary = {
  runId: "r",
  question: "who?",
  state: "answered",
  model: "a/b",
  workspace: "w",
  started: 0,
  seconds: 65,
};

/** Has the list shown with those runs, and picks the row; gives the rows and what came of it. */
async function listed(runs: RunSummary[], row: number) {
  const session = { request: () => Promise.resolve({ runs }) } as unknown as Session;
  let rows: Record<string, unknown>[] = [];
  window.showQuickPick = async (items) => {
    rows = (await items) as typeof rows;
    return rows[row];
  };
  return { picked: await pickRun(session), rows };
}

test("a row says how a run ended, what it cost, and of what workspace and model", async () => {
  const { picked, rows } = await listed(
    [run, { ...run, runId: "s", plan: true, state: "unfinished", usd: 0.5 }],
    1,
  );
  assert.equal(picked?.runId, "s");
  assert.deepEqual(
    rows.map(({ label, detail, iconPath }) => [label, detail, (iconPath as { id: string }).id]),
    [
      ["who?", "w · a/b", "check"],
      ["who?", "w · a/b", "question"],
    ],
  );
  assert.match(String(rows[0]?.["description"]), /^answered · 1 min 5 s · /);
  assert.match(String(rows[1]?.["description"]), /^unfinished · plan · \$0\.50 · 1 min 5 s · /);
});

test("a question has no icons of its own, and turns nothing around", async () => {
  const { rows } = await listed([{ ...run, question: "$(check) a\u202eb" }], 5);
  assert.equal(rows[0]?.["label"], "$\u200b(check) a[U+202E]b");
});

test("nothing is picked where the person picks nothing", async () => {
  assert.equal((await listed([], 0)).picked, undefined);
});
