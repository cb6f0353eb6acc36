// A plan that a person looks at, and what they have chosen of it. No editor in here.
import type { Plan, PlanChoice, PlannedDoubt, PlannedFile, PlanProblem, StaleStep } from "../protocol";

export type Step = Plan["document"]["steps"][number];

export class Planned {
  /** Ticked steps, by number. */
  readonly steps = new Set<number>();
  /** Steps that were dropped, and are shown no more. */
  readonly dropped = new Set<number>();
  /** Ticked doubtful places, by `placeOf`. */
  readonly doubts = new Set<string>();
  /** Ticked files that tools execute, by path. */
  readonly executed = new Set<string>();
  applied = false;
  /** Why what is chosen cannot be applied, in the server's words. */
  refusal: string | undefined;
  /** What may come out otherwise, as the server says of what is chosen. */
  notes: string[] = [];

  constructor(
    readonly runId: string,
    public plan: Plan,
  ) {
    for (const { id } of plan.document.steps) this.steps.add(id);
  }

  get request(): string {
    return this.plan.document.request;
  }

  /** Steps that were not dropped. */
  get shown(): Step[] {
    return this.plan.document.steps.filter(({ id }) => !this.dropped.has(id));
  }

  get fatal(): PlanProblem | undefined {
    return this.plan.problems.find(({ fatal }) => fatal);
  }

  /** What went stale of the steps that are chosen. Nothing once it is applied: then the files are as the plan left them. */
  get stale(): StaleStep[] {
    if (this.applied) return [];
    return this.plan.stale.filter(({ step }) => !this.dropped.has(step));
  }

  /** Whether something was chosen, or anything is left to choose. */
  get isWhole(): boolean {
    return this.plan.document.steps.every(({ id }) => this.steps.has(id));
  }

  filesOf(step: number): PlannedFile[] {
    return this.plan.files.filter(({ steps }) => steps.includes(step));
  }

  /** Those of one line are one place: they are ticked together. */
  doubtsOf(step: number): PlannedDoubt[] {
    const places = new Map<string, PlannedDoubt>();
    for (const doubt of this.plan.doubts) {
      if (doubt.step === step && !places.get(placeOf(doubt))?.editable) places.set(placeOf(doubt), doubt);
    }
    return [...places.values()];
  }

  problemsOf(step: number): PlanProblem[] {
    return this.plan.problems.filter((problem) => problem.step === step);
  }

  /** Doubtful places of ticked steps that were ticked as well. */
  get tickedDoubts(): PlannedDoubt[] {
    return this.editable.filter((doubt) => this.doubts.has(placeOf(doubt)));
  }

  /** What to ask the server for. */
  choice(): PlanChoice {
    const ticked = this.tickedDoubts.length;
    return {
      runId: this.runId,
      ...(this.isWhole ? {} : { steps: [...this.steps].sort((a, b) => a - b) }),
      // With some of them ticked, the edit has all of them, marked, and we take out the others.
      ...(ticked > 0 && ticked < this.editable.length ? {} : { doubtful: ticked > 0 }),
      ...(this.executed.size === 0 ? {} : { executed: [...this.executed] }),
    };
  }

  /** Leaves a step out for good. */
  drop(step: number): void {
    this.steps.delete(step);
    this.dropped.add(step);
  }

  keep(step: number): void {
    this.steps.add(step);
    this.dropped.delete(step);
  }

  /** The same plan, looked at again: the choice stays. */
  update(plan: Plan): void {
    const known = new Set(this.plan.document.steps.map(({ id }) => id));
    for (const { id } of plan.document.steps) if (!known.has(id)) this.steps.add(id);
    this.plan = plan;
  }

  /** Whether a file is one that it was made from or changes. */
  concerns(uri: string, path: string): boolean {
    const { files, doubts } = this.plan;
    return (
      files.some(
        (file) => file.uri === uri || (file.before !== undefined && path.endsWith(`/${file.before}`)),
      ) || doubts.some((doubt) => doubt.uri === uri)
    );
  }

  private get editable(): PlannedDoubt[] {
    return this.plan.doubts.filter(({ editable, step }) => editable && this.steps.has(step));
  }
}

/** Names a doubtful place within its plan. */
export function placeOf({ step, path, line, text }: PlannedDoubt): string {
  return `${step} ${path}:${line} ${text}`;
}
