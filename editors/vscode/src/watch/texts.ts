// The texts of a run that can be read as documents, and their names. No editor in here.
import { isCall, type Run, type Turn } from "../runs/run";
import type { Row } from "./rows";

/** The name of what a row opens, with the ending of its language; none when it opens nothing. */
export function nameOf(row: Row): string | undefined {
  const of = (agent: number) => (agent === 0 ? "" : `child ${agent} `);
  switch (row.kind) {
    case "call":
      return `call ${row.call.call}.md`;
    case "cell":
      return `${of(row.agent.agent)}cell ${row.cell.cell}.js`;
    case "output":
      return `${of(row.agent.agent)}output ${row.cell.cell}.txt`;
    case "looked":
      return `${of(row.agent.agent)}looked ${row.turn.turn}.txt`;
    case "notes":
      return "notes.txt";
    case "run":
    case "turn":
    case "group":
    case "agent":
    case "failure":
    case "more":
      return undefined;
  }
}

/** The text of that name; none when the run has nothing of that name. */
export function textOf(run: Run, name: string): string | undefined {
  if (name === "notes.txt") return run.notes.join("\n\n");
  const [, child, what, digits] = /^(?:child (\d+) )?(call|cell|output|looked) (\d+)\.\w+$/.exec(name) ?? [];
  const number = Number(digits);
  if (what === "call") {
    const calls = [...run.agents.values()]
      .flatMap(({ turns }) => turns)
      .flatMap(({ steps }) => steps.filter(isCall));
    const call = calls.find((one) => one.call === number);
    return call && (call.error === undefined ? call.text : together(call.text, `failed: ${call.error}`));
  }
  const turns: Turn[] = run.agents.get(Number(child ?? 0))?.turns ?? [];
  if (what === "looked") return turns.find(({ turn }) => turn === number)?.looking.join("\n");
  const cell = turns.flatMap(({ steps }) => steps).find((step) => !isCall(step) && step.cell === number);
  if (!cell || isCall(cell)) return undefined;
  if (what === "cell") return cell.code;
  return cell.error === undefined ? cell.output : together(cell.output ?? "", cell.error);
}

function together(...parts: string[]): string {
  return parts
    .map((part) => part.trimEnd())
    .filter((part) => part !== "")
    .join("\n\n");
}
