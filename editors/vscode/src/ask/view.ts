// What the page of the answer panel shows, and the messages between it and the extension. No editor in here.
import type { Cited, End } from "../protocol";

/** Texts are shown as they are, apart from `html`, which the extension has rendered. */
export interface TurnView {
  runId: string;
  question: string;
  isPlan: boolean;
  state: "running" | End["reason"] | "lost";
  /** Milliseconds since 1970. */
  started: number;
  /** What it is doing. */
  doing: string;
  /** Model, turns, calls, money. */
  spent: string;
  /** What the root model has written while it worked. */
  working: string;
  notes: string[];
  /** Of a run that has ended: how, where that is more than an answer. */
  message: string;
  html: string;
  citations: CitationView[];
  dropped: { label: string; reason: string }[];
  /** Whether the same can be asked again. */
  again: boolean;
  /** For screen readers, when it comes. */
  announcement: string;
}

export interface CitationView {
  label: string;
  status: Cited["status"];
  sign: string;
  finding: string;
  /** Whether it can be opened. */
  opens: boolean;
}

export type ToPage =
  /** All of it, in place of what was there. */
  | { kind: "show"; turns: TurnView[]; forgotten: boolean }
  /** One turn that is new or not as it was. */
  | { kind: "turn"; turn: TurnView; forgotten: boolean }
  /** What a run is doing: its text is what stands up to `at`, and then `text`. */
  | {
      kind: "progress";
      runId: string;
      doing: string;
      spent: string;
      notes: string[];
      at: number;
      text: string;
    }
  /** A follow-up that did not become a run: it goes back into the box. */
  | { kind: "refused"; question: string; message: string }
  | { kind: "focus" };

export type FromPage =
  | { kind: "ready" }
  | { kind: "follow"; question: string }
  | { kind: "cite" | "link"; runId: string; index: number }
  | { kind: (typeof ACTIONS)[number]; runId: string };

const ACTIONS = ["stop", "answerNow", "copy", "document", "plan", "again", "trace"] as const;

/** What the page keeps for a window that is loaded again. */
export interface Kept {
  turns: { runId: string; question: string; isPlan: boolean }[];
}

/** Characters of a question; the server refuses longer ones as well. */
const MOST_QUESTION = 100_000;
const MOST_TURNS = 200;

/** A message of the page, which can send anything; `undefined` for what is none. */
export function fromPage(message: unknown): FromPage | undefined {
  if (!isObject(message)) return undefined;
  const { kind, question, runId, index } = message;
  if (kind === "ready") return { kind };
  if (kind === "follow") return isText(question, MOST_QUESTION) ? { kind, question } : undefined;
  if (!isRunId(runId)) return undefined;
  if (kind === "cite" || kind === "link")
    return typeof index === "number" && Number.isInteger(index) && index >= 0
      ? { kind, runId, index }
      : undefined;
  const action = ACTIONS.find((action) => action === kind);
  return action && { kind: action, runId };
}

/** What a page has kept, which can be anything. */
export function fromKept(state: unknown): Kept {
  const turns = isObject(state) && Array.isArray(state["turns"]) ? (state["turns"] as unknown[]) : [];
  const sound = turns.flatMap((turn) => {
    if (!isObject(turn)) return [];
    const { runId, question, isPlan } = turn;
    if (!isRunId(runId) || typeof question !== "string") return [];
    return [{ runId, question: question.slice(0, MOST_QUESTION), isPlan: isPlan === true }];
  });
  return { turns: sound.slice(-MOST_TURNS) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isText(value: unknown, most: number): value is string {
  return typeof value === "string" && value.trim() !== "" && value.length <= most;
}

function isRunId(value: unknown): value is string {
  return typeof value === "string" && /^[\w-]{1,100}$/.test(value);
}
