// The plans that are open in this window. They are looked at again when the files under them change.
import * as vscode from "vscode";
import { said } from "../failure";
import type { Plan } from "../protocol";
import * as protocol from "../protocol";
import type { Session } from "../server/session";
import { Planned } from "./planned";

/** Milliseconds after the last change of a file. */
const QUIET = 400;

/** Where the names of the open plans are kept for the next start of the window. */
const KEPT = "spelunk.plans";

export class Plans implements vscode.Disposable {
  private readonly open = new Map<string, Planned>();
  private readonly changes = new vscode.EventEmitter<Planned | undefined>();
  /** A plan changed; `undefined`: one came or went. */
  readonly onDidChange = this.changes.event;
  private readonly touched = new Set<Planned>();
  private timer: NodeJS.Timeout | undefined;
  private watcher: vscode.FileSystemWatcher | undefined;
  private readonly listening: vscode.Disposable;

  constructor(
    private readonly session: Session,
    private readonly kept: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.listening = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.touch(document.uri);
      }),
      session.onDidChange(({ kind }) => {
        if (kind === "running") void this.restore();
      }),
    );
  }

  /** The one that was made last first. */
  all(): Planned[] {
    return [...this.open.values()].reverse();
  }

  get(runId: string): Planned | undefined {
    return this.open.get(runId);
  }

  /**
   * Opens the plan of a run, unless it is open.
   *
   * @throws an `Error` when the run has no plan, or one for other folders.
   */
  async add(runId: string, plan?: Plan): Promise<Planned> {
    const known = this.open.get(runId);
    if (known) return known;
    const found = plan ?? (await this.session.request(protocol.planned, { runId }));
    // It may have been opened meanwhile.
    const opened = this.open.get(runId);
    if (opened) return opened;
    const planned = new Planned(runId, found);
    this.open.set(runId, planned);
    this.watch();
    this.store();
    this.changes.fire(undefined);
    return planned;
  }

  close(planned: Planned): void {
    this.open.delete(planned.runId);
    this.watch();
    this.store();
    this.changes.fire(undefined);
  }

  changed(planned: Planned): void {
    this.changes.fire(planned);
  }

  /**
   * Looks at a plan again: what is stale now, and whether what is chosen can be applied.
   *
   * @throws an `Error` when the server does not know the plan any more.
   */
  async look(planned: Planned): Promise<void> {
    planned.update(await this.session.request(protocol.planned, { runId: planned.runId }));
    await this.check(planned);
  }

  /** Asks whether what is chosen can be applied, and gives the reason when not. */
  async check(planned: Planned): Promise<string | undefined> {
    const choice = JSON.stringify(planned.choice());
    let refusal: string | undefined;
    let notes: string[] = [];
    if (!planned.fatal && !planned.applied && planned.steps.size > 0) {
      try {
        ({ notes } = await this.session.request(protocol.planEdit, planned.choice()));
      } catch (error) {
        refusal = said(error);
      }
    }
    // The person may have chosen otherwise meanwhile: then another answer is on its way.
    if (choice !== JSON.stringify(planned.choice())) return refusal;
    Object.assign(planned, { refusal, notes });
    this.changes.fire(planned);
    return refusal;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.watcher?.dispose();
    this.listening.dispose();
    this.changes.dispose();
  }

  /** Files that change on the disk matter only while a plan is open. */
  private watch(): void {
    if (this.open.size === 0) {
      this.watcher?.dispose();
      this.watcher = undefined;
    } else if (!this.watcher) {
      this.watcher = vscode.workspace.createFileSystemWatcher("**/*");
      const touch = (uri: vscode.Uri) => {
        this.touch(uri);
      };
      this.watcher.onDidChange(touch);
      this.watcher.onDidCreate(touch);
      this.watcher.onDidDelete(touch);
    }
  }

  private touch(uri: vscode.Uri): void {
    const name = uri.toString();
    const concerned = this.all().filter((planned) => !planned.applied && planned.concerns(name, uri.path));
    if (concerned.length === 0) return;
    for (const planned of concerned) this.touched.add(planned);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const all = [...this.touched];
      this.touched.clear();
      for (const planned of all)
        this.look(planned).catch((error: unknown) => {
          this.log.warn(`The plan ${planned.runId} could not be looked at again: ${String(error)}`);
        });
    }, QUIET);
  }

  private store(): void {
    void this.kept.update(KEPT, [...this.open.keys()]);
  }

  /** Opens those that were open when the window was closed. */
  private async restore(): Promise<void> {
    const runIds = this.kept.get<string[]>(KEPT, []).filter((runId) => !this.open.has(runId));
    for (const runId of runIds) {
      try {
        await this.check(await this.add(runId));
      } catch (error) {
        this.log.info(`The plan ${runId} is not shown again: ${String(error)}`);
      }
    }
  }
}
