// Which rows a notice changes: as few as will do, since a row is drawn anew with all that is below it. No editor in here.
import type { RunNotice } from "../protocol";
import type { Run } from "../runs/run";
import { agentId, callId, cellId, turnId, type Row, type Rows } from "./rows";

/** The rows to draw anew; those that nobody has seen yet are left out. */
export function changed(rows: Rows, run: Run, { event, agent: number = 0 }: RunNotice): Row[] {
  const agent = run.agents.get(number);
  if (!agent) return [];
  const owner = number === 0 ? run.runId : agentId(run, agent);
  const turn = agent.turns.at(-1);
  const now = turn ? turnId(run, agent, turn) : owner;
  const found = (...ids: string[]): Row[] => {
    for (const id of ids) {
      const row = rows.find(id);
      if (row) return [row];
    }
    return [];
  };
  switch (event.kind) {
    case "started":
    case "note":
    case "limit":
    case "end":
      return found(run.runId);
    case "turn":
      return found(owner, run.runId);
    case "callStarted":
    case "code":
    case "looking":
    case "childStarted":
      return found(now, owner, run.runId);
    case "callFinished": {
      const grouped = rows.find(`${callId(run, event.call)}/grouped`);
      return grouped ? [grouped] : found(callId(run, event.call));
    }
    case "output":
      // Calls that the cell made are over by now, and so are the sums of their groups.
      return [...found(cellId(run, agent, event)), ...found(now, owner)];
    case "childEnded": {
      const child = run.agents.get(event.agent);
      return child ? found(agentId(run, child), now) : [];
    }
    case "text":
    case "retry":
      return [];
  }
}
