// Plans: from the request to what is applied and taken back, by the view, the preview and the files.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { out } from "./editor.mjs";
import { git, twenty } from "./repository.mjs";
import { test, until } from "./suite.mjs";

/** Has a rename over all files planned, and gives the row of the plan. */
async function planned(editor, request = "rename greet to welcome") {
  await editor.views();
  await editor.command("Spelunk: Plan a Refactor");
  await editor.input("Nothing is changed", request);
  const row = editor.rows("Plans", request).first();
  await row.waitFor();
  return row;
}

const changed = (folder) => git(folder, "status", "--porcelain").split("\n").filter(Boolean).length;

test(
  "a rename over 20 files is previewed, applied and undone",
  { repository: twenty },
  async ({ editor, folder }) => {
    const row = await planned(editor);
    assert.match(await row.innerText(), /1 step · 21 files/);
    await editor.picture(out("plan.png"));
    await editor.act(row, "Preview and Apply Plan");
    const preview = editor.page.locator(".refactor-preview, .bulk-edit-panel").first();
    await preview.waitFor();
    await editor.picture(out("plan-preview.png"));
    assert.equal(changed(folder), 0);
    await preview.getByText("Discard", { exact: true }).click();
    await preview.waitFor({ state: "hidden" });
    assert.equal(changed(folder), 0);
    await editor.act(row, "Preview and Apply Plan");
    await preview.getByText("Apply", { exact: true }).click();
    await until("the files are changed", () => changed(folder) === 21);
    assert.match(readFileSync(join(folder, "part/file07.py"), "utf8"), /welcome\("part 7"\)/);
    await editor.notification("applied: 21 files");
    await editor.picture(out("plan-applied.png"));
  },
);
