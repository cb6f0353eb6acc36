// Choosing a model, and keys that lie in the secret storage and nowhere else.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test, until } from "./suite.mjs";

const KEY = "sk-never-in-a-file-1234567890";
const providers = ({ endpoint }) => ({
  "spelunk.providers": { openai: { baseUrl: endpoint.url, allowHttp: true } },
  "spelunk.plainBelow": 0,
  "spelunk.orientation": false,
  "spelunk.trace.server": "verbose",
});

/** Asks a question and waits for the answer panel. */
async function ask(editor, question) {
  await editor.command("Spelunk: Ask About This Repository");
  await editor.input("", question);
}

/** Files below a folder that have a text in them. */
function having(folder, text) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => {
      try {
        return statSync(path).isFile() && readFileSync(path).includes(text);
      } catch {
        return false;
      }
    });
}

test("a key is kept secret, a model is chosen, and both are used", { settings: providers }, async (given) => {
  const { editor, endpoint, server } = given;
  await editor.statusIs(/Model: builtin/);
  await editor.command("Spelunk: Set a Provider's Key");
  await editor.pick("openai");
  await editor.input("sent only to", KEY);
  await until("the key is taken", async () => (await editor.quick.count()) === 0);
  await editor.command("Spelunk: Choose Model");
  await editor.pick("openai/scripted-mini");
  await editor.pick("Same as the root model");
  await editor.statusIs(/Model: openai\/scripted-mini/);
  assert.equal(editor.settings("Machine")["spelunk.model"], "openai/scripted-mini");
  assert.equal(editor.settings("Machine")["spelunk.leafModel"], undefined);

  await ask(editor, "what is this?");
  const call = await endpoint.next();
  assert.equal(call.body.model, "scripted-mini");
  assert.equal(call.headers.authorization, `Bearer ${KEY}`);
  call.answer("It counts words.");
  await editor.answerHas(/It counts words/);

  // Not even a log of all messages has it.
  await editor.command("Developer: Set Log Level...");
  await editor.pick("Spelunk");
  await editor.pick("Trace");
  await editor.command("Spelunk: Restart Server");
  await until("messages are logged", () => /"?providers"?/.test(server.log()));
  await editor.statusIs(/ready/);
  assert.deepEqual(having(server.home, KEY), []);

  await editor.command("Spelunk: Remove a Provider's Key");
  await editor.pick("openai");
  await editor.statusIs(/ready/);
  await ask(editor, "and now?");
  assert.equal((await endpoint.next()).headers.authorization, undefined);
});

test("choosing a model without a key asks for it, and nothing changes when there is none", async ({
  editor,
}) => {
  await editor.statusIs(/Model: builtin/);
  await editor.command("Spelunk: Choose Model");
  await editor.pick("Set a key for anthropic");
  await until(
    "the key is typed unseen",
    async () => (await editor.quickBox.getAttribute("type")) === "password",
  );
  await editor.page.keyboard.press("Escape");
  await until("the choice is over", async () => (await editor.quick.count()) === 0);
  assert.equal(editor.settings("Machine")["spelunk.model"], undefined);
  await editor.statusIs(/Model: builtin/);
});

test(
  "the environment wins, and that is said",
  { env: { SPELUNK_MODEL: "builtin" }, settings: providers },
  async (given) => {
    const { editor } = given;
    await editor.statusIs(/Model: builtin/);
    await editor.command("Spelunk: Choose Model");
    await until("it is said before the choice", async () =>
      /SPELUNK_MODEL/.test((await editor.quickBox.getAttribute("placeholder")) ?? ""),
    );
    await editor.pick("ollama: type");
    await editor.input("name of the model", "some");
    await editor.pick("Same as the root model");
    await editor.notification("wins over what is chosen here");
    await editor.statusIs(/Model: builtin/);
  },
);

const inSettings = (given) => {
  const { "spelunk.providers": table, ...rest } = providers(given);
  return {
    ...rest,
    "spelunk.model": "openai/scripted",
    "spelunk.providers": { openai: { ...table.openai, key: KEY } },
  };
};
test(
  "a key in a settings file is not used before it is moved to the secret storage",
  { settings: inSettings },
  async (given) => {
    const { editor, endpoint, server } = given;
    const toast = await editor.notification("no place for a key");
    await editor.statusIs(/Model: openai/);
    await editor.choose(toast, "Move to Secret Storage");
    await until(
      "it is out of the settings",
      () => !("key" in editor.settings("Machine")["spelunk.providers"].openai),
    );
    await ask(editor, "what is this?");
    const call = await endpoint.next();
    assert.equal(call.headers.authorization, `Bearer ${KEY}`);
    call.answer("Words.");
    await editor.answerHas(/Words\./);
    assert.deepEqual(
      having(server.home, KEY).filter((path) => !/History/.test(path)),
      [],
    );
  },
);
