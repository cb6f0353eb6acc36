// The runs of this session: notices come in, changes go out to whoever shows them.
import * as vscode from "vscode";
import type { Begun, RunNotice } from "../protocol";
import { Run } from "./run";

/** What changed: a run and the notice that changed it; none when the run has just become known. */
export interface RunChange {
  run: Run;
  notice?: RunNotice;
}

export class Runs implements vscode.Disposable {
  private readonly known = new Map<string, Run>();
  /** The first notices may come before the answer that names their run. */
  private readonly early = new Map<string, RunNotice[]>();
  private readonly changes = new vscode.EventEmitter<RunChange>();
  readonly onDidChange = this.changes.event;

  /** A run has begun. */
  begin(begun: Begun, isPlan: boolean): Run {
    const run = new Run(begun.runId, isPlan);
    run.conversationId = begun.conversationId;
    this.known.set(begun.runId, run);
    this.changes.fire({ run });
    for (const notice of this.early.get(begun.runId) ?? []) this.take(notice);
    this.early.delete(begun.runId);
    return run;
  }

  /** Takes a notice, in the order of arrival. */
  take(notice: RunNotice): void {
    const run = this.known.get(notice.runId);
    if (!run) {
      const early = this.early.get(notice.runId) ?? [];
      early.push(notice);
      this.early.set(notice.runId, early);
      return;
    }
    run.fold(notice, Date.now());
    this.changes.fire({ run, notice });
  }

  get(runId: string): Run | undefined {
    return this.known.get(runId);
  }

  /** Those under way, the last begun first. */
  running(): Run[] {
    return [...this.known.values()].filter((run) => !run.end).reverse();
  }

  /** All of this session, the last begun first. */
  all(): Run[] {
    return [...this.known.values()].reverse();
  }

  /** The server is gone, and with it every run that was under way. */
  lost(message: string): void {
    for (const run of this.running()) {
      const { runId, conversationId, model, spent } = run;
      const seconds = (Date.now() - run.started) / 1000;
      const empty = { answer: "", citations: [], dropped: [] };
      const end = {
        runId,
        conversationId,
        reason: "failed" as const,
        message,
        ...empty,
        model,
        spent,
        seconds,
      };
      this.take({ runId, seq: Number.MAX_SAFE_INTEGER, event: { kind: "end", ...end } });
    }
    this.early.clear();
  }

  dispose(): void {
    this.changes.dispose();
  }
}
