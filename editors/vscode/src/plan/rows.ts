// The rows of the view of plans, by stable objects that the tree knows again. No editor in here.
import type { PlannedDoubt, PlannedFile, PlanProblem, StaleStep } from "../protocol";
import { forget } from "../rows";
import { placeOf, type Planned, type Step } from "./planned";

export type Row = { readonly id: string; planned: Planned } & (
  | { kind: "plan" }
  | { kind: "problem"; problem: PlanProblem }
  | { kind: "stale"; stale: StaleStep }
  | { kind: "refusal" }
  | { kind: "note"; note: string }
  | { kind: "verified" }
  | { kind: "step"; step: Step }
  | { kind: "file"; file: PlannedFile; step: number }
  | { kind: "doubt"; doubt: PlannedDoubt }
);

type Made<K extends Row["kind"]> = Omit<Extract<Row, { kind: K }>, "id" | "kind">;

/** Makes each row once. */
export class Rows {
  private readonly known = new Map<string, Row>();
  private readonly parents = new Map<string, Row>();

  plan(planned: Planned): Row {
    return this.make("plan", planned.runId, { planned });
  }

  below(row: Row): Row[] {
    const rows = row.kind === "plan" ? this.ofPlan(row.planned) : row.kind === "step" ? this.ofStep(row) : [];
    for (const child of rows) this.parents.set(child.id, row);
    return rows;
  }

  /** Forgets the rows of plans that are not shown any more. */
  keep(runIds: readonly string[]): void {
    const shown = new Set(runIds);
    forget(this.known, shown);
    forget(this.parents, shown);
  }

  parent(row: Row): Row | undefined {
    return this.parents.get(row.id);
  }

  /** What is wrong stands first, and of that what forbids to apply it. */
  private ofPlan(planned: Planned): Row[] {
    const { runId, plan } = planned;
    const fatalFirst = [...plan.problems].sort((a, b) => Number(b.fatal) - Number(a.fatal));
    const rows: Row[] = fatalFirst.map((problem, at) =>
      this.make("problem", `${runId}/problem ${at}`, { planned, problem }),
    );
    for (const stale of planned.stale)
      rows.push(this.make("stale", `${runId}/stale ${stale.step} ${stale.path}`, { planned, stale }));
    if (planned.refusal !== undefined) rows.push(this.make("refusal", `${runId}/refusal`, { planned }));
    planned.notes.forEach((note, at) =>
      rows.push(this.make("note", `${runId}/note ${at}`, { planned, note })),
    );
    if (plan.document.verified) rows.push(this.make("verified", `${runId}/verified`, { planned }));
    for (const step of planned.shown)
      rows.push(this.make("step", `${runId}/step ${step.id}`, { planned, step }));
    for (const file of plan.files)
      if (file.steps.length === 0)
        rows.push(this.make("file", `${runId}/file ${file.path}`, { planned, file, step: 0 }));
    return rows;
  }

  private ofStep({ planned, step, id }: Extract<Row, { kind: "step" }>): Row[] {
    const files = planned
      .filesOf(step.id)
      .map((file): Row => this.make("file", `${id}/file ${file.path}`, { planned, file, step: step.id }));
    const doubts = planned
      .doubtsOf(step.id)
      .map((doubt): Row => this.make("doubt", `${id}/doubt ${placeOf(doubt)}`, { planned, doubt }));
    return [...files, ...doubts];
  }

  private make<K extends Row["kind"]>(kind: K, id: string, made: Made<K>): Row {
    const known = this.known.get(id);
    if (known) return Object.assign(known, made);
    const row = { id, kind, ...made } as unknown as Row;
    this.known.set(id, row);
    return row;
  }
}
