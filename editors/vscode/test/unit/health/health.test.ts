// What the status bar and the doctor say.
import assert from "node:assert/strict";
import { test } from "node:test";
import { report } from "../../../src/health/report";
import { status, type Known } from "../../../src/health/status";

const idle: Known = {
  state: { kind: "running", version: "0.1.0" },
  indexing: undefined,
  running: 0,
  usd: 0,
  trusted: true,
};

test("the most urgent thing is said first", () => {
  const indexing = { percentage: 42, message: "42 of 100 files" };
  const cases: [Partial<Known>, string, RegExp][] = [
    [{}, "$(search-fuzzy) Spelunk", /0\.1\.0 is ready/],
    [{ state: { kind: "off" } }, "$(circle-slash) Spelunk", /not running/],
    [{ state: { kind: "starting" } }, "$(loading~spin) Spelunk", /starting/],
    [{ indexing }, "$(database) Spelunk 42%", /42 of 100 files\. Questions can be asked meanwhile/],
    [{ indexing: { percentage: undefined, message: "" } }, "$(database) Spelunk", /Reading symbols\./],
    [{ indexing, running: 2, usd: 0.123 }, "$(sync~spin) Spelunk: 2 running, $0.12", /2 running, \$0\.12/],
    [{ trusted: false }, "$(shield) Spelunk", /not trusted.*without a language model/],
    [{ model: "openai/gpt-5" }, "$(search-fuzzy) Spelunk", /Model: openai\/gpt-5\./],
  ];
  for (const [known, text, words] of cases) {
    const told = status({ ...idle, ...known });
    assert.equal(told.text, text);
    assert.match(told.sentences.join(" "), words);
    assert.equal(told.severity, "none");
  }
});

test("what is wrong is marked", () => {
  const failed = status({ ...idle, state: { kind: "failed", message: "no program" } });
  assert.deepEqual(
    [failed.text, failed.severity, failed.sentences],
    ["$(error) Spelunk", "error", ["no program"]],
  );
  assert.equal(status({ ...idle, modelError: "no key for openai" }).severity, "warning");
});

test("the doctor's findings stand in columns", () => {
  const text = report([
    { good: true, what: "state", found: "/s" },
    { good: false, what: "model", found: "no key\nset one" },
  ]);
  assert.equal(
    text,
    "1 of 2 checks failed.\n\nok     state  /s\nFAILS  model  no key\n              set one\n",
  );
  assert.match(report([{ good: true, what: "a", found: "b" }]), /^Everything is as it should be\.\n/);
});
