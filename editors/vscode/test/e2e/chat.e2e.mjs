// The tool that other agents call, and the participant of the chat view.
import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { out } from "./editor.mjs";
import { small, twenty, write } from "./repository.mjs";
import { test, until } from "./suite.mjs";

const extensions = ["model-extension"];
/** What the agent is told, and what it got, lies beside what is opened. */
const open = "w";
const repository = (folder) => {
  write(folder, { "w/.keep": "" });
  return small(join(folder, open));
};
const needs = { extensions, open, repository, seconds: 180 };

const builtin = { ...needs, settings: { "spelunk.model": "builtin" } };
const lent = { ...needs, settings: { "spelunk.plainBelow": 0, "spelunk.orientation": false } };

const script = (folder, ...replies) =>
  writeFileSync(join(folder, "replies.jsonl"), replies.map((reply) => JSON.stringify(reply)).join("\n"));
const run = (code) => ({ call: { name: "run_javascript", input: { code } } });
const look = "console.log(repo.read('src/parse.rs'), repo.read('src/count.rs'))";
const asked = (folder) => readFileSync(join(folder, "requests.jsonl"), "utf8").trim().split("\n");

/** Has the agent do something. */
async function agent(editor, folder, call) {
  rmSync(join(folder, "called.json"), { force: true });
  writeFileSync(join(folder, "call.json"), JSON.stringify(call));
  await editor.command("Test: Call");
}

/** What the agent got in the end. */
const got = (folder) =>
  until("the agent got something", () => JSON.parse(readFileSync(join(folder, "called.json"), "utf8")), 60);

/** Asks in the chat view, and gives the response of that number, from 0. */
async function chat(editor, folder, text, number = 0) {
  // The chat view sends nothing before it knows a model.
  await until("the models are known", () => /lending it scripted/.test(editor.server.log()));
  await agent(editor, folder, { chat: text });
  await got(folder);
  return editor.page.locator(".interactive-response").nth(number);
}

/** Waits until a response has the words. */
const has = (response, words) =>
  until(`the response has ${words}`, async () => {
    const text = await response.innerText({ timeout: 2000 });
    if (!words.test(text)) throw new Error(text);
    return text;
  });

test("an agent asks by the tool, after the person has agreed", builtin, async ({ editor, folder }) => {
  const question = { tool: "spelunk_ask", input: { question: "who calls parse?" } };
  await agent(editor, folder, question);
  const box = await editor.dialog("Ask Spelunk?");
  assert.match(await box.innerText(), /it costs nothing[^]*who calls parse\?/);
  await editor.choose(box, "Yes");
  const { text } = await got(folder);
  assert.match(text, /parse has 1 call in 1 file/);
  assert.match(text, /src\/count\.rs:5: valid/);
  await agent(editor, folder, { ...question, budget: 20 });
  await editor.choose(await editor.dialog("Ask Spelunk?"), "Yes");
  const cut = await got(folder);
  assert.match(cut.text, /^parse has 1 call[^]*\[Cut: \d+ of \d+ characters fit/);
  assert.ok(cut.text.split(/\s+/).length <= 20);
  await agent(editor, folder, question);
  await editor.choose(await editor.dialog("Ask Spelunk?"), "Cancel");
  assert.match((await got(folder)).error, /Cancel/);
  await agent(editor, folder, { tool: "spelunk_ask", input: { question: " " } });
  assert.match((await got(folder)).error, /needs a `question`/);
});

test(
  "an agent's question costs what the model costs, and is cancelled with it",
  lent,
  async ({ editor, folder }) => {
    script(folder, { say: ["Hm"], hold: "never" });
    await agent(editor, folder, {
      tool: "spelunk_ask",
      input: { question: "how?" },
      cancel: "requests.jsonl",
    });
    const box = await editor.dialog("Ask Spelunk?");
    assert.match(await box.innerText(), /It may cost money, [^]*the editor's own/);
    await editor.choose(box, "Yes");
    assert.match((await got(folder)).error, /Cancel/);
    await until("the model is told", () => asked(folder).some((line) => line.includes("cancelled")));
  },
);

test(
  "@spelunk answers in the chat view, and a citation opens its lines",
  lent,
  async ({ editor, folder }) => {
    script(
      folder,
      run(look),
      run(
        "answer('Lines are split by `parse` (`src/parse.rs:2-4`), not `nothing` (src/count.rs:4). <b>[x](command:y)</b>')",
      ),
      // An answer whose citation says too much is held, and is given like this even so.
      run("answer()"),
      run("answer('By `count`: `src/count.rs:4-6`.')"),
    );
    const first = await chat(editor, folder, "@spelunk how are words counted?");
    const text = await has(first, /Open Answer/);
    assert.match(text, /Lines are split by parse/);
    assert.match(text, /unsupported: the lines do not have nothing/);
    assert.match(text, /<b>\[x\]\(command:y\)<\/b>/);
    assert.match(text, /editor\S* · 3 turns · 3 calls/);
    await first.locator(".chat-inline-anchor-widget", { hasText: "parse.rs" }).click();
    await editor.at("parse.rs", 4);
    await has(await chat(editor, folder, "@spelunk and who counts?", 1), /By count/);
    const last = JSON.stringify(JSON.parse(asked(folder).at(-1)).messages);
    assert.match(last, /how are words counted\?/);
    assert.match(last, /and who counts\?/);
    await editor.picture(out("chat.png"));
    await first.getByText("Open Answer").click();
    await editor.answerHas(/how are words counted\?[^]*and who counts\?/);
  },
);

test(
  "/explain means the place of the cursor, and /plan without words says what it misses",
  lent,
  async ({ editor, folder }) => {
    script(folder, run("answer('It splits.')"));
    await editor.show("src/parse.rs");
    await editor.go(2, 8);
    await has(await chat(editor, folder, "@spelunk /explain"), /It splits/);
    const question = JSON.parse(asked(folder)[0]).messages.at(-1).parts.at(-1).text;
    assert.match(question, /Explain this/);
    assert.match(question, /"path":"src\/parse\.rs","from":2/);
    await has(await chat(editor, folder, "@spelunk /plan", 1), /Write what to change after \/plan/);
  },
);

test("a request that is stopped stops its run, and a refusal is told", lent, async ({ editor, folder }) => {
  script(
    folder,
    { say: ["Hm"], hold: "never" },
    { refuse: "Blocked", message: "the quota of today is used up" },
  );
  await chat(editor, folder, "@spelunk first?");
  await until("the model is asked", () => asked(folder).length > 0);
  const stop = ["Cancel", "Stop"].map((words) => `.chat-execute-toolbar [aria-label^="${words}"]`);
  await editor.page.locator(stop.join(", ")).first().click();
  await until("the model is told", () => asked(folder).some((line) => line.includes("cancelled")));
  const second = await chat(editor, folder, "@spelunk second?", 1);
  await has(second, /quota of today is used up/);
  await second.getByText("Open Trace").waitFor();
});

test(
  "/plan makes a plan that opens in the view of plans",
  { ...builtin, repository: (folder) => (write(folder, { "w/.keep": "" }), twenty(join(folder, open))) },
  async ({ editor, folder }) => {
    const response = await chat(editor, folder, "@spelunk /plan rename greet to welcome");
    await has(response, /Open Plan/);
    await response.getByText("Open Plan", { exact: true }).click();
    await editor.rows("Plans", "rename greet to welcome").first().waitFor();
  },
);
