// Asking, as a person does it, and answering, as a model does.
import { until } from "./suite.mjs";

/** Asks a question about the repository by the command palette. */
export async function ask(editor, question) {
  await editor.command("Spelunk: Ask About This Repository");
  await editor.input("Your question", question);
}

/** Code that looks at the little library, so that lines of it can be cited. */
export const look = "for (const { path } of repo.files()) console.log(repo.text({ path }))";

/** Takes a run's next two calls: the first looks at the files, the second answers. Gives the first one. */
export async function reply(endpoint, markdown) {
  const first = await endpoint.next();
  first.run(look);
  (await endpoint.next()).answer(markdown);
  return first;
}

/** The article of a question in the answer panel. */
export const article = (editor, question) => editor.answer.locator("article", { hasText: question });

/** A button of the answer panel, by its name. */
export const button = (editor, name) => editor.answer.getByRole("button", { name, exact: true });

/** The box for follow-ups. */
export const box = (editor) => editor.answer.getByRole("textbox", { name: "Follow-up question" });

/** Waits until the model's text is shown while it works. */
export function working(editor, text) {
  const shown = editor.answer.locator("article details.working").last();
  return until(`"${text}" is shown`, async () => (await shown.innerText({ timeout: 2000 })).includes(text));
}
