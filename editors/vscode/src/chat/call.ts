// What is said around a call of the tool `spelunk_ask`: before it to the person, after it to the model that asked. No
// editor in here.
import { finding, label } from "../ask/citations";
import { visible } from "../ask/markdown";
import { summary } from "../ask/turn";
import type { AskParams, End, ModelsResult } from "../protocol";
import { escaped, fenced } from "./answer";

/** Items of a list that are told. */
const MOST = 100;

/**
 * The question of a call, whose input a model wrote.
 *
 * @throws an `Error` that says what the input should be
 */
export function questionOf(input: unknown): Pick<AskParams, "question" | "scope"> {
  const { question, scope } = (input ?? {}) as Record<string, unknown>;
  if (typeof question !== "string" || question.trim() === "")
    throw new Error("The input of spelunk_ask needs a `question`: a text that is not empty.");
  if (scope === undefined || scope === null || (Array.isArray(scope) && scope.length === 0))
    return { question };
  const all: unknown[] = Array.isArray(scope) ? scope : [scope];
  const globs = all.filter((glob) => typeof glob === "string");
  if (globs.length < all.length)
    throw new Error("The `scope` of spelunk_ask is a list of texts: folders or globs of the workspace.");
  return { question, scope: globs };
}

/** What the person reads before it is asked, as Markdown; `models` is unknown where the server did not say. */
export function consent(
  { question, scope }: Pick<AskParams, "question" | "scope">,
  models: Pick<ModelsResult, "root" | "leaf" | "error"> | undefined,
): string {
  const where = scope?.length ? `, in ${[scope].flat().map(escaped).join(", ")}` : "";
  // The question comes last: a dialog that shows plain text runs what follows a block of code into it.
  return `${cost(models)}\n\nThe question${where}:\n\n${fenced(question)}`;
}

function cost(models: Pick<ModelsResult, "root" | "leaf" | "error"> | undefined): string {
  if (!models) return "It may cost money, with the model that is chosen for spelunk.";
  if (models.error) return `The model cannot be used: ${escaped(models.error)}`;
  const names = [...new Set([models.root, models.leaf])];
  if (names.every((name) => name === "builtin"))
    return "The planner answers, without a language model: it costs nothing, and nothing leaves the machine.";
  const said = names.map((name) => (name === "editor" ? "the editor's own" : escaped(name))).join(" and ");
  return `It may cost money, and parts of the repository go to the model: ${said}.`;
}

/**
 * What the model is told.
 *
 * @throws an `Error` where there is no answer
 */
export function told(end: End, notes: readonly string[]): { head: string; answer: string; tail: string } {
  if (!end.answer.trim()) throw new Error(`There is no answer: ${visible(end.message)}`);
  const partial =
    end.reason !== "answered" ? `PARTIAL ANSWER, not confirmed: ${visible(end.message)}\n\n` : "";
  const list = (title: string, items: string[]) => {
    const more = items.length > MOST ? [`and ${items.length - MOST} more`] : [];
    return items.length > 0
      ? [`${title}\n${[...items.slice(0, MOST), ...more].map((item) => `- ${visible(item)}`).join("\n")}`]
      : [];
  };
  const tail = [
    ...list(
      "Citations, as a program found them:",
      end.citations.map((cited) => `${label(cited)}: ${finding(cited)}`),
    ),
    ...list(
      "Citations that were not kept:",
      end.dropped.map((one) => `${label(one)}: ${one.reason}`),
    ),
    ...list("Notes:", [...notes]),
    visible(summary(end.model, end.spent, end.seconds)),
  ];
  return { head: partial, answer: visible(end.answer), tail: tail.join("\n\n") };
}

/**
 * Puts a reply together that has at most `budget` tokens, by `count`: first the lists at its end give way, then the end of
 * the answer, and both are said.
 */
export async function fitted(
  { head, answer, tail }: ReturnType<typeof told>,
  budget: number | undefined,
  count: (text: string) => PromiseLike<number>,
): Promise<string> {
  const whole = `${head}${answer}\n\n${tail}`;
  if (budget === undefined || (await count(whole)) <= budget) return whole;
  const bare = `${head}${answer}\n\n[The list of citations was cut: it did not fit.]`;
  if ((await count(bare)) <= budget) return bare;
  const cut = (length: number) =>
    `${head}${answer.slice(0, length)}\n\n[Cut: ${length} of ${answer.length} characters fit. Ask a narrower question.]`;
  let [low, high] = [0, answer.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((await count(cut(middle))) <= budget) low = middle;
    else high = middle - 1;
  }
  // No half of a character that takes two units.
  if (/[\ud800-\udbff]/.test(answer.charAt(low - 1))) low -= 1;
  return cut(low);
}
