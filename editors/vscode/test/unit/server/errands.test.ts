// What a restart waits for: an open preview, a verification, whatever becomes of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as protocol from "../../../src/protocol";
import { Errands } from "../../../src/server/errands";

test("only long requests of plans are waited for, until the last has ended", async () => {
  const errands = new Errands();
  let done = 0;
  errands.onDone(() => (done += 1));
  assert.equal(await errands.during(protocol.planned.method, Promise.resolve("p")), "p");
  assert.deepEqual([errands.any, done], [false, 0]);

  const verify = Promise.resolve("v");
  let fail: (error: Error) => void = () => undefined;
  const preview = new Promise((_, reject) => (fail = reject));
  const both = [
    errands.during(protocol.verifyPlan.method, verify),
    errands.during(protocol.applyPlan.method, preview),
  ];
  assert.ok(errands.any);
  assert.equal(await both[0], "v");
  assert.deepEqual([errands.any, done], [true, 0]);
  fail(new Error("gone"));
  await assert.rejects(both[1] ?? assert.fail(), /gone/);
  assert.deepEqual([errands.any, done], [false, 1]);
});
