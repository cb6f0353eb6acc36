// Every way in which a run ends that is no plain answer.
import assert from "node:assert/strict";
import { ask, button, look, reply, working } from "./asking.mjs";
import { test, until } from "./suite.mjs";

const needs = { model: true };

test("Stop ends the run and the request to the model", needs, async ({ editor, endpoint }) => {
  await ask(editor, "How are words counted?");
  const call = await endpoint.next();
  call.say("Let me look");
  await working(editor, "Let me look");
  await button(editor, "Stop").click();
  await until("the request has ended", () => call.gone);
  const text = await editor.answerHas(/Stopped|Cancelled/i);
  assert.doesNotMatch(text, /Failed/);
  assert.equal(await editor.answer.getByRole("status").textContent(), "Stopped");
  assert.equal(await button(editor, "Stop").count(), 0);

  await button(editor, "Ask Again").click();
  const again = await endpoint.next();
  again.say("Once more");
  await working(editor, "Once more");
  await editor.command("Spelunk: Stop");
  await until("the second request has ended", () => again.gone);
  await until(
    "both are stopped",
    async () => (await editor.answer.locator("article.cancelled").count()) === 2,
  );
});

test("Answer Now gives the best answer so far", needs, async ({ editor, endpoint }) => {
  await ask(editor, "How are words counted?");
  (await endpoint.next()).run(look);
  const call = await endpoint.next();
  call.say("I should look further");
  await working(editor, "I should look further");
  await button(editor, "Answer Now").click();
  await until("the work has ended", () => call.gone);
  (await endpoint.next()).done("By `count`, it seems (`src/count.rs:4-6`).");
  await editor.answerHas(/Stopped early/);
  await editor.answerHas(/it seems/);
  assert.match(await editor.answer.locator(".answer button.cite").innerText(), /src\/count\.rs:4-6/);
});

const few = { model: true, settings: { "spelunk.maxTurns": 1 } };
test("a limit gives the best answer so far, and is named", few, async ({ editor, endpoint }) => {
  await ask(editor, "How are words counted?");
  (await endpoint.next()).run(look);
  (await endpoint.next()).done("By `count`, it seems (`src/count.rs:4-6`).");
  const text = await editor.answerHas(/it seems/);
  assert.match(text, /Stopped early: .*1 turn/);
});

test("a refused key is told with the way out, and the question can be asked again", needs, async (given) => {
  const { editor, endpoint } = given;
  await ask(editor, "How are words counted?");
  (await endpoint.next()).refuse(401, "Incorrect API key provided");
  const text = await editor.answerHas(/Failed: .*Incorrect API key provided/);
  assert.match(text, /check the API key/);
  await button(editor, "Ask Again").click();
  await reply(endpoint, "The function `count` counts them (`src/count.rs:4-6`).");
  await editor.answerHas(/counts them/);
});

test("an endpoint that is down is asked again, which is seen, and then given up", needs, async (given) => {
  const { editor, endpoint } = given;
  endpoint.always((call) => {
    call.refuse(500, "The server had an error");
    return true;
  });
  await ask(editor, "How are words counted?");
  await editor.answerHas(/sent again in .*The server had an error/);
  await editor.answerHas(/Failed: .*The server had an error.*gave up after 4 attempts/);
});
