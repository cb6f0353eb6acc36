// The rows of the view of runs: what is below each, by stable objects that the tree knows again. No editor in here.
import type { RunSummary } from "../protocol";
import { forget } from "../rows";
import { isCall, type Agent, type Call, type Cell, type Run, type Turn } from "../runs/run";
import { grouped } from "./groups";

/** A run: one of this session, one from the record, or both. */
export interface Entry {
  readonly runId: string;
  run?: Run;
  summary?: RunSummary;
}

export type Row = { readonly id: string } & (
  | { kind: "run"; entry: Entry }
  | { kind: "turn"; run: Run; agent: Agent; turn: Turn }
  | { kind: "group"; run: Run; turn: Turn; name: string }
  | { kind: "call"; run: Run; call: Call; within: string }
  | { kind: "cell"; run: Run; agent: Agent; cell: Cell }
  | { kind: "output"; run: Run; agent: Agent; cell: Cell }
  | { kind: "looked"; run: Run; agent: Agent; turn: Turn }
  | { kind: "agent"; run: Run; agent: Agent }
  | { kind: "notes"; run: Run }
  | { kind: "failure"; message: string }
  | { kind: "more" }
);

type Made<K extends Row["kind"]> = Omit<Extract<Row, { kind: K }>, "id" | "kind">;

/** Makes each row once. */
export class Rows {
  private readonly known = new Map<string, Row>();
  private readonly parents = new Map<string, Row>();

  run(entry: Entry): Row {
    return this.make("run", entry.runId, { entry });
  }

  more(): Row {
    return this.make("more", "more", {});
  }

  failure(below: Row | undefined, message: string): Row {
    return { id: `${below?.id ?? ""}/failure`, kind: "failure", message };
  }

  /** What is below a row; of a run only what was loaded. */
  below(row: Row): Row[] {
    const rows = this.children(row);
    for (const child of rows) this.parents.set(child.id, row);
    return rows;
  }

  /** Forgets the rows of runs that are not shown any more. */
  keep(runIds: readonly string[]): void {
    const shown = new Set(runIds);
    forget(this.known, shown);
    forget(this.parents, shown);
  }

  parent(row: Row): Row | undefined {
    return this.parents.get(row.id);
  }

  /** The row of a step, if it was made: what a notice about it changes. */
  find(id: string): Row | undefined {
    return this.known.get(id);
  }

  private children(row: Row): Row[] {
    switch (row.kind) {
      case "run": {
        const { run } = row.entry;
        if (!run) return [];
        const notes = run.notes.length > 0 ? [this.make("notes", `${run.runId}/notes`, { run })] : [];
        return [...this.turns(run, run.agents.get(0)), ...notes];
      }
      case "agent":
        return this.turns(row.run, row.agent);
      case "turn":
        return this.steps(row.run, row.agent, row.turn);
      case "group": {
        const { run, turn, name } = row;
        const group = grouped(turn).find((one) => "calls" in one && one.name === name);
        return group && "calls" in group ? group.calls.map((call) => this.call(run, call, name)) : [];
      }
      case "cell": {
        const { run, agent, cell } = row;
        if (cell.output === undefined) return [];
        return [this.make("output", `${cellId(run, agent, cell)}/output`, { run, agent, cell })];
      }
      case "call":
      case "output":
      case "looked":
      case "notes":
      case "failure":
      case "more":
        return [];
    }
  }

  private turns(run: Run, agent: Agent | undefined): Row[] {
    if (!agent) return [];
    return agent.turns.map((turn) => this.make("turn", turnId(run, agent, turn), { run, agent, turn }));
  }

  private steps(run: Run, agent: Agent, turn: Turn): Row[] {
    const id = turnId(run, agent, turn);
    const rows = grouped(turn).map((step): Row => {
      if ("calls" in step)
        return this.make("group", `${id}/group ${step.name}`, { run, turn, name: step.name });
      if (isCall(step)) return this.call(run, step, "");
      return this.make("cell", cellId(run, agent, step), { run, agent, cell: step });
    });
    if (turn.looking.length > 0) rows.push(this.make("looked", `${id}/looked`, { run, agent, turn }));
    for (const child of run.agents.values())
      if (child.agent !== 0 && child.parent === agent.agent && child.during === turn.turn)
        rows.push(this.make("agent", agentId(run, child), { run, agent: child }));
    return rows;
  }

  private call(run: Run, call: Call, within: string): Row {
    // A call that gets company becomes a row below its group.
    return this.make("call", `${callId(run, call.call)}${within === "" ? "" : "/grouped"}`, {
      run,
      call,
      within,
    });
  }

  private make<K extends Row["kind"]>(kind: K, id: string, made: Made<K>): Row {
    const known = this.known.get(id);
    // A run that is read again has new objects.
    if (known) return Object.assign(known, made);
    const row = { id, kind, ...made } as unknown as Row;
    this.known.set(id, row);
    return row;
  }
}

export function callId(run: Run, call: number): string {
  return `${run.runId}/call ${call}`;
}

export function agentId(run: Run, agent: Agent): string {
  return `${run.runId}/agent ${agent.agent}`;
}

export function cellId(run: Run, agent: Agent, { cell }: Pick<Cell, "cell">): string {
  return `${agentId(run, agent)}/cell ${cell}`;
}

export function turnId(run: Run, agent: Agent, { turn }: Turn): string {
  return `${agentId(run, agent)}/turn ${turn}`;
}
