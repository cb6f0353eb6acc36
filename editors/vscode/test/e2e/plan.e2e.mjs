// Plans: from the request to what is applied and taken back, by the view, the preview and the files.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { out } from "./editor.mjs";
import { commit, git, twenty, write } from "./repository.mjs";
import { test, until } from "./suite.mjs";

/** Asks for a plan. */
async function ask(editor, request) {
  await editor.views();
  await editor.command("Spelunk: Plan a Refactor");
  await editor.input("Nothing is changed", request);
}

/** Has `builtin` plan, and gives the row of the plan. */
async function planned(editor, request = "rename greet to welcome") {
  await ask(editor, request);
  const row = editor.rows("Plans", request).first();
  await row.waitFor();
  return row;
}

/** The refactor preview, once it is shown. */
async function preview(editor) {
  const panel = editor.page.locator(".bulk-edit-panel, .refactor-preview").first();
  await panel.waitFor();
  await panel.locator(".monaco-list-row").first().waitFor();
  return panel;
}

/** The boxes of the refactor preview. */
const boxes = (panel, ticked) => panel.locator(`.edit-checkbox[aria-checked="${ticked}"]`);

async function end(panel, button) {
  await panel.getByText(button, { exact: true }).click();
  await panel.waitFor({ state: "hidden" });
}

const changed = (folder) => git(folder, "status", "--porcelain").split("\n").filter(Boolean).length;
const text = (folder, path) => readFileSync(join(folder, path), "utf8");
const ticked = async (row) =>
  (await row.locator(".custom-view-tree-node-item-checkbox").getAttribute("aria-checked")) === "true";

test(
  "a rename over 20 files is previewed, discarded, applied and undone",
  { repository: twenty },
  async ({ editor, folder }) => {
    const row = await planned(editor);
    assert.match(await row.innerText(), /1 step · 21 files/);
    await editor.act(row, "Preview and Apply Plan");
    await end(await preview(editor), "Discard");
    assert.equal(changed(folder), 0);

    await editor.act(row, "Preview and Apply Plan");
    const panel = await preview(editor);
    assert.equal(await boxes(panel, false).count(), 0);
    assert.notEqual(await boxes(panel, true).count(), 0);
    await end(panel, "Apply");
    await until("the files are changed", () => changed(folder) === 21);
    assert.match(text(folder, "part/file07.py"), /welcome\("part 7"\)/);
    await until("the plan says so", async () => /applied/.test(await row.innerText()));
    await editor.choose(await editor.notification("applied: 21 files"), "Undo");
    await editor.notification("The plan was taken back");
    await until("the files are as before", () => changed(folder) === 0);
    await until("the plan can be applied again", async () => !/applied|stale/.test(await row.innerText()));
  },
);

test("a patch is copied that git applies", { repository: twenty }, async ({ editor, folder }) => {
  await planned(editor);
  await editor.command("Spelunk: Copy Plan as Patch");
  await editor.notification("The patch is in the clipboard");
  const patch = await editor.page.evaluate(() => globalThis.navigator.clipboard.readText());
  execFileSync("git", ["apply", "--check", "-"], { cwd: folder, input: patch });
  execFileSync("git", ["apply", "-"], { cwd: folder, input: patch });
  assert.equal(changed(folder), 21);
});

const STEPS = `
  plan.step("Say it louder", "people asked for it"); plan.replace("part/file01.py", "part 1", "PART 1");
  plan.step("Build", "to be quick"); plan.create("build.rs", "fn main() {}\\n");
  plan.step("Say it twice", "some did not hear it"); plan.replace("part/file02.py", "part 2", "part 2, part 2");
  plan.step("Whisper", "at night"); plan.replace("part/file03.py", "part 3", "psst 3");`;

/** Has a model plan those steps, and gives the row of the plan. */
async function steps({ editor, endpoint }) {
  await ask(editor, "tidy up");
  (await endpoint.next()).run(STEPS);
  endpoint.always((call) => {
    call.answer("Done.");
    return true;
  });
  const row = editor.rows("Plans", "tidy up").first();
  await row.waitFor();
  return row;
}

const model = { repository: twenty, model: true, theme: "Default Light Modern" };

