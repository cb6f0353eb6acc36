// How a row of the view of runs looks: words, icon, what a click opens. No editor in here.
import { count, money } from "../amounts";
import type { Call, Run, Turn } from "../runs/run";
import { isCall } from "../runs/run";
import { grouped } from "./groups";
import type { Entry, Row } from "./rows";
import { firstLine, time, tokens } from "./words";

export interface Face {
  label: string;
  description: string;
  tooltip: string;
  /** A product icon, and the theme's colour for it. */
  icon: string;
  colour?: string;
  /** Words for the menus of package.json. */
  context: string;
  /** Whether there may be rows below it, and whether they are shown from the start. */
  folds: "no" | "folded" | "unfolded";
}

const GOOD = "testing.iconPassed";
const BAD = "list.errorForeground";
const WARNING = "list.warningForeground";

const STATES: Record<string, [icon: string, colour?: string]> = {
  running: ["loading~spin"],
  answered: ["pass", GOOD],
  limit: ["warning", WARNING],
  cancelled: ["circle-slash"],
  failed: ["error", BAD],
  unfinished: ["question", WARNING],
};

/** `here`: names of the folders that are open; runs elsewhere say where. */
export function face(row: Row, here: string[] = []): Face {
  switch (row.kind) {
    case "run":
      return runFace(row.entry, here);
    case "turn": {
      const { turn, agent } = row;
      const last = agent.turns.at(-1) === turn && !agent.ended && !row.run.end;
      return {
        ...plain(
          turn.turn === 0 ? "Before the first turn" : `Turn ${turn.turn}`,
          last ? "loading~spin" : "debug-step-over",
        ),
        description: ofCalls(turn.steps.filter(isCall)),
        folds: last || agent.turns.length === 1 ? "unfolded" : "folded",
      };
    }
    case "group": {
      const calls = callsOf(row.turn, row.name);
      const failed = calls.filter((call) => call.error !== undefined).length;
      const open = calls.filter((call) => !call.usage).length;
      const said = [
        count(calls.length, "call"),
        ...(open > 0 ? [`${open} under way`] : []),
        ...(failed > 0 ? [`${failed} failed`] : []),
        ofCalls(calls),
      ];
      return {
        ...plain(row.name, failed > 0 ? "error" : "layers"),
        ...(failed > 0 ? { colour: BAD } : {}),
        description: words(said),
        tooltip: `${row.name}\n${words(said)}`,
        folds: "folded",
      };
    }
    case "call":
      return callFace(row.call, row.within, row.run);
    case "cell": {
      const { cell } = row;
      const failed = cell.error !== undefined;
      return {
        ...plain(firstLine(telling(cell.code), 100), failed ? "error" : "code"),
        ...(failed ? { colour: BAD } : {}),
        description: words([
          `cell ${cell.cell}`,
          failed ? "failed" : cell.output === undefined ? "running" : "",
        ]),
        tooltip: cut(cell.code),
        folds: cell.output === undefined ? "no" : "unfolded",
      };
    }
    case "output": {
      const { output = "", error } = row.cell;
      return {
        ...plain(firstLine(error ?? output, 100) || "No output", error === undefined ? "output" : "error"),
        ...(error === undefined ? {} : { colour: BAD }),
        description: error === undefined ? "output" : "error",
        tooltip: cut(error === undefined ? output : `${error}\n\n${output}`),
      };
    }
    case "looked": {
      const { looking } = row.turn;
      return { ...plain(`Looked ${count(looking.length, "time")}`, "eye"), tooltip: cut(looking.join("\n")) };
    }
    case "agent": {
      const { agent } = row;
      const over = agent.scope.length > 0 ? agent.scope.join(", ") : "without files";
      const failed = agent.error !== undefined;
      const doing = agent.ended ? (failed ? agent.error : "") : `turn ${agent.turns.at(-1)?.turn ?? 0}`;
      return {
        ...plain(over, failed ? "error" : agent.ended || row.run.end ? "type-hierarchy-sub" : "loading~spin"),
        ...(failed ? { colour: BAD } : {}),
        description: words([doing ?? "", ofCalls(agent.turns.flatMap((turn) => turn.steps.filter(isCall)))]),
        tooltip:
          words([`Child ${agent.agent} over ${over}`, agent.error ?? ""], "\n") +
          `\n\n${cut(agent.question)}`,
        folds: "folded",
      };
    }
    case "notes": {
      const { notes } = row.run;
      return { ...plain(count(notes.length, "note"), "info"), description: firstLine(notes.at(-1) ?? "") };
    }
    case "failure":
      return { ...plain(row.message, "error"), colour: BAD };
    case "more":
      return plain("Earlier runs…", "history");
  }
}

