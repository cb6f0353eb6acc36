// Keys in the editor's secret storage.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SecretStorage } from "vscode";
import { Keys } from "../../../src/models/keys";

function storage(secrets = new Map<string, string>()): { secrets: Map<string, string>; keys: Keys } {
  const storage = {
    get: (key: string) => Promise.resolve(secrets.get(key)),
    store: (key: string, value: string) => Promise.resolve(void secrets.set(key, value)),
    delete: (key: string) => Promise.resolve(void secrets.delete(key)),
  };
  return { secrets, keys: new Keys(storage as unknown as SecretStorage) };
}

test("keys are kept by provider, and nothing is left when the last is gone", async () => {
  const { secrets, keys } = storage();
  await keys.set("openai", "a");
  await keys.set("anthropic", "b");
  await keys.set("openai", "c");
  assert.deepEqual(await keys.all(), { openai: "c", anthropic: "b" });
  await keys.remove("openai");
  await keys.remove("unknown");
  assert.deepEqual(await keys.all(), { anthropic: "b" });
  await keys.remove("anthropic");
  assert.equal(secrets.size, 0);
});

test("what cannot be read counts as no keys", async () => {
  for (const stored of ["{", "[]", "3", '{"openai": 3}'])
    assert.deepEqual(await storage(new Map([["spelunk.keys", stored]])).keys.all(), {});
});
