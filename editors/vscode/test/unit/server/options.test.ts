// What the server is told at its start.
import assert from "node:assert/strict";
import { test } from "node:test";
import { initializationOptions, keyless } from "../../../src/server/options";

test("keys go to their providers, beside what the user has set", () => {
  const machine = { maxUsd: 5, providers: { openai: { baseUrl: "https://a" } } };
  const options = initializationOptions(true, machine, { openai: "o", anthropic: "a" }, []);
  assert.deepEqual(options, {
    trusted: true,
    runs: true,
    machine: {
      maxUsd: 5,
      providers: { openai: { baseUrl: "https://a", key: "o" }, anthropic: { key: "a" } },
    },
  });
  assert.deepEqual(machine.providers, { openai: { baseUrl: "https://a" } });
});

test("the editor's models are named where there are any", () => {
  const { trusted, machine, editorModel } = initializationOptions(false, {}, {}, ["b", "a"]);
  assert.deepEqual([trusted, machine, editorModel], [false, {}, { tools: true, models: ["b", "a"] }]);
});

test("no key gets into the log", () => {
  const options = initializationOptions(true, {}, { openai: 'sk-"quoted"\\', other: "sk-2" }, []);
  const lines: string[] = [];
  const log = keyless(Object.freeze({ level: 1, trace: (line: string) => lines.push(line) }));
  for (const indent of [0, 4]) log.trace(`Params: ${JSON.stringify(options, null, indent)}`);
  // As the client writes a whole message when the form is JSON.
  log.trace(
    JSON.stringify({ type: "send-request", message: { params: { initializationOptions: options } } }),
  );
  assert.equal(log.level, 1);
  assert.equal(lines.length, 3);
  for (const logged of lines) {
    assert.ok(!logged.includes("sk-") && !logged.includes("quoted"), logged);
    assert.equal(logged.match(/\[set\]/g)?.length, 2);
  }
});
