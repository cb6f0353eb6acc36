// Asking and reading answers: the panel, its citations, and further questions in it.
import assert from "node:assert/strict";
import { article, ask, box, button, look, reply, working } from "./asking.mjs";
import { two } from "./repository.mjs";
import { test, until } from "./suite.mjs";

test("builtin answers, and a citation opens the file at its line", async ({ editor }) => {
  await editor.show("README.md");
  await ask(editor, "who calls parse?");
  await editor.answerHas(/parse has 1 call in 1 file/);
  const cite = editor.answer.locator(".answer button.cite", { hasText: "src/count.rs:5" });
  assert.match(await cite.innerText(), /valid/);
  await cite.click();
  await editor.at("count.rs", 5);
  assert.ok(await editor.answer.locator("body").isVisible(), "the panel is still beside");
});

test("the model's text is seen growing, then the answer", { model: true }, async ({ editor, endpoint }) => {
  await editor.show("README.md");
  await ask(editor, "How are words counted?");
  const first = await endpoint.next();
  first.say("Let me look at ");
  await working(editor, "Let me look at");
  first.say("the parser");
  await working(editor, "Let me look at the parser");
  first.run('console.log(repo.text({ path: "src/parse.rs" }), repo.text({ path: "src/count.rs" }))');
  const second = await endpoint.next();
  await editor.answerHas(/Turn 2/);
  assert.match(await editor.answer.locator("article").innerText(), /1 call/);
  const answer =
    "Lines are split by `parse` (`src/parse.rs:2-4`) and `count` takes the length (src/count.rs:4-6). " +
    '`nothing` is in `src/parse.rs:1`.\n\n```rust\nfn main() { println!("{}", 1); } // done\n```\n\n' +
    "See [the book](https://doc.rust-lang.org/book/) and `src/lib.rs:1`.";
  second.answer(answer);
  // The server tells the model once what is wrong with its citations.
  const third = await endpoint.next();
  assert.match(third.text, /these lines do not hold nothing/);
  third.answer(answer);
  await editor.answerHas(/Lines are split by/);
  await editor.answerHas(/unsupported: the lines do not have nothing/);
  await editor.answerHas(/1 citation was not kept/);
  await editor.answer.locator("details.dropped summary").click();
  await editor.answerHas(/its lines were never looked at/);
  assert.equal(await editor.answer.locator("pre .hljs-keyword").first().innerText(), "fn");
  await editor.answer.locator(".answer button.cite", { hasText: "src/count.rs:4-6" }).click();
  await editor.at("count.rs", 4);
});

test("a follow-up goes on with the conversation", { model: true }, async ({ editor, endpoint }) => {
  await ask(editor, "How are words counted?");
  await reply(endpoint, "The function `count` counts them (`src/count.rs:4-6`).");
  await editor.answerHas(/counts them/);
  await box(editor).fill("And who splits lines?");
  await button(editor, "Ask").click();
  const call = await endpoint.next();
  assert.match(call.text, /How are words counted\?/);
  assert.match(call.text, /The function `count` counts them/);
  assert.match(call.text, /And who splits lines\?/);
  assert.ok(await button(editor, "Ask").isDisabled(), "one question at a time");
  call.run(look);
  (await endpoint.next()).answer("That is `parse` (`src/parse.rs:2-4`).");
  await editor.answerHas(/That is/);
  assert.equal(await editor.answer.locator("article").count(), 2);
  assert.equal((await editor.tabs()).length, 1, "it is the same panel");
  assert.match(await article(editor, "How are words counted?").innerText(), /counts them/);
});

test("asking, reading and asking on by keys alone", { model: true }, async ({ editor, endpoint }) => {
  const { keyboard } = editor.page;
  const focused = (what, probe) =>
    until(`the focus is on ${what}`, () => editor.answer.locator(":focus").evaluate(probe));
  await editor.statusIs(/scripted/);
  await keyboard.press("Control+Alt+K");
  await editor.input("Your question", "How are words counted?");
  await focused("the box", (element) => element.id === "question");
  await reply(endpoint, "The function `count` counts them (`src/count.rs:4-6`).");
  await editor.answerHas(/counts them/);

  await keyboard.press("Escape");
  await focused("the question", (element) => element.tagName === "H2");
  await keyboard.press("Tab");
  await focused("the citation", (element) => element.textContent.includes("src/count.rs:4-6"));
  await keyboard.press("Enter");
  await editor.at("count.rs", 4);

  await editor.command("View: Focus Next Editor Group");
  await editor.command("View: Focus Previous Editor Group");
  await until("the panel has the keyboard", async () => {
    if (/count/.test((await editor.tab()) ?? "")) await keyboard.press("Control+1");
    return editor.answer.locator("body").evaluate((body) => body.ownerDocument.hasFocus());
  });
  await box(editor).press("Shift+A");
  await keyboard.type("nd who splits?");
  await keyboard.press("Shift+Enter");
  await keyboard.type("Tell me.");
  await keyboard.press("Enter");
  assert.match((await endpoint.next()).text, /And who splits\?\\nTell me\./);
});

test("asking about a selection, a symbol, and having it explained", { model: true }, async (given) => {
  const { editor, endpoint } = given;
  const { keyboard } = editor.page;
  await editor.show("src/parse.rs");
  await editor.go(2);
  await keyboard.press("Shift+ArrowDown");
  await keyboard.press("Shift+ArrowDown");
  await editor.command("Spelunk: Ask About This");
  await until("it is said what this is", async () =>
    /“This” is the selection, lines 2 to 3 of src\/parse\.rs/.test(await editor.quick.innerText()),
  );
  await editor.input("Your question", "what is this for?");
  const first = await endpoint.next();
  assert.match(first.text, /what is this for\?/);
  assert.match(first.text, /src\/parse\.rs/);
  assert.match(first.text, /pub fn parse\(line: &str\)/);
  first.run(look);
  (await endpoint.next()).answer("It splits a line (`src/parse.rs:2-4`).");
  await editor.answerHas(/It splits a line/);

  await editor.show("src/count.rs");
  await editor.go(5, 6);
  await editor.page
    .locator(".view-line", { hasText: "parse(line).len()" })
    .first()
    .click({
      button: "right",
      position: { x: 45, y: 8 },
    });
  await editor.menu("Explain This");
  const second = await endpoint.next();
  assert.match(second.text, /Explain this/);
  assert.match(second.text, /src\/count\.rs/);
  second.run(look);
  (await endpoint.next()).answer("It calls `parse` (`src/count.rs:5`).");
  await editor.answerHas(/It calls/);
});

test("a code action of the server asks in the panel", async ({ editor }) => {
  await editor.show("src/count.rs");
  await editor.go(5, 6);
  await editor.statusIs(/ready|builtin/);
  const menu = editor.page.locator(".action-widget");
  await until("spelunk's actions are offered", async () => {
    await editor.page.keyboard.press("Control+.");
    await menu.getByText(/parse/).first().waitFor({ timeout: 2000 });
    return true;
  });
  await menu.getByText(/parse/).first().click();
  await editor.answerHas(/src\/(count|parse)\.rs/);
  await until("it has ended", async () => (await button(editor, "Trace").count()) === 1);
});

test(
  "a citation in the second folder of a workspace opens there",
  { repository: two, open: "both.code-workspace" },
  async ({ editor }) => {
    await ask(editor, "where is greet defined?");
    await editor.answerHas(/shared\.py:1/);
    await editor.answer.locator(".answer button.cite", { hasText: "shared.py:1" }).first().click();
    await editor.at("shared.py", 1);
  },
);
