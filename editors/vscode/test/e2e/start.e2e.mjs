// How the server is started, what is said when it cannot be, and how often it is started again.
import assert from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { small, write } from "./repository.mjs";
import { test, until } from "./suite.mjs";

/** A program that says it is the server, and then does something else. */
function program(folder, script) {
  const path = join(folder, "program");
  writeFileSync(path, `#!/bin/sh\nif [ "$1" = --version ]; then echo spelunk 0.1.0; exit; fi\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

const open = "w";
const repository = (folder) => {
  write(folder, { "w/.keep": "" });
  return small(join(folder, open));
};
const crashing = ({ folder }) => ({
  "spelunk.server.path": program(
    folder,
    `echo began >> ${join(folder, "begun")}; echo "no more memory" >&2; exit 101`,
  ),
});

test(
  "a server that crashes at its start is told of once, and another is started when the setting changes",
  {
    open,
    repository,
    settings: crashing,
  },
  async ({ editor, server, folder }) => {
    const toast = await editor.notification("does not start (exit code 101: no more memory)");
    for (const button of ["Restart", "Show Log", "Open Settings"])
      await toast.locator(".monaco-text-button").filter({ hasText: button }).first().waitFor();
    await editor.statusIs(/no more memory/);
    assert.equal((await editor.notifications()).length, 1);
    assert.equal(readFileSync(join(folder, "begun"), "utf8"), "began\n");

    await editor.command("Spelunk: Doctor");
    await until("the doctor's page", async () => (await editor.tab()) === "Spelunk Doctor");
    assert.match(await editor.text(), /FAILS +server/);

    const settings = editor.settings("Machine");
    delete settings["spelunk.server.path"];
    writeFileSync(server.settingsFile("Machine"), JSON.stringify(settings));
    await editor.statusIs(/ready/);
  },
);

test("a server that is killed comes back, but not for ever", async ({ editor, server }) => {
  /** Waits until the server runs for the so many-th time. */
  const runs = async (times) => {
    await until("a server runs", () => server.log().split("The server runs").length > times);
    await editor.statusIs(/ready/);
  };
  const kill = async () => {
    const { pid } = await until("its process", () => server.languageServers()[0]);
    process.kill(pid, "SIGKILL");
    await until("it is gone", () => !server.languageServers().some((one) => one.pid === pid));
  };
  for (let times = 1; times <= 4; times += 1) {
    await runs(times);
    await kill();
  }
  await runs(5);
  await editor.command("Spelunk: Ask About This Repository");
  await editor.input("", "where is parse defined?");
  await editor.answerHas(/src\/parse\.rs/);
  await kill();
  await editor.notification("ended too often to be started again by itself");
  await editor.statusIs(/ended too often/);
  await editor.command("Spelunk: Restart Server");
  await editor.statusIs(/ready/);
});

const wrong = { "spelunk.maxTurns": "many" };
test("a setting that cannot be used is named", { settings: wrong }, async ({ editor }) => {
  await editor.notification("maxTurns");
});

const setting = (folder) => {
  small(folder);
  write(folder, {
    ".vscode/settings.json": '{ "spelunk": { "server.path": "/evil" }, "spelunk.model": "openai/evil" }',
  });
};
test(
  "a workspace's settings of the machine are told of once",
  { repository: setting },
  async ({ editor }) => {
    await editor.notification("This workspace sets spelunk.model and spelunk.server.path");
    await editor.statusIs(/Model: builtin/);
    await editor.reload();
    await editor.statusIs(/ready/);
    assert.deepEqual(await editor.notifications(), []);
  },
);
