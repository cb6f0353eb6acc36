// What a window keeps of its panels: more than a page that was loaded again had written.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Keeping } from "../../../src/ask/keeping";
import type { Kept } from "../../../src/ask/view";

const kept = (...runIds: string[]): Kept => ({
  turns: runIds.map((runId) => ({ runId, question: `${runId}?`, isPlan: false })),
});
const ids = ({ turns }: Kept) => turns.map(({ runId }) => runId).join(" ");

function memory(value: unknown[] = []) {
  return {
    get: () => value,
    update: (_: string, next: unknown) => {
      value = structuredClone(next) as unknown[];
      return Promise.resolve();
    },
  };
}

test("a page that wrote its first turn only gets the others back, of its own conversation", () => {
  const window = memory();
  new Keeping(window).keep([kept("a1"), kept("b1")]);
  new Keeping(window).keep([kept("a1", "a2"), kept("b1"), kept()]);
  const again = new Keeping(window);
  assert.deepEqual(
    [kept("a1"), kept("b1"), kept("a1", "a2", "a3"), kept("c1"), kept()].map((page) =>
      ids(again.whole(page)),
    ),
    ["a1 a2", "b1", "a1 a2 a3", "c1", ""],
  );
});

test("panels that have not come back yet stay, those that are closed go, and there is a limit", () => {
  const window = memory();
  new Keeping(window).keep([kept("a1", "a2"), kept("b1", "b2")]);
  const again = new Keeping(window);
  again.keep([kept("b1", "b2", "b3")]);
  assert.deepEqual([ids(again.whole(kept("a1"))), ids(again.whole(kept("b1")))], ["a1 a2", "b1 b2 b3"]);
  again.forget(kept("b3"));
  again.keep([]);
  assert.deepEqual([ids(again.whole(kept("a1"))), ids(again.whole(kept("b1")))], ["a1 a2", "b1"]);
  again.keep(Array.from({ length: 60 }, (_, n) => kept(`${n}`, `${n}x`)));
  assert.deepEqual([ids(again.whole(kept("a1"))), ids(again.whole(kept("59")))], ["a1", "59 59x"]);
});

test("what is kept can be anything", () => {
  const odd = new Keeping(memory([null, 3, { turns: [{ runId: "a/../b" }] }, { turns: "x" }]));
  assert.equal(ids(odd.whole(kept("a"))), "a");
});
