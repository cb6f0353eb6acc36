// One run, as its notices tell it: agents, turns, calls, cells. No editor and no server in here.
import type { AskParams, End, PlanParams, RunNotice, Spent, Usage } from "../protocol";

export interface Call {
  call: number;
  role: "root" | "leaf";
  label: string;
  /** What the model wrote so far. */
  text: string;
  retries: { reason: string; waitMs: number }[];
  /** Present when it has finished. */
  usage?: Usage;
  usd?: number;
  error?: string;
  hit: boolean;
  /** Milliseconds since 1970, where the call was seen live. */
  started?: number;
  finished?: number;
}

export interface Cell {
  cell: number;
  code: string;
  /** Present when it has run. */
  output?: string;
  error?: string;
}

export interface Turn {
  turn: number;
  /** In the order of their starts. */
  steps: (Call | Cell)[];
  looking: string[];
}

/** The run's own agent (0) or a child that its code started. */
export interface Agent {
  agent: number;
  parent: number;
  depth: number;
  question: string;
  scope: string[];
  /** The turn of its parent that started it. */
  during: number;
  turns: Turn[];
  ended: boolean;
  error?: string;
}

/** What the server was asked to begin a run. */
export type Asked = { ask: AskParams } | { plan: PlanParams };

export function isCall(step: Call | Cell): step is Call {
  return "call" in step;
}

/** Folds the notices of one run. */
export class Run {
  question = "";
  /** Of a run that this window began. */
  asked?: Asked;
  model = "";
  leafModel = "";
  conversationId = "";
  readonly agents = new Map<number, Agent>();
  /** What to tell the person, in order: notes, retries and limits. */
  readonly notes: string[] = [];
  spent: Spent = { turns: 0, calls: 0, tokens: 0, usd: 0, unpriced: 0, hits: 0 };
  end?: End;
  /** Milliseconds since 1970. */
  started = Date.now();

  constructor(
    readonly runId: string,
    readonly isPlan: boolean,
  ) {
    this.agents.set(0, root());
  }

  /** The last turn of the run's own agent, from 1; 0 before the first. */
  get turn(): number {
    return this.agents.get(0)?.turns.at(-1)?.turn ?? 0;
  }

  /** `at`: when the notice came, in milliseconds since 1970; none for one of a record. */
  fold(notice: RunNotice, at?: number): void {
    const { event } = notice;
    const agent = this.agents.get(notice.agent ?? 0);
    if (!agent) return;
    switch (event.kind) {
      case "started":
        Object.assign(this, {
          question: event.question,
          model: event.model,
          leafModel: event.leafModel,
          conversationId: event.conversationId,
        });
        agent.question = event.question;
        break;
      case "turn":
        agent.turns.push({ turn: event.turn, steps: [], looking: [] });
        break;
      case "callStarted":
        turnOf(agent).steps.push({
          call: event.call,
          role: event.role,
          label: event.label,
          text: "",
          retries: [],
          hit: false,
          ...(at === undefined ? {} : { started: at }),
        });
        break;
      case "text": {
        const call = this.call(event.call);
        if (call) call.text += event.text;
        break;
      }
      case "retry": {
        const call = this.call(event.call);
        if (!call) break;
        call.text = "";
        call.retries.push({ reason: event.reason, waitMs: event.waitMs });
        this.notes.push(`sent again in ${(event.waitMs / 1000).toFixed(1)} s: ${event.reason}`);
        break;
      }
      case "callFinished": {
        this.spent = event.spent;
        const call = this.call(event.call);
        if (!call) break;
        call.usage = event.usage;
        call.hit = event.hit ?? false;
        if (at !== undefined) call.finished = at;
        if (event.usd !== undefined) call.usd = event.usd;
        if (event.error !== undefined) call.error = event.error;
        break;
      }
      case "code":
        turnOf(agent).steps.push({ cell: event.cell, code: event.code });
        break;
      case "output": {
        const steps = agent.turns.flatMap((turn) => turn.steps);
        const cell = steps.findLast((step): step is Cell => !isCall(step) && step.cell === event.cell);
        if (!cell) break;
        cell.output = event.output;
        if (event.error !== undefined) cell.error = event.error;
        break;
      }
      case "looking":
        turnOf(agent).looking.push(event.what);
        break;
      case "note":
        this.notes.push(event.text);
        break;
      case "childStarted":
        this.agents.set(event.agent, {
          agent: event.agent,
          parent: event.parent,
          depth: event.depth,
          question: event.question,
          scope: event.scope,
          during: this.agents.get(event.parent)?.turns.at(-1)?.turn ?? 0,
          turns: [],
          ended: false,
        });
        break;
      case "childEnded": {
        const child = this.agents.get(event.agent);
        if (!child) break;
        child.ended = true;
        if (event.error !== undefined) child.error = event.error;
        break;
      }
      case "limit":
        this.notes.push(event.message);
        break;
      case "end": {
        this.end = event;
        this.spent = event.spent;
        this.conversationId = event.conversationId;
        agent.ended = true;
        break;
      }
    }
  }

  /** Numbers of calls are unique in a run. */
  private call(number: number): Call | undefined {
    for (const agent of this.agents.values()) {
      for (let at = agent.turns.length - 1; at >= 0; at -= 1) {
        const found = agent.turns[at]?.steps.find(
          (step): step is Call => isCall(step) && step.call === number,
        );
        if (found) return found;
      }
    }
    return undefined;
  }
}

function root(): Agent {
  return { agent: 0, parent: 0, depth: 0, question: "", scope: [], during: 0, turns: [], ended: false };
}

/** Things may happen before the first turn. */
function turnOf(agent: Agent): Turn {
  const last = agent.turns.at(-1);
  if (last) return last;
  const first: Turn = { turn: 0, steps: [], looking: [] };
  agent.turns.push(first);
  return first;
}
