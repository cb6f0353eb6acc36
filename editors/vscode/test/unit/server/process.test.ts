// The process of the server: how it went, and that it goes.
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Crashes } from "../../../src/server/crashes";
import { ServerProcess } from "../../../src/server/process";

const folder = mkdtempSync(join(tmpdir(), "spelunk-process-"));
after(() => {
  rmSync(folder, { recursive: true });
});

function started(script: string): { server: ServerProcess; lines: string[] } {
  const path = join(folder, "program");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  const lines: string[] = [];
  return { server: ServerProcess.start(path, (line) => lines.push(line)), lines };
}

test("how it ended is told with its last words", async () => {
  const { server, lines } = started("echo first >&2; echo last >&2; exit 101");
  await server.ended;
  assert.equal(server.how(), "exit code 101: last");
  assert.deepEqual(lines, ["first", "last"]);
  const killed = started("kill -9 $$").server;
  await killed.ended;
  assert.equal(killed.how(), "ended by SIGKILL");
});

test("one that cannot be started ends as well", async () => {
  const server = ServerProcess.start(join(folder, "gone"), () => undefined);
  await server.ended;
  assert.match(server.how(), /ENOENT/);
  await server.end();
});

test("one that does not go is made to", async () => {
  const { server } = started("trap '' TERM; while :; do read line; done");
  server.child.stdin.end();
  await server.end();
  assert.equal(server.how(), "ended by SIGKILL");
});

test("five crashes within three minutes are too many", () => {
  const crashes = new Crashes();
  const minute = 60_000;
  assert.deepEqual(
    [0, 1, 2, 2.5].map((at) => crashes.another(at * minute)),
    [true, true, true, true],
  );
  assert.equal(crashes.another(2.9 * minute), false);
  assert.equal(crashes.another(9 * minute), true);
});
