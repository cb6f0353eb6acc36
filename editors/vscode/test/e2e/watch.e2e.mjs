// The view of runs: turns, sub-calls by module, cells, children, and what each of them opens.
import assert from "node:assert/strict";
import { twenty } from "./repository.mjs";
import { out } from "./editor.mjs";
import { test, until } from "./suite.mjs";

const CODE = `const all = await llmAll([
  { prompt: "What does part/file01.py do?", data: "one" },
  { prompt: "What does part/file02.py do?", data: "two" },
  { prompt: "What does shared/ do?", data: "three" },
]);
const child = await rlm("How many files are there?", { scope: "part/file0*.py" });
console.log(all.map((one) => one.value).join(" and "), child.value);
throw new Error("on purpose");`;

/** Asks a question whose run has sub-calls, a child and a cell that fails, and ends it. */
async function run({ editor, endpoint }) {
  await editor.views();
  await editor.command("Spelunk: Ask About This Repository");
  await editor.input("", "what is in here?");
  (await endpoint.next()).say("I ask about **each** part.").run(CODE);
  endpoint.always((call) => {
    if (/on purpose/.test(call.text)) call.answer("Greetings, see `shared.py:1`.");
    else if (/How many files/.test(call.text)) call.answer("There are 9 files, see `part/file01.py:1`.");
    else call.done("It greets.");
    return true;
  });
}

const needs = { repository: twenty, model: true };

test("a run is watched: calls by module, cells, a child, errors, and each opens", needs, async (given) => {
  const { editor } = given;
  await run(given);
  const rows = (words) => editor.rows("Runs", words).first();
  await until("the run is over", async () => /pass/.test(await rows("what is in here?").innerHTML()));
  await editor.unfold(rows("what is in here?"));
  await editor.unfold(rows("Turn 1"));
  await rows("2 calls").waitFor();
  await editor.unfold(rows("2 calls"));
  assert.match(await rows("2 calls").innerText(), /part/);
  await rows("What does shared/ do?").waitFor();
  await rows("on purpose").waitFor();
  await editor.unfold(rows("part/file0*.py"));
  await editor.picture(out("watch.png"));

  await rows("What does part/file02.py do?").click();
  await until("its reply is shown", async () => /It greets\./.test(await editor.text()));
  await rows("const all = await llmAll").click();
  await until("the code is shown", async () => /llmAll/.test(await editor.text()));
  await until("it is JavaScript", async () =>
    /JavaScript/.test(await editor.page.locator("#status\\.editor\\.mode").innerText()),
  );
  await rows("on purpose").click();
  await until("the output is shown", async () => /on purpose/.test(await editor.text()));
  await editor.picture(out("watch-document.png"));
});

test("a recorded run is read when it is unfolded, and its trace is a page", needs, async (given) => {
  const { editor } = given;
  await run(given);
  const rows = (words) => editor.rows("Runs", words).first();
  await until("the run is over", async () => /pass/.test(await rows("what is in here?").innerHTML()));
  await editor.reload();
  await editor.views();
  await editor.unfold(rows("what is in here?"));
  await editor.unfold(rows("Turn 1"));
  await rows("2 calls").waitFor();
  await rows("on purpose").click();
  await until("the output is shown", async () => /on purpose/.test(await editor.text()));

  await editor.commandPick("Spelunk: Open Trace as a Page", "what is in here?");
  await editor.answerHas(/Turns/);
  await editor.commandPick("Spelunk: Open Trace of a Run", "what is in here?");
  await until("the record is shown", async () => /^run /.test(await editor.text()));
});
