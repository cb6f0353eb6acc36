// What "Choose Model" offers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { named } from "../../../src/models/names";
import { keyState, overruled, picks } from "../../../src/models/picks";
import type { ModelsResult, ProviderInfo } from "../../../src/protocol";

const providers: ProviderInfo[] = [
  { name: "builtin", key: "none", models: [] },
  { name: "openai", baseUrl: "https://a", key: "set", models: ["gpt-5", "gpt-5-mini"] },
  { name: "anthropic", key: "missing", keyEnv: "ANTHROPIC_API_KEY", models: [], error: "no API key" },
  { name: "ollama", key: "none", models: [], error: "nothing listens at http://127.0.0.1:11434" },
  { name: "editor", key: "none", models: [] },
];
const result: ModelsResult = { root: "openai/gpt-5", leaf: "openai/gpt-5", from: "client", providers };

test("models come by provider, the one in use marked, and those that cannot be listed can be typed", () => {
  const made = picks(result, [{ name: "scripted", title: "Scripted", vendor: "test" }]).map((pick) => {
    switch (pick.kind) {
      case "separator":
        return `-- ${pick.label}`;
      case "model":
        return pick.description ? `${pick.id} (${pick.description})` : pick.id;
      case "provider":
        return `${pick.label} ${pick.needsKey ? "[key]" : ""}${pick.detail ?? ""}`;
    }
  });
  assert.deepEqual(made, [
    "-- without a language model",
    "builtin",
    "-- the editor's own",
    "editor/scripted (Scripted (test))",
    "-- openai · key set",
    "openai/gpt-5 (in use)",
    "openai/gpt-5-mini",
    "openai: type the name of a model… ",
    "-- anthropic · no key (ANTHROPIC_API_KEY is not set either)",
    "Set a key for anthropic… [key]",
    "-- ollama",
    "ollama: type the name of a model… nothing listens at http://127.0.0.1:11434",
  ]);
  assert.ok(!picks(result, []).some((pick) => pick.kind === "separator" && /editor/.test(pick.label)));
});

test("states of keys in words, and who wins", () => {
  assert.deepEqual(providers.map(keyState), [
    "",
    "key set",
    "no key (ANTHROPIC_API_KEY is not set either)",
    "",
    "",
  ]);
  assert.equal(overruled(result), undefined);
  assert.match(overruled({ ...result, from: "environment" }) ?? "", /SPELUNK_MODEL.*openai\/gpt-5.*wins/);
});

test("models of the editor have names that tell them apart", () => {
  const models = [
    { id: "a", vendor: "x" },
    { id: "b", vendor: "x" },
    { id: "a", vendor: "y" },
    { id: "a", vendor: "y" },
  ];
  assert.deepEqual([...named(models).keys()], ["x/a", "b", "y/a"]);
});
