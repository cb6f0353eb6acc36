// Amounts in words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { count, money } from "../../src/amounts";

test("money has cents, and more digits where they are few", () => {
  for (const [usd, words] of [
    [0, "$0.00"],
    [0.0012, "$0.0012"],
    [0.0123, "$0.0123"],
    [0.1, "$0.10"],
    [12.345, "$12.35"],
  ] as const)
    assert.equal(money(usd), words);
});

test("what is counted agrees with its number", () => {
  assert.deepEqual(
    [count(0, "step"), count(1, "step"), count(1234, "step"), count(2, "child", "children")],
    ["0 steps", "1 step", "1,234 steps", "2 children"],
  );
});
