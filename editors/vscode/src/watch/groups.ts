// Sub-calls of a turn by the module that they are about. No editor in here.
import { isCall, type Call, type Cell, type Turn } from "../runs/run";

/** Sub-calls about one thing, at least two. */
export interface Group {
  name: string;
  calls: Call[];
}

const PATH = /(?:^|[\s`'"(:])((?:[\w@+-][\w.@+-]*\/)+[\w.@+-]*)/;

/**
 * What a sub-call is about, from its label: the folder of the path in it, or else the task without the number of the
 * piece of data.
 */
export function topic(label: string): string {
  const path = PATH.exec(label)?.[1];
  if (path === undefined) return label.replace(/ \((?:piece \d+ of|from) \d+(?: pieces)?\)$/, "");
  const last = path.lastIndexOf("/");
  const name = path.slice(last + 1);
  return name === "" || name.includes(".") ? path.slice(0, last) : path;
}

/** The steps of a turn in their order, sub-calls about the same thing together where the first of them is. */
export function grouped(turn: Turn): (Call | Cell | Group)[] {
  const groups = new Map<string, Group>();
  const all: (Call | Cell | Group)[] = [];
  for (const step of turn.steps) {
    if (!isCall(step) || step.role === "root") {
      all.push(step);
      continue;
    }
    const name = topic(step.label);
    const group = groups.get(name) ?? { name, calls: [] };
    if (group.calls.length === 0) all.push(group);
    groups.set(name, group);
    group.calls.push(step);
  }
  return all.map((one) => ("calls" in one && one.calls.length === 1 ? (one.calls[0] ?? one) : one));
}
