// One question of a conversation, and how it is shown. No editor in here.
import { count, money } from "../amounts";
import type { End, RunNotice, Spent } from "../protocol";
import { isCall, type Agent, type Asked, Run } from "../runs/run";
import { finding, label } from "./citations";
import { rendered, SIGNS, visible, type Rendered } from "./markdown";
import type { CitationView, TurnView } from "./view";

export class Turn {
  /** What is known of it from notices: of runs of this session, and of those whose record was read. */
  run: Run | undefined;
  /** How it ended, with its citations as they were found last. */
  end: End | undefined;
  /** Why nothing can be shown of it. */
  lost = "";
  private page: (Rendered & { of: End }) | undefined;

  constructor(
    readonly runId: string,
    private readonly asked: string,
    readonly isPlan: boolean,
  ) {}

  static of(run: Run): Turn {
    const turn = new Turn(run.runId, run.question, run.isPlan);
    turn.run = run;
    turn.end = run.end;
    return turn;
  }

  get question(): string {
    return this.asked || (this.run?.question ?? "");
  }

  /** What to ask to have it once more: nothing while it runs, and of a record, which does not say the place. */
  get again(): Asked | undefined {
    return this.end?.reason === "failed" || this.end?.reason === "cancelled" ? this.run?.asked : undefined;
  }

  get running(): boolean {
    return !this.end && !this.lost;
  }

  /** The answer as HTML, rendered once for every state of its citations. */
  get rendered(): Rendered {
    if (!this.end) return { html: "", links: [] };
    if (this.page?.of !== this.end) {
      const text = this.end.plan?.markdown ?? this.end.answer;
      this.page = { ...rendered(text, this.end.citations), of: this.end };
    }
    return this.page;
  }

  view(): TurnView {
    const { run, end } = this;
    const citations = (end?.citations ?? []).map((cited): CitationView => ({
      label: visible(label(cited)),
      status: cited.status,
      sign: SIGNS[cited.status],
      finding: visible(finding(cited)),
      opens: cited.location !== undefined,
    }));
    return {
      runId: this.runId,
      question: visible(this.question),
      isPlan: this.isPlan,
      state: this.lost ? "lost" : (end?.reason ?? "running"),
      started: run?.started ?? Date.now(),
      ...(run ? progress(run) : { doing: "Reading the record of this run", notes: [] }),
      spent: summary(end?.model ?? run?.model ?? "", end?.spent ?? run?.spent, end?.seconds),
      working: run ? working(run) : "",
      message: visible(this.lost || (end && end.reason !== "answered" ? end.message : "")),
      html: this.rendered.html,
      citations,
      dropped: (end?.dropped ?? []).map((one) => ({
        label: visible(label(one)),
        reason: visible(one.reason),
      })),
      again: this.again !== undefined,
      announcement: this.running ? "Working on the question" : visible(announcement(this.lost, end)),
    };
  }
}

/** What is told of a run while it is under way. */
export function progress(run: Run): Pick<TurnView, "doing" | "spent" | "notes"> {
  return {
    doing: visible(doing(run)),
    spent: summary(run.model, run.spent),
    notes: run.notes.map(visible),
  };
}

/** What a run is doing now, in one line. */
function doing(run: Run): string {
  const agents = [...run.agents.values()].filter((agent) => !agent.ended);
  const child = agents.findLast((agent) => agent.agent > 0 && agent.turns.length > 0);
  const last = (agent: Agent | undefined) => agent?.turns.at(-1)?.looking.at(-1);
  const looking = last(child) ?? last(run.agents.get(0));
  const turn = run.turn > 0 ? `Turn ${run.turn}` : "Starting";
  const children = agents.length - 1;
  return [turn, children > 0 ? count(children, "child", "children") : "", looking]
    .filter(Boolean)
    .join(" · ");
}

/** What the root model has written, over all turns of the run's own agent. */
export function working(run: Run): string {
  const steps = run.agents.get(0)?.turns.flatMap((turn) => turn.steps) ?? [];
  const texts = steps.flatMap((step) =>
    isCall(step) && step.role === "root" && step.text ? [step.text] : [],
  );
  return visible(texts.join("\n\n"));
}

/** From where on two texts differ. */
export function common(before: string, after: string): number {
  if (after.startsWith(before)) return before.length;
  let at = 0;
  while (at < before.length && before[at] === after[at]) at += 1;
  return at;
}

/** `openai/gpt-5 · 3 turns · 12 calls · $0.04 · 8 s` */
export function summary(model: string, spent: Spent | undefined, seconds?: number): string {
  const parts = [model];
  if (spent) parts.push(counted(spent.turns, "turn"), counted(spent.calls, "call"), price(spent));
  if (seconds !== undefined) parts.push(duration(seconds));
  return parts.filter(Boolean).join(" · ");
}

/** What a run has cost; empty where no price is known. */
export function price({ usd, unpriced }: Pick<Spent, "usd" | "unpriced">): string {
  if (unpriced > 0 && usd === 0) return "";
  return unpriced > 0 ? `at least ${money(usd)}` : money(usd);
}

/** `8 s`, `2 min 5 s` */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** The end of a run from its record; the run itself as well. */
export function recorded(runId: string, notices: readonly RunNotice[], isPlan: boolean): Run {
  const run = new Run(runId, isPlan);
  for (const notice of notices) run.fold(notice);
  return run;
}

function counted(number: number, one: string): string {
  return number === 0 ? "" : count(number, one);
}

function announcement(lost: string, end: End | undefined): string {
  if (lost || !end) return lost;
  const how = {
    answered: end.plan ? "The plan is there" : "Answered",
    limit: "Stopped with the best answer from what is known",
    cancelled: "Stopped",
    failed: "Failed",
  }[end.reason];
  const bad = end.citations.filter(({ status }) => status !== "valid").length;
  const cited = end.citations.length > 0 ? `, ${counted(end.citations.length, "citation")}` : "";
  return `${how}${cited}${bad > 0 ? `, ${bad} not valid` : ""}`;
}
