// Chat messages on their way to the editor's models, and what comes back when those refuse.
import assert from "node:assert/strict";
import { test } from "node:test";
import { failure } from "../../../src/models/failure";
import { messages } from "../../../src/models/messages";
import type { ChatMessage } from "../../../src/protocol";

function plain(chat: ChatMessage[]): unknown {
  return JSON.parse(JSON.stringify(messages(chat).map(({ role, content }) => [role, content])));
}

test("roles become the user's and the assistant's, in turns", () => {
  const call = { id: "1", name: "run_javascript", arguments: '{"code":"x"}' };
  assert.deepEqual(
    plain([
      { role: "system", content: "rules" },
      { role: "user", content: "question" },
      { role: "assistant", content: "", toolCalls: [call] },
      { role: "tool", content: "result", toolCallId: "1" },
      { role: "user", content: "go on" },
      { role: "assistant", content: "done" },
    ]),
    [
      [1, [{ value: "rules" }, { value: "question" }]],
      [2, [{ callId: "1", name: "run_javascript", input: { code: "x" } }]],
      [1, [{ callId: "1", content: [{ value: "result" }] }, { value: "go on" }]],
      [2, [{ value: "done" }]],
    ],
  );
});

test("arguments that are no JSON object are shown as they were", () => {
  const called = (text: string) =>
    plain([{ role: "assistant", content: "", toolCalls: [{ id: "1", name: "f", arguments: text }] }]);
  assert.deepEqual(called("{broken"), [[2, [{ callId: "1", name: "f", input: { text: "{broken" } }]]]);
  assert.deepEqual(called("3"), [[2, [{ callId: "1", name: "f", input: { value: 3 } }]]]);
  assert.deepEqual(plain([{ role: "assistant", content: "" }]), []);
});

test("refusals of the editor are told apart", () => {
  const refused = (code: string) => Object.assign(new Error("words"), { code });
  for (const [error, kind, message] of [
    [refused("NoPermissions"), "noPermission", "words"],
    [refused("NotFound"), "notFound", "words"],
    [refused("Blocked"), "blocked", "words"],
    [refused("Unknown"), "other", "words"],
    [new Error("", { cause: new Error("deeper") }), "other", "deeper"],
    ["odd", "other", "odd"],
  ] as const) {
    assert.deepEqual(failure(error, ["m"]), { message, data: { kind, models: ["m"] } });
  }
});
