// The tool: its input, what the person is asked, and what the model is told.
import assert from "node:assert/strict";
import { test } from "node:test";
import { consent, fitted, questionOf, told } from "../../../src/chat/call";
import type { End } from "../../../src/protocol";

const end: End = {
  runId: "r",
  conversationId: "c",
  reason: "answered",
  message: "answered",
  answer: "It is `parse` (src/a.rs:3-9).",
  citations: [{ path: "src/a.rs", from: 3, to: 9, status: "stale" }],
  dropped: [{ path: "src/b.rs", from: 1, to: 1, reason: "its lines were never looked at" }],
  model: "openai/gpt-5",
  spent: { turns: 2, calls: 3, tokens: 10, usd: 0.5, unpriced: 0, hits: 0 },
  seconds: 3,
};
const words = (text: string) => Promise.resolve(text.split(/\s+/).length);

test("input that a model got wrong is refused with what it should be", () => {
  assert.deepEqual(questionOf({ question: "q", scope: [] }), { question: "q" });
  assert.deepEqual(questionOf({ question: "q", scope: "src" }), { question: "q", scope: ["src"] });
  assert.deepEqual(questionOf({ question: "q", scope: ["src", "*.rs"] }), {
    question: "q",
    scope: ["src", "*.rs"],
  });
  for (const input of [undefined, null, 3, {}, { question: 3 }, { question: " " }])
    assert.throws(() => questionOf(input), /question/);
  assert.throws(() => questionOf({ question: "q", scope: [3] }), /scope/);
});

test("the person reads the question as it is, and what may cost money", () => {
  const asked = { question: "**bold** ``` [x](command:y)", scope: ["src/*"] };
  const text = consent(asked, { root: "openai/gpt-5", leaf: "openai/gpt_5_mini" });
  assert.match(text, /in src\/\\\*:\n\n````\n\*\*bold\*\* ``` \[x\]\(command:y\)\n````$/);
  assert.match(text, /^It may cost money.*openai\/gpt-5 and openai\/gpt_5_mini/);
  assert.match(consent({ question: "q" }, { root: "builtin", leaf: "builtin" }), /costs nothing/);
  assert.match(
    consent({ question: "q" }, { root: "a/b", leaf: "a/b", error: "no key: set one" }),
    /no key: set one/,
  );
  assert.match(
    consent({ question: "q" }, { root: "editor", leaf: "editor" }),
    /the model: the editor's own\./,
  );
  assert.match(consent({ question: "q" }, undefined), /may cost money/);
});

test("the model is told the answer, what was found of its citations, and when it is partial", async () => {
  const text = await fitted(told(end, ["a note"]), undefined, words);
  assert.equal(
    text,
    "It is `parse` (src/a.rs:3-9).\n\nCitations, as a program found them:\n- src/a.rs:3-9: stale: the lines have changed\n\n" +
      "Citations that were not kept:\n- src/b.rs:1: its lines were never looked at\n\nNotes:\n- a note\n\n" +
      "openai/gpt-5 · 2 turns · 3 calls · $0.50 · 3.0 s",
  );
  assert.match(
    told({ ...end, reason: "limit", message: "out of money" }, []).head,
    /^PARTIAL ANSWER.*out of money/,
  );
  assert.throws(
    () => told({ ...end, answer: " ", reason: "failed", message: "no such model" }, []),
    /no such model/,
  );
});

test("a budget is kept, and what was cut is said", async () => {
  const answer = Array.from({ length: 500 }, (_, at) => `word${at}`).join(" ");
  const reply = told({ ...end, answer }, []);
  for (const [budget, expected] of [
    [1_000, /openai\/gpt-5/],
    [515, /list of citations was cut/],
    [100, /^word0 .*\[Cut: \d+ of \d+ characters fit/s],
    [0, /\[Cut: 0 of/],
  ] as const) {
    const text = await fitted(reply, budget, words);
    assert.match(text, expected);
    assert.ok(budget === 0 || (await words(text)) <= budget, String(budget));
  }
  const faces = told({ ...end, answer: "😀".repeat(100) }, []);
  const units = (text: string) => Promise.resolve(text.length);
  for (const budget of [150, 151]) assert.doesNotMatch(await fitted(faces, budget, units), /\p{Surrogate}/u);
});