function runFace({ run, summary, runId }: Entry, here: string[]): Face {
  const state = run ? (run.end?.reason ?? "running") : (summary?.state ?? "unfinished");
  const question = firstLine(run?.question ?? summary?.question ?? "", 200) || runId;
  const [icon, colour] = STATES[state] ?? STATES["unfinished"] ?? ["question"];
  const plans = run?.isPlan ?? summary?.plan ?? false;
  const usd = run?.end?.spent.usd ?? summary?.usd;
  const seconds = run?.end?.seconds ?? (run ? undefined : summary?.seconds);
  const elsewhere = summary && !here.includes(summary.workspace) ? summary.workspace : "";
  const why = run?.end && run.end.reason !== "answered" ? run.end.message : "";
  const said = [
    ...(plans ? ["plan"] : []),
    ...(state === "answered" ? [] : [state]),
    usd === undefined || usd === 0 || state === "running" ? "" : money(usd),
    seconds === undefined || state === "running" ? "" : time(seconds * 1000),
    elsewhere,
  ];
  const model = run?.model ?? summary?.model ?? "";
  const when = run?.started ?? summary?.started;
  const answered = state === "answered" || state === "limit";
  return {
    ...plain(question, icon),
    ...(colour === undefined ? {} : { colour }),
    description: words(said),
    tooltip: words([question, why, model, when ? new Date(when).toLocaleString() : "", runId], "\n"),
    context: words(["run", state === "running" ? "running" : "", answered ? "answer" : ""], " "),
    folds: state === "running" && run ? "unfolded" : "folded",
  };
}

function callFace(call: Call, within: string, run: Run): Face {
  const failed = call.error !== undefined;
  const under = !call.usage && !run.end;
  const turn = call.role === "root" && /^turn \d+$/.test(call.label);
  const named = turn
    ? "Model"
    : call.label === within
      ? firstLine(call.text) || `Call ${call.call}`
      : call.label;
  const icon = failed
    ? "error"
    : under
      ? "loading~spin"
      : call.role === "root"
        ? "comment-discussion"
        : "comment";
  const retries = call.retries.length;
  const said = [failed ? "failed" : "", retries > 0 ? `sent ${retries + 1} times` : "", ofCalls([call])];
  return {
    ...plain(named, icon),
    ...(failed ? { colour: BAD } : {}),
    description: words(said),
    tooltip: words(
      [`${call.label} (call ${call.call})`, call.error ?? "", words(said), cut(call.text)],
      "\n",
    ),
  };
}

/** What calls cost together: tokens, money, time. */
function ofCalls(calls: Call[]): string {
  const done = calls.filter((call) => call.usage);
  const usage = { input: 0, cached: 0, output: 0, reasoning: 0, estimated: false };
  for (const call of done) {
    usage.input += call.usage?.input ?? 0;
    usage.output += call.usage?.output ?? 0;
    usage.estimated ||= call.usage?.estimated ?? false;
  }
  const hits = done.filter((call) => call.hit).length;
  const usd = done.reduce((sum, call) => sum + (call.usd ?? 0), 0);
  const starts = calls.flatMap((call) => call.started ?? []);
  const ends = done.flatMap((call) => call.finished ?? []);
  const lasted =
    ends.length > 0 && ends.length === calls.length ? Math.max(...ends) - Math.min(...starts) : undefined;
  return words([
    usage.input + usage.output > 0 ? tokens(usage) : "",
    usd > 0 ? money(usd) : "",
    lasted === undefined ? "" : time(lasted),
    hits > 0 ? (hits === calls.length ? "kept reply" : `${hits} kept`) : "",
  ]);
}

/** Code from its first line that has a word. */
function telling(code: string): string {
  return code.slice(Math.max(code.search(/^.*[\p{L}\d]{2}/mu), 0));
}

function callsOf(turn: Turn, name: string): Call[] {
  const group = grouped(turn).find((one) => "calls" in one && one.name === name);
  return group && "calls" in group ? group.calls : [];
}

function plain(label: string, icon: string): Face {
  return { label, description: "", tooltip: label, icon, context: "", folds: "no" };
}

function words(said: string[], between = " · "): string {
  return said.filter((word) => word !== "").join(between);
}

/** A text that a tooltip has room for. */
function cut(text: string, most = 1500): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
