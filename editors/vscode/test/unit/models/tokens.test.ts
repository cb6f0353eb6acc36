// What is done for the server ends with its request, and with the server.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CancellationToken } from "vscode";
import { Tokens } from "../../../src/models/tokens";
import { CancellationTokenSource } from "../vscode";

const given = () => {
  const source = new CancellationTokenSource();
  return { source, token: source.token as unknown as CancellationToken };
};

test("work is cancelled by its own request, and all of it at the end of the connection", async () => {
  const tokens = new Tokens();
  const [one, two] = [given(), given()];
  const seen: CancellationToken[] = [];
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const work = [one, two].map(({ token }) =>
    tokens.during(token, async (own) => {
      seen.push(own);
      await finished;
      return own.isCancellationRequested;
    }),
  );
  const cancelled = () => seen.map((token) => token.isCancellationRequested);
  assert.deepEqual(cancelled(), [false, false]);
  one.source.cancel();
  assert.deepEqual(cancelled(), [true, false]);
  tokens.end();
  assert.deepEqual(cancelled(), [true, true]);
  finish();
  assert.deepEqual(await Promise.all(work), [true, true]);
  const late = (own: CancellationToken) => Promise.resolve(own.isCancellationRequested);
  assert.ok(await tokens.during(given().token, late), "what begins afterwards");
});

test("what was cancelled before, and what fails", async () => {
  const { source, token } = given();
  source.cancel();
  const tokens = new Tokens();
  assert.ok(await tokens.during(token, (own) => Promise.resolve(own.isCancellationRequested)));
  await assert.rejects(
    tokens.during(token, () => Promise.reject(new Error("no"))),
    /no/,
  );
});