test("steps are dropped, stale ones are seen, and executed files wait for a tick", model, async (given) => {
  const { editor, folder } = given;
  const row = await steps(given);
  assert.match(await row.innerText(), /4 steps · 4 files/);
  const rows = (words) => editor.rows("Plans", words).first();
  assert.equal(await ticked(rows("1. Say it louder")), true);
  assert.equal(await ticked(rows("build.rs")), false);

  await rows("file01.py").click();
  await until("the change is shown", async () => {
    const tab = await editor.page.locator(".tab.active").innerText();
    if (!/file01\.py\s*\(planned\)/.test(tab)) throw new Error(JSON.stringify(tab));
    return true;
  });
  await until("both sides are there", async () => {
    const sides = await editor.page.locator(".monaco-diff-editor .view-lines").allInnerTexts();
    return sides.some((side) => side.includes("PART")) && sides.some((side) => side.includes("part"));
  });

  await editor.act(rows("4. Whisper"), "Drop Step");
  await rows("4. Whisper").waitFor({ state: "detached" });
  await until("it is counted", async () => /1 dropped/.test(await row.innerText()));

  const edited = `import os\n${text(folder, "part/file02.py")}`;
  write(folder, { "part/file02.py": edited });
  await until("step 3 is seen to be stale", async () =>
    /stale/.test(await rows("3. Say it twice").innerText()),
  );
  assert.match(await row.innerText(), /stale/);

  await editor.act(row, "Preview and Apply Plan");
  await editor.choose(await editor.dialog("went stale"), "Leave That Step Out");
  const panel = await preview(editor);
  // What a tool executes is there, and not ticked.
  await boxes(panel, false).first().waitFor();
  await boxes(panel, true).first().waitFor();
  await until("that step is not ticked", async () => !(await ticked(rows("3. Say it twice"))));
  await editor.picture(out("plan-light.png"));
  await end(panel, "Apply");
  await until("the plan says so", async () => /applied/.test(await row.innerText()));
  // VS Code leaves it to the person to save a single file.
  const tab = editor.page.locator(".tab").filter({ hasText: "file01.py", hasNotText: "planned" });
  await tab.first().click();
  await until("the file is changed", async () => /PART 1/.test(await editor.text()));
  assert.equal(existsSync(join(folder, "build.rs")), false);
  assert.match(text(folder, "part/file03.py"), /part 3/);
  assert.equal(text(folder, "part/file02.py"), edited);
});

/** A function with mentions in a text, which may mean it. */
const mentions = (folder) => {
  write(folder, {
    "shared.py": "def greet(name):\n    return name\n",
    "use.py": 'from shared import greet\n\ndef f():\n    return greet("x")\n',
    "README.md": '# greetings\n\nCall greet() first.\n\nThen greet again: `greet("you")`.\n',
  });
  commit(folder);
  return folder;
};

test(
  "a doubtful place is changed when it is ticked",
  { repository: mentions },
  async ({ editor, folder }) => {
    const row = await planned(editor);
    const [first, second] = [
      editor.rows("Plans", "README.md:3").first(),
      editor.rows("Plans", "README.md:5").first(),
    ];
    assert.deepEqual([await ticked(first), await ticked(second)], [false, false]);
    await second.click();
    await editor.at("README.md", 5);
    await second.locator(".custom-view-tree-node-item-checkbox").click();
    await until("it is ticked", () => ticked(second));
    await editor.act(row, "Preview and Apply Plan");
    await end(await preview(editor), "Apply");
    await until("the text is changed", () => /`welcome\("you"\)`/.test(text(folder, "README.md")));
    assert.match(text(folder, "README.md"), /Call greet\(\) first/);
    assert.match(text(folder, "use.py"), /import welcome/);
    await editor.choose(await editor.notification("applied"), "Undo");
    await until("all of it is taken back", () => changed(folder) === 0);
  },
);

test("a plan that must not be applied says why", { repository: mentions }, async ({ editor, folder }) => {
  const row = await planned(editor, "rename greet to f");
  assert.match(await row.innerText(), /cannot be applied/);
  await editor.rows("Plans", "was another thing before").first().waitFor();
  await row.hover();
  assert.equal(await row.locator('.action-label[aria-label^="Preview"]').count(), 0);
  await row.click();
  await editor.command("Spelunk: Preview and Apply Plan");
  await editor.notification("The plan cannot be applied");
  assert.equal(changed(folder), 0);
});

test(
  "open plans are there again after the window was reloaded",
  { repository: twenty },
  async ({ editor }) => {
    await planned(editor);
    await editor.reload();
    await editor.views();
    const row = editor.rows("Plans", "rename greet to welcome").first();
    await row.click({ button: "right" });
    await editor.menu("Open Plan as a Page");
    await editor.answerHas(/Plan: rename greet to welcome/);
    await editor.picture(out("plan-page.png"));
    await editor.commandPick("Spelunk: Open Plan as a Page", "rename greet to welcome");
    await until("it is in the view once", async () => {
      const texts = await editor.rows("Plans").allInnerTexts();
      const count = texts.filter((text) => text.includes("rename greet to welcome")).length;
      if (count !== 1) throw new Error(JSON.stringify(texts));
      return true;
    });
  },
);

const verify = { repository: mentions, settings: { "spelunk.verify": "grep -q welcome use.py" } };

test("a plan is verified once the person has said yes", verify, async ({ editor, folder }) => {
  const row = await planned(editor);
  await editor.act(row, "Verify Plan");
  const dialog = await editor.dialog("grep -q welcome use.py");
  assert.match(await dialog.innerText(), /without the network/);
  await editor.choose(dialog, "Verify");
  await editor.choose(await editor.notification("The plan passes"), "Open Output");
  await until("the output is shown", async () => /grep -q welcome/.test(await editor.text()));
  await editor.rows("Plans", "Verified: grep").first().waitFor();
  assert.equal(changed(folder), 0);
});

test(
  "in a folder that is not trusted, builtin plans and nothing is run",
  { ...verify, trust: true },
  async ({ editor }) => {
    const row = await planned(editor);
    await editor.act(row, "Verify Plan");
    await editor.notification("only verified in a trusted folder");
  },
);
