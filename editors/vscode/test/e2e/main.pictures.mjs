// The pictures of the main states, in light and dark: `npm run pictures`. Those that README.md shows go to media/.
import { join } from "node:path";
import { out } from "./editor.mjs";
import { parcels } from "./parcels.mjs";
import { test, until } from "./suite.mjs";

const shown = ["answer-dark", "asking-light", "runs-dark", "plan-light", "models-dark"];
const media = join(import.meta.dirname, "../../media");

const ASK = "Spelunk: Ask About This Repository";
const QUESTION = "What happens to a job that keeps failing?";

const CODE = `const files = repo.files("src/{jobs,store}/*.ts");
for (const { path } of files) console.log(repo.read(path));
const parts = await llmAll(files.map(({ path }) => ({
  prompt: "What does this file do with jobs that fail?",
  data: repo.read(path),
})));
console.log(parts.map(({ value }) => value).join("\\n"));`;

/** What is said of a file, by a word of its text. */
const REPLIES = {
  "const waiting": "Counts the attempt and puts it back",
  "const MOST": "Says how long to wait, and when to stop",
  "const tables": "Stores rows",
  "function bury": "Stores those that are given up",
  "function notify": "Makes jobs",
  "interface Parcel": "Describes a parcel",
};

const ANSWER = `A job that fails is tried **five times**, then it is kept aside for a person to look at.

1. \`work\` catches what the job throws and counts the attempt (\`src/jobs/queue.ts:22-26\`).
2. Below five attempts it goes back into the queue after a \`delay\` that doubles each time, a minute at most (\`src/jobs/retry.ts:5-8\`).
3. At five, \`exhausted\` says so (\`src/jobs/retry.ts:10-12\`) and \`bury\` stores it in the table \`graves\` with its error (\`src/store/graves.ts:5-7\`).

\`\`\`ts
if (exhausted(job)) await bury(job, error);
else setTimeout(() => enqueue(job), delay(job.attempts));
\`\`\`

Nothing reads \`graves\`, and a delayed job lives only in memory: a restart loses it.`;

/** The model of the pictures is a name; the endpoint answers. */
const settings = ({ endpoint }) => {
  endpoint.models = ["gpt-5", "gpt-5-mini", "gpt-5-nano"];
  return {
    "spelunk.model": "openai/gpt-5-mini",
    "spelunk.providers": { openai: { baseUrl: endpoint.url, allowHttp: true } },
    "spelunk.plainBelow": 0,
    "spelunk.orientation": false,
    "workbench.layoutControl.enabled": false,
    "window.commandCenter": false,
    "editor.minimap.enabled": false,
  };
};

/** Makes room in the side bar. */
async function widen({ page }) {
  const { x, width } = await page.locator(".part.sidebar").boundingBox();
  await page.mouse.move(x + width, 300);
  await page.mouse.down();
  await page.mouse.move(x + width + 110, 300, { steps: 4 });
  await page.mouse.up();
}

async function ask(editor, question) {
  await editor.command(ASK);
  await editor.input("Your question", question);
}

for (const [mode, theme] of [
  ["dark", "Default Dark Modern"],
  ["light", "Default Light Modern"],
]) {
  const needs = { repository: parcels, theme, settings, seconds: 300 };
  const take = async (editor, name) => {
    const file = `${name}-${mode}`;
    await editor.picture(shown.includes(file) ? join(media, `${file}.png`) : out(`${file}.png`));
  };

  test(`pictures, ${mode}`, needs, async ({ editor, endpoint }) => {
    await editor.statusIs(/ready/);
    await editor.show("src/jobs/queue.ts");
    await ask(editor, QUESTION);
    const first = await endpoint.next();
    first.say("I read what runs jobs and what keeps them, and ask about each file.").run(CODE);
    endpoint.always((call) => {
      if (!/does this file do with jobs/.test(call.text) || /I read what runs/.test(call.text)) return false;
      call.done(Object.entries(REPLIES).find(([has]) => call.text.includes(has))?.[1] ?? "Nothing.");
      return true;
    });
    const second = await until("the second turn", () =>
      endpoint.calls.find((call) => call !== first && /I read what runs/.test(call.text)),
    );
    second.say(
      "Jobs are retried in `src/jobs/retry.ts` and given up in `src/store/graves.ts`. Now the answer, with the lines.",
    );
    await editor.answer.locator("details.working").evaluate((one) => (one.open = true));
    await editor.answerHas(/Now the answer, with the lines/);
    await take(editor, "asking");

    second.answer(ANSWER);
    await editor.answerHas(/4 citations/);
    await editor.answer.locator("details.working").evaluate((one) => (one.open = false));
    await editor.answer.locator(".answer button.cite", { hasText: "src/jobs/queue.ts:22-26" }).click();
    await editor.at("queue.ts", 22);
    await take(editor, "answer");

    await editor.views();
    await widen(editor);
    const runs = (words) => editor.rows("Runs", words).first();
    await editor.unfold(runs(QUESTION));
    await editor.unfold(runs("Turn 1"));
    await editor.unfold(runs("calls"));
    await runs("const files").click();
    await until("the code is shown", async () => /llmAll/.test(await editor.text()));
    await take(editor, "runs");

    await editor.command("View: Close All Editors");
    await editor.command("Spelunk: Choose Model");
    await editor.quickRows.filter({ hasText: "gpt-5-nano" }).first().waitFor();
    await take(editor, "models");
    await editor.page.keyboard.press("Escape");
    await editor.statusItem.click();
    await editor.quickRows.filter({ hasText: "Doctor" }).first().waitFor();
    await take(editor, "menu");
  });

  const builtin = { ...needs, settings: (given) => ({ ...settings(given), "spelunk.model": "builtin" }) };
  test(`pictures of a plan, ${mode}`, builtin, async ({ editor }) => {
    await editor.views();
    await widen(editor);
    await editor.command("Spelunk: Plan a Refactor");
    await editor.input("Nothing is changed", "rename quote to priceOf");
    const row = editor.rows("Plans", "rename quote").first();
    await editor.act(row, "Preview and Apply Plan");
    const panel = editor.page.locator(".bulk-edit-panel, .refactor-preview").first();
    const change = panel.locator(".monaco-list-row").filter({ hasText: "routes" }).first();
    await change.click();
    await editor.page.locator(".monaco-diff-editor .view-line").first().waitFor();
    await take(editor, "plan");
  });

  test(`pictures of a folder that is not trusted, ${mode}`, { ...needs, trust: true }, async ({ editor }) => {
    await editor.statusIs(/not trusted/);
    await editor.show("src/jobs/queue.ts");
    await ask(editor, "who calls enqueue?");
    await editor.answerHas(/enqueue has/);
    await take(editor, "untrusted");
  });
}
