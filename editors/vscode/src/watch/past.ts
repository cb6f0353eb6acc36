// The runs that can be looked at: those of this session, then the recorded ones, whose records are read when needed.
import * as protocol from "../protocol";
import { Run } from "../runs/run";
import type { Session } from "../server/session";
import type { Entry } from "./rows";

/** How many recorded runs are asked for at first, and more at a time. */
const PAGE = 50;

export class Past {
  private readonly entries = new Map<string, Entry>();
  private readonly reading = new Map<string, Promise<Run>>();
  private limit = PAGE;
  /** Whether there may be earlier ones than those that were listed. */
  more = false;

  constructor(private readonly session: Session) {}

  /** Those of this session first, as they are known now. */
  entriesNow(): Entry[] {
    for (const run of this.session.runs.all()) this.entry(run.runId).run = run;
    const live = this.session.runs.all().map(({ runId }) => this.entry(runId));
    const recorded = [...this.entries.values()].filter((entry) => !live.includes(entry));
    recorded.sort((a, b) => (b.summary?.started ?? 0) - (a.summary?.started ?? 0));
    return [...live, ...recorded];
  }

  /** Asks for the recorded ones anew. */
  async list(): Promise<void> {
    const { runs } = await this.session.request(protocol.runs, { limit: this.limit });
    this.more = runs.filter(({ state }) => state !== "running").length >= this.limit;
    const listed = new Set(runs.map(({ runId }) => runId));
    for (const runId of this.entries.keys()) if (!listed.has(runId)) this.entries.delete(runId);
    for (const summary of runs) this.entry(summary.runId).summary = summary;
  }

  /** Lets the next list be longer. */
  longer(): void {
    this.limit += PAGE;
  }

  /**
   * A run with all that was told of it.
   *
   * @throws an `Error` when there is no such run, or its record cannot be read.
   */
  async run(runId: string): Promise<Run> {
    const live = this.session.runs.get(runId);
    if (live) return live;
    const known = this.entries.get(runId);
    // One that another process runs goes on.
    if (known?.run && known.summary?.state !== "running") return known.run;
    let reading = this.reading.get(runId);
    if (!reading) {
      reading = this.read(runId).finally(() => this.reading.delete(runId));
      this.reading.set(runId, reading);
    }
    return reading;
  }

  private async read(runId: string): Promise<Run> {
    if (!this.session.offers(protocol.record.method))
      throw new Error("This server does not show recorded runs step by step. Open its trace instead.");
    const { notices } = await this.session.request(protocol.record, { runId });
    const entry = this.entry(runId);
    const run = new Run(runId, entry.summary?.plan ?? false);
    if (entry.summary) run.started = entry.summary.started;
    for (const notice of notices) run.fold(notice);
    entry.run = run;
    return run;
  }

  private entry(runId: string): Entry {
    const entry = this.entries.get(runId) ?? { runId };
    this.entries.set(runId, entry);
    return entry;
  }
}
