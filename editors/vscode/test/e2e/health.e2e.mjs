// The status bar's menu, the doctor, and one way to restart.
import assert from "node:assert/strict";
import { two } from "./repository.mjs";
import { test, until } from "./suite.mjs";

test("the menu leads everywhere, and the doctor tells what works", async ({ editor, server }) => {
  await editor.statusIs(/ready/);
  await editor.statusItem.click();
  for (const label of [
    "Ask About",
    "Plan a Refactor",
    "Choose Model",
    "Doctor",
    "Show Log",
    "Restart Server",
  ])
    await editor.quickRows.filter({ hasText: label }).first().waitFor();
  await editor.pick("Doctor");
  await until("the doctor's page", async () => (await editor.tab()) === "Spelunk Doctor");
  assert.match(await editor.text(), /Everything is as it should be|checks failed/);
  assert.match(await editor.text(), /extension +0\.1\.0 in /);
  assert.match(await editor.text(), /index/);

  const [{ pid }] = server.languageServers();
  await editor.command("Spelunk: Restart Server");
  await until("another server runs, and it alone", () => {
    const now = server.languageServers();
    return now.length === 1 && now[0].pid !== pid;
  });
  await editor.statusIs(/ready/);
});

test("many restarts at once leave one server", async ({ editor, server }) => {
  await editor.statusIs(/ready/);
  for (let n = 0; n < 4; n += 1) await editor.command("Spelunk: Restart Server");
  await editor.statusIs(/ready/);
  await until("one server is left", () => server.languageServers().length === 1);
  await editor.command("Spelunk: Ask About This Repository");
  await editor.input("", "where is parse defined?");
  await editor.answerHas(/src\/parse\.rs/);
});

const roots = { repository: two, open: "both.code-workspace" };
test(
  "a window with two folders is one workspace, and citations open in the right one",
  roots,
  async ({ editor, server }) => {
    await editor.statusIs(/ready/);
    assert.equal(server.languageServers().length, 1);
    await editor.command("Spelunk: Ask About This Repository");
    await editor.input("", "where is greet defined?");
    await editor.answerHas(/greetings\/shared\.py:1/);
    await editor.answer
      .getByText(/greetings\/shared\.py:1/)
      .first()
      .click();
    await editor.at("shared.py", 1);
  },
);
