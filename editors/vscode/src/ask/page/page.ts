// The script of the answer panel: draws what the extension posts.
import type { FromPage, Kept, ToPage } from "../view";
import { Article } from "./article";
import { found } from "./element";
import "./page.css";

interface Api {
  postMessage: (message: FromPage) => void;
  getState: () => unknown;
  setState: (state: Kept & Own) => void;
}
declare const acquireVsCodeApi: () => Api;

/** What the page keeps for itself while it is out of sight. */
interface Own {
  draft: string;
  scroll: number;
}

const api = acquireVsCodeApi();
const articles = new Map<string, Article>();
const kept: Kept & Own = {
  turns: [],
  draft: "",
  scroll: 0,
  ...(api.getState() as Partial<Kept & Own> | undefined),
};
const turns = found("turns", "main");
const box = found("question", "textarea");
const sending = found("send", "button");
const form = found("follow", "form");
const hint = found("hint", "p");
const status = found("status", "p");
let ticking: number | undefined;
let scrolled = kept.scroll;

function send(message: FromPage): void {
  api.postMessage(message);
}

function keep(change: Partial<Kept & Own>): void {
  Object.assign(kept, change);
  api.setState(kept);
}

function add(turn: Extract<ToPage, { kind: "turn" }>["turn"]): void {
  const { runId, question, isPlan } = turn;
  const known = articles.get(runId);
  if (known) known.show(turn);
  else {
    const article = new Article(turn, send);
    articles.set(runId, article);
    turns.append(article.root);
    article.root.scrollIntoView({ block: "start" });
  }
  const others = kept.turns.filter((one) => one.runId !== runId);
  if (others.length === kept.turns.length) keep({ turns: [...others, { runId, question, isPlan }] });
}

function isRunning(): boolean {
  return [...articles.values()].some((article) => article.running);
}

function settle(forgotten: boolean): void {
  const running = isRunning();
  sending.disabled = running;
  form.hidden = articles.size === 0;
  hint.textContent = running
    ? "The next question can be asked when this one has ended."
    : forgotten
      ? "The server no longer remembers this conversation: a follow-up begins a new one."
      : "";
  if (running) ticking ??= window.setInterval(tick, 1000);
  else window.clearInterval(ticking);
  if (!running) ticking = undefined;
}

function tick(): void {
  for (const article of articles.values()) article.tick();
}

function hear(message: ToPage): void {
  switch (message.kind) {
    case "show":
      articles.clear();
      turns.replaceChildren();
      keep({ turns: [] });
      message.turns.forEach(add);
      settle(message.forgotten);
      window.scrollTo(0, scrolled);
      break;
    case "turn":
      add(message.turn);
      settle(message.forgotten);
      status.textContent = message.turn.announcement;
      break;
    case "progress":
      articles.get(message.runId)?.advance(message);
      break;
    case "refused":
      box.value ||= message.question;
      hint.textContent = message.message;
      status.textContent = message.message;
      sending.disabled = isRunning();
      box.focus();
      break;
    case "focus":
      box.focus({ preventScroll: true });
      break;
  }
}

function follow(): void {
  const question = box.value.trim();
  if (!question || sending.disabled) return;
  sending.disabled = true;
  box.value = "";
  keep({ draft: "" });
  send({ kind: "follow", question });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  follow();
});
box.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    follow();
  } else if (event.key === "Escape") {
    // From the box to what was answered last, for reading on by keys.
    [...articles.values()].at(-1)?.root.querySelector("h2")?.focus();
  }
});
box.addEventListener("input", () => {
  keep({ draft: box.value });
});
window.addEventListener("scroll", () => {
  scrolled = window.scrollY;
  keep({ scroll: scrolled });
});
window.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
  hear(data);
});
box.value = kept.draft;
send({ kind: "ready" });
