// The editor's own models answer questions, by `spelunk/complete`.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { small, write } from "./repository.mjs";
import { test, until } from "./suite.mjs";

const extensions = ["model-extension"];
/** The replies lie beside what is opened, so that no question sees them. */
const open = "w";
const repository = (folder) => {
  write(join(folder, open), {});
  write(folder, { "w/.keep": "" });
  return small(join(folder, open));
};
const settings = { "spelunk.plainBelow": 0, "spelunk.orientation": false };
const needs = { extensions, open, repository, settings, seconds: 180 };

const script = (folder, ...replies) =>
  writeFileSync(join(folder, "replies.jsonl"), replies.map((reply) => JSON.stringify(reply)).join("\n"));
const run = (code) => ({ call: { name: "run_javascript", input: { code } } });
const asked = (folder) =>
  readFileSync(join(folder, "requests.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

/** The server was started with the models. */
async function lent(editor) {
  await until("the models are lent", () => /lending it scripted/.test(editor.server.log()));
  await editor.statusIs(/ready/);
}

/** Asks. The editor wants consent only for models whose providers ask for it, and those cannot be made by a test. */
async function ask(editor, question) {
  await editor.command("Spelunk: Ask About This Repository");
  await editor.input("", question);
}

test("a question goes to the editor's model, with tools and results", needs, async ({ editor, folder }) => {
  script(
    folder,
    { say: ["Let me ", "look."], hold: "go", ...run("repo.search('parse').length") },
    run("answer('It is `parse`: src/parse.rs:2')"),
  );
  await lent(editor);
  await ask(editor, "where are lines split?");
  await editor.answerHas(/Let me look\./);
  writeFileSync(join(folder, "go"), "");
  await editor.answerHas(/It is parse/);
  const [first, second] = asked(folder);
  assert.deepEqual(first.tools, ["run_javascript"]);
  assert.equal(first.messages[0].role, "user");
  assert.match(JSON.stringify(first.messages), /where are lines split\?/);
  const parts = second.messages.flatMap((message) => message.parts);
  assert.ok(parts.some((part) => part.call === "call1" && part.input.code.includes("repo.search")));
  assert.ok(parts.some((part) => part.result === "call1"));
});

test("what the editor's model refuses is told, and Stop reaches it", needs, async ({ editor, folder }) => {
  script(
    folder,
    { refuse: "Blocked", message: "the quota of today is used up" },
    { say: ["Hm"], hold: "never" },
  );
  await lent(editor);
  await ask(editor, "first?");
  await editor.answerHas(/quota of today is used up/);
  await editor.command("Spelunk: Ask About This Repository");
  await editor.input("", "second?");
  await editor.answerHas(/Hm/);
  await editor.command("Spelunk: Stop");
  await until("the model is told", () => asked(folder).some(({ cancelled }) => cancelled));
});

test("one of the editor's models is chosen by name", needs, async ({ editor, folder }) => {
  script(folder, run("answer('It is small.')"));
  await lent(editor);
  await editor.command("Spelunk: Choose Model");
  await editor.pick("editor/scripted-mini");
  await editor.pick("Same as the root model");
  await editor.statusIs(/Model: editor\/scripted-mini/);
  await ask(editor, "is it small?");
  await editor.answerHas(/It is small/);
  assert.deepEqual(
    asked(folder).map(({ model }) => model),
    ["scripted-mini"],
  );
});
