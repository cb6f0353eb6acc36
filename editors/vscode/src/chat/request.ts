// What a request of the chat view asks of the server. No editor in here.
import { EXPLAIN } from "../ask/explain";
import type { Place } from "../protocol";

/** A place in a file, and its words for the model: `src/parse.rs:3-9`. */
export interface Attached {
  at: Place;
  words: string;
}

export interface Requested {
  /** `ask`, `plan` or `explain`; none means `ask`. */
  command: string | undefined;
  prompt: string;
  /** What the person has attached, in order. */
  attached: readonly Attached[];
  /** The selection of the editor, when there is one. */
  selection: Place | undefined;
  /** The place of the cursor, or the selection. */
  here: Place | undefined;
}

export type Wanted =
  | { kind: "ask" | "plan"; text: string; at?: Place }
  /** Nothing can be asked; why, and the way out. */
  | { kind: "nothing"; message: string };

const NOTHING = {
  ask: "Write a question after @spelunk: where something is done, who uses it, what holds across many files.",
  plan: "Write what to change after /plan: rename Parser.next to advance.",
  explain: "Open a file and put the cursor on what is to be explained, or attach it.",
};

/** What is asked. The first range that is attached, else the selection, else the first file, is what "this" means. */
export function wanted({ command, prompt, attached, selection, here }: Requested): Wanted {
  const kind = command === "plan" || command === "explain" ? command : "ask";
  const words = prompt.trim();
  if (!words && kind !== "explain") return { kind: "nothing", message: NOTHING[kind] };
  const ranged = attached.find(({ at }) => at.range);
  const inFile = attached.find(({ at }) => at.uri === selection?.uri);
  const selected = !ranged && (attached.length === 0 || inFile) ? selection : undefined;
  const main = ranged ?? (selected ? inFile : attached[0]);
  const at = selected ?? main?.at ?? (kind === "ask" ? undefined : here);
  if (kind === "explain" && !at && !words) return { kind: "nothing", message: NOTHING.explain };
  const question = kind === "explain" ? [at ? EXPLAIN : "Explain:", words].filter(Boolean).join(" ") : words;
  const others = attached.filter((one) => one !== main).map((one) => one.words);
  const text = others.length > 0 ? `${question}\n\nAttached as well: ${others.join(", ")}` : question;
  return { kind: kind === "plan" ? "plan" : "ask", text, ...(at ? { at } : {}) };
}

/** What the result of a request keeps for the next one. */
export interface Thread {
  conversationId: string;
  runId: string;
}

/** The thread that goes on, of the results so far; what they keep may be anything. */
export function threadOf(metadata: readonly unknown[]): Thread | undefined {
  for (const kept of metadata.toReversed()) {
    if (typeof kept !== "object" || kept === null) continue;
    const { conversationId, runId } = kept as Record<string, unknown>;
    if (typeof conversationId !== "string" || typeof runId !== "string") continue;
    if (conversationId) return { conversationId, runId };
  }
  return undefined;
}
