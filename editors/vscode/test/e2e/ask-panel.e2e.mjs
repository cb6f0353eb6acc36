// What the panel keeps, shows again, looks at again, and withstands.
import assert from "node:assert/strict";
import { article, ask, box, button, reply, working } from "./asking.mjs";
import { test, until } from "./suite.mjs";

const needs = { model: true };
const cite = (editor, label) => editor.answer.locator(".answer button.cite", { hasText: label });

test(
  "answers come back: by the history, while they run, and in a window that is loaded again",
  needs,
  async (given) => {
    const { editor, endpoint } = given;
    await ask(editor, "How are words counted?");
    await reply(endpoint, "The function `count` counts them (`src/count.rs:4-6`).");
    await editor.answerHas(/counts them/);
    await box(editor).fill("And who splits lines?");
    await box(editor).press("Enter");
    await reply(endpoint, "That is `parse` (`src/parse.rs:2-4`).");
    await editor.answerHas(/That is parse/);

    // The window's own command waits until the panel's state is written.
    await editor.command("Developer: Reload Window");
    const text = await editor.answerHas(/no longer remembers this conversation/, 60);
    assert.match(text, /counts them[^]*That is parse/);
    await cite(editor, "src/parse.rs:2-4").click();
    await editor.at("parse.rs", 2);

    await editor.command("View: Close All Editors");
    await until("nothing is open", async () => (await editor.tabs()).length === 0);
    await editor.command("Spelunk: History of Runs");
    await editor.pick("How are words counted?");
    await editor.answerHas(/counts them/);
    assert.equal(await editor.answer.locator("article").count(), 1);

    await editor.command("View: Close All Editors");
    await ask(editor, "What is missing?");
    const call = await endpoint.next();
    call.say("Let me see");
    await working(editor, "Let me see");
    await editor.command("View: Close All Editors");
    await until("nothing is open", async () => (await editor.tabs()).length === 0);
    await editor.command("Spelunk: History of Runs");
    await editor.pick("What is missing?");
    await working(editor, "Let me see");
    call.say(" what there is");
    await working(editor, "Let me see what there is");
    call.answer("Nothing is missing.");
    await editor.answerHas(/Nothing is missing\./);
  },
);

test(
  "a follow-up is there again when the page is loaded anew at once",
  needs,
  async ({ editor, endpoint }) => {
    await ask(editor, "How are words counted?");
    await reply(endpoint, "The function `count` counts them (`src/count.rs:4-6`).");
    await editor.answerHas(/counts them/);
    // So long VS Code for the web takes to write down that there is a panel, at the most; the follow-up comes after that.
    await editor.command("Developer: Reload Window");
    await editor.answerHas(/counts them/, 60);
    await box(editor).fill("And who splits lines?");
    await box(editor).press("Enter");
    await reply(endpoint, "That is `parse` (`src/parse.rs:2-4`).");
    await editor.answerHas(/That is parse/);
    await editor.reload();
    const text = await editor.answerHas(/That is parse/, 60);
    assert.match(text, /counts them/);
  },
);

test("a citation follows its lines, and is stale when they change", needs, async ({ editor, endpoint }) => {
  await editor.show("src/count.rs");
  await ask(editor, "How are words counted?");
  await reply(endpoint, "The function `count` counts them (`src/count.rs:4-6`).");
  await until("it is valid", async () => /valid/.test(await cite(editor, "count.rs:4-6").innerText()));
  const { keyboard } = editor.page;
  await cite(editor, "count.rs:4-6").click();
  await editor.at("count.rs", 4);
  await editor.go(1);
  await keyboard.press("Enter");
  await keyboard.press("Enter");
  await editor.answerHas(/src\/count\.rs:4-6\s+moved to line 6/);
  await cite(editor, "count.rs:4-6").click();
  await editor.at("count.rs", 6);
  await keyboard.press("End");
  await keyboard.type(" let n = 0;");
  await editor.answerHas(/stale: the lines have changed/);
  await editor.answerHas(/1 not valid/);
  // The text of the answer stays where the reader is.
  await editor.answerHas(/counts them/);
});

