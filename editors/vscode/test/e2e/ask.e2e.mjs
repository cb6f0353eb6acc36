// Asking and reading answers: the panel, its citations, its follow-ups and its end.
import assert from "node:assert/strict";
import { test, until } from "./suite.mjs";

const ASK = "Spelunk: Ask About This Repository";

async function ask(editor, question) {
  await editor.command(ASK);
  await editor.input("Your question", question);
}

/** What the model looks at, so that its citations were seen. */
const look = "show(repo.read('src/parse.rs'), repo.read('src/count.rs'))";

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
  const working = editor.answer.locator("details.working");
  first.say("Let me look at ");
  await until("the first piece", async () => (await working.innerText()).includes("Let me look at"));
  first.say("the parser");
  await until("the second piece", async () =>
    (await working.innerText()).includes("Let me look at the parser"),
  );
  first.run(look);
  const second = await endpoint.next();
  await editor.answerHas(/Turn 2/);
  assert.match(await editor.answer.locator("article").innerText(), /1 call/);
  second.answer(
    "Lines are split by `parse` (`src/parse.rs:2-4`) and `count` takes the length (src/count.rs:4-6). " +
      '`nothing` is in `src/parse.rs:1`.\n\n```rust\nfn main() { println!("{}", 1); } // done\n```\n\n' +
      "See [the book](https://doc.rust-lang.org/book/) and `src/lib.rs:1`.",
  );
  await editor.answerHas(/Lines are split by/);
  await editor.answerHas(/unsupported: the lines do not have nothing/);
  await editor.answerHas(/its lines were never looked at/);
  assert.equal(await editor.answer.locator("pre .hljs-keyword").first().innerText(), "fn");
  await editor.answer.locator(".answer button.cite", { hasText: "src/count.rs:4-6" }).click();
  await editor.at("count.rs", 4);
});
