// What counts of the settings, and what is told of those that do not.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { told } from "../../../src/settings/configuration";
import { ignored } from "../../../src/settings/ignored";
import { parse } from "../../../src/settings/jsonc";
import { keysOf, machineKeys, machineValues, serverKeys, type Property } from "../../../src/settings/machine";
import { served } from "../../../src/settings/served";

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as {
  contributes: { configuration: { properties: Record<string, Property> }[] };
};
const properties = Object.assign(
  {},
  ...manifest.contributes.configuration.map((section) => section.properties),
) as Record<string, Property>;
const machine = machineKeys(properties);

test("the manifest says which settings are the machine's, and which the server takes", () => {
  for (const key of ["model", "leafModel", "providers", "server.path", "verify"])
    assert.ok(machine.includes(key), key);
  for (const key of ["maxUsd", "navigation", "trace.server"]) assert.ok(!machine.includes(key), key);
  const server = serverKeys(properties);
  for (const key of ["model", "providers", "maxUsd"]) assert.ok(server.includes(key), key);
  for (const key of ["server.path", "trace.server", "navigation", "served", "symbolTable", "features.hover"])
    assert.ok(!server.includes(key), key);
});

test("the server gets what the user has set, and no key from a settings file", () => {
  const set: Record<string, unknown> = {
    maxUsd: 0,
    journal: false,
    providers: { openai: { baseUrl: "https://a", key: "sk-1" }, ollama: { baseUrl: "http://b" }, odd: 1 },
  };
  const { values, withKey } = machineValues(["model", "maxUsd", "journal", "providers"], (key) => set[key]);
  assert.deepEqual(values, {
    maxUsd: 0,
    journal: false,
    providers: { openai: { baseUrl: "https://a" }, ollama: { baseUrl: "http://b" }, odd: 1 },
  });
  assert.deepEqual(withKey, ["openai"]);
  assert.deepEqual(
    machineValues(["model"], () => undefined),
    { values: {}, withKey: [] },
  );
});

test("the keys of a settings file are found whatever else stands there", () => {
  const providers = {
    a: { key: "1" },
    x: null,
    y: 3,
    z: { key: "" },
    l: ["key"],
    n: { key: 4 },
    b: { key: "2" },
  };
  assert.deepEqual(keysOf(providers), [
    ["a", "1"],
    ["b", "2"],
  ]);
  for (const odd of [null, undefined, "key", [{ key: "1" }]]) assert.deepEqual(keysOf(odd), []);
});

test("a question for settings is answered without those of the machine", () => {
  const value = {
    model: "openai/evil",
    providers: { openai: { baseUrl: "https://evil" } },
    server: { path: "/evil" },
    trace: { server: "verbose" },
    maxUsd: 1,
    served: ["lua"],
    features: { hover: false },
  };
  assert.deepEqual(
    told(value, machine, (id) => id === "golang.go"),
    {
      maxUsd: 1,
      served: ["go", "lua"],
      features: { hover: false },
    },
  );
  assert.deepEqual(
    told(undefined, machine, () => false),
    { served: [] },
  );
});

test("languages are served by the extensions that are there, and those that the user names", () => {
  const has =
    (...ids: string[]) =>
    (id: string) =>
      ids.includes(id);
  assert.deepEqual(served(undefined, has("ms-python.python", "detachhead.basedpyright")), ["python"]);
  assert.deepEqual(served(["rust", 3], has("ms-vscode.cpptools")), ["c", "cpp", "rust"]);
  assert.deepEqual(served("rust", has()), []);
});

test("a workspace's settings of the machine are found however they are written", () => {
  const keys = ["model", "providers", "server.path"];
  const cases: [string, string[]][] = [
    ['{ "spelunk.model": "a/b", "spelunk.maxUsd": 0 }', ["spelunk.model"]],
    ['{ // mine\n "spelunk.server.path": "/x", /* a */ }', ["spelunk.server.path"]],
    [
      '{ "spelunk": { "server": { "path": "/x" }, "providers": {} } }',
      ["spelunk.providers", "spelunk.server.path"],
    ],
    ['{ "spelunk": { "server.path": "/x" } }', ["spelunk.server.path"]],
    ['{ "spelunk.server": { "path": "/x" } }', ["spelunk.server.path"]],
    ['{ "spelunker.model": 1, "x": "spelunk.model" }', []],
    ["", []],
    ["{ broken", []],
    ["[]", []],
  ];
  for (const [text, found] of cases) assert.deepEqual(ignored(text, keys), found, text);
  assert.deepEqual(ignored('{ "settings": { "spelunk.model": "a" } }', keys, "settings"), ["spelunk.model"]);
  assert.deepEqual(ignored('{ "spelunk.model": "a" }', keys, "settings"), []);
});

test("settings files are JSON with comments and commas", () => {
  const cases: [string, unknown][] = [
    [
      '\uFEFF{"a": "// no /* comment */", // one\n "b": [1, 2,], /* , } */ }',
      { a: "// no /* comment */", b: [1, 2] },
    ],
    ['{"a": "\\",}", "b": ",]"}', { a: '",}', b: ",]" }],
    ["{", undefined],
  ];
  for (const [text, value] of cases) assert.deepEqual(parse(text), value, text);
});

test("a settings file that is not closed is over soon", () => {
  for (const text of ['"' + '\\"'.repeat(500_000), "/*".repeat(500_000), '{"a": 1, ' + '"b'.repeat(99_999)]) {
    const before = performance.now();
    assert.equal(parse(text), undefined);
    assert.ok(performance.now() - before < 5_000, text.slice(0, 9));
  }
});