const HOSTILE = `<script>fetch("http://127.0.0.2:9/script")</script>
<img src="http://127.0.0.2:9/img.png" onerror="document.title = 'run'">
<style>body { display: none }</style><iframe src="http://127.0.0.2:9/frame"></iframe>

![picture](http://127.0.0.2:9/picture.png) ![data](data:image/svg+xml;base64,PHN2Zy8+)
[a command](command:workbench.action.quit) [script](javascript:alert(1)) [file](file:///etc/passwd)
[vscode](vscode://file/etc/passwd) <http://127.0.0.2:9/auto> [ok](https://example.invalid/page)

\`\`\`html "><script>document.title = 'run'</script>
<script>document.title = 'run'</script>
\`\`\`

Turned \u202Earound\u202C, <b onclick="x">bold</b>, &lt;script&gt; and \u001b[31mred\u0007.`;

test("a hostile answer is text: nothing runs, loads or leads away", needs, async (given) => {
  const { editor, endpoint, context } = given;
  const asked = [];
  context.on("request", (request) => asked.push(request.url()));
  const errors = [];
  editor.page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) errors.push(message.text());
  });
  await ask(editor, "<img src=x onerror=alert(1)> \u202Ewho?");
  const call = await endpoint.next();
  call.say(HOSTILE);
  await working(editor, "red");
  call.answer(HOSTILE);
  await editor.answerHas(/Turned/);
  const answer = editor.answer.locator(".answer");
  const text = await editor.answer.locator("body").innerText();
  assert.match(text, /\[U\+202E\]who\?/);
  assert.match(text, /<img src=x onerror=alert\(1\)>/);
  for (const char of "\u202A\u202C\u202E\u0007\u001B") assert.ok(!text.includes(char));
  assert.equal(await answer.locator("script, img, iframe, style, a, svg, b, link, object").count(), 0);
  const on = "[onclick], [onerror], [onload], [style], [src], [href]";
  assert.equal(await answer.locator(on).count(), 0);
  const links = await answer.locator("button.link").evaluateAll((all) => all.map(({ title }) => title));
  assert.ok(
    links.every((link) => /^https?:/.test(link)),
    links.join(" "),
  );
  assert.notEqual(await editor.answer.locator("html").evaluate((html) => html.ownerDocument.title), "run");
  assert.deepEqual(
    asked.filter((url) => url.includes("127.0.0.2")),
    [],
  );
  assert.deepEqual(errors, [], "the policy has nothing to stop");
});

test("an answer is copied as its Markdown", needs, async ({ editor, endpoint }) => {
  const answer = "The function `count` counts **them** (`src/count.rs:4-6`).";
  await ask(editor, "How are words counted?");
  await reply(endpoint, answer);
  await editor.answerHas(/counts them/);
  await button(editor, "Copy as Markdown").click();
  await until("it is in the clipboard", async () =>
    (await editor.page.evaluate("navigator.clipboard.readText()")).includes(answer),
  );
  await button(editor, "Open as Document").click();
  await until("it is a document", async () => (await editor.text()).includes("counts **them**"));
});

test("2,000 pieces of text and an answer of 200 KB are shown whole", needs, async ({ editor, endpoint }) => {
  await editor.show("README.md");
  await ask(editor, "Tell me everything");
  const call = await endpoint.next();
  for (let n = 1; n <= 2000; n += 1) call.say(`Piece ${n} of what the model writes while it works.\n`);
  await working(editor, "Piece 2000 of");
  // The window is still there for other things.
  await editor.command("View: Focus First Editor Group");
  await editor.show("src/count.rs");
  const lines = Array.from(
    { length: 3000 },
    (_, n) => `- line ${n + 1}: some **words** with \`code\`, and what is left of the line.`,
  );
  const answer = `${lines.join("\n")}\n\nThe end of it all.`;
  assert.ok(answer.length > 200_000);
  call.answer(answer);
  await editor.answerHas(/The end of it all\./);
  assert.equal(await editor.answer.locator(".answer li").count(), 3000);
  const whole = await editor.answer.locator("details.working pre").textContent();
  assert.equal(whole.match(/Piece \d+ of/g).length, 2000);
  assert.equal(await article(editor, "Tell me everything").count(), 1);
});
