// The tree view of runs.
import * as vscode from "vscode";
import { count, money } from "../amounts";
import { said } from "../failure";
import type { Session } from "../server/session";
import { changed } from "./changes";
import { address } from "./documents";
import { face } from "./face";
import type { Past } from "./past";
import { Rows, type Row } from "./rows";
import { nameOf } from "./texts";
import { Throttle } from "./throttle";

/** Milliseconds between two drawings of what changed. */
const INTERVAL = 400;

export class View implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  private readonly rows = new Rows();
  private readonly drawn = new vscode.EventEmitter<Row[] | undefined>();
  readonly onDidChangeTreeData = this.drawn.event;
  private readonly throttle = new Throttle<Row | "all" | "title">((all) => {
    this.draw(all);
  }, INTERVAL);
  private readonly view: vscode.TreeView<Row>;
  private readonly listening: vscode.Disposable;
  private listed = false;

  constructor(
    private readonly session: Session,
    private readonly past: Past,
  ) {
    this.view = vscode.window.createTreeView("spelunk.runs", {
      treeDataProvider: this,
      showCollapseAll: true,
    });
    this.listening = vscode.Disposable.from(
      session.runs.onDidChange(({ run, notice }) => {
        const kind = notice?.event.kind;
        if (!notice) this.throttle.add("all", "title");
        else if (kind !== "text") this.throttle.add("title", ...changed(this.rows, run, notice));
      }),
      session.onDidChange((state) => {
        if (state.kind === "running" && !this.listed) this.throttle.add("all");
      }),
    );
  }

  /** Lists the recorded runs anew. */
  refresh(more = false): void {
    if (more) this.past.longer();
    this.listed = false;
    this.drawn.fire(undefined);
  }

  async getChildren(row?: Row): Promise<Row[]> {
    if (!row) return this.roots();
    if (row.kind === "run" && !this.session.runs.get(row.entry.runId)) {
      try {
        row.entry.run = await this.past.run(row.entry.runId);
      } catch (error) {
        return [this.rows.failure(row, said(error))];
      }
    }
    return this.rows.below(row);
  }

  getParent(row: Row): Row | undefined {
    return this.rows.parent(row);
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const here = (vscode.workspace.workspaceFolders ?? []).map(({ name }) => name);
    const shown = face(row, here);
    const item = new vscode.TreeItem(
      shown.label,
      { no: None, folded: Collapsed, unfolded: Expanded }[shown.folds],
    );
    item.id = row.id;
    item.description = shown.description;
    item.tooltip = shown.tooltip;
    item.contextValue = shown.context;
    const colour = shown.colour === undefined ? undefined : new vscode.ThemeColor(shown.colour);
    item.iconPath = new vscode.ThemeIcon(shown.icon, colour);
    item.accessibilityInformation = { label: [shown.label, shown.description].filter(Boolean).join(", ") };
    const name = nameOf(row);
    const runId = runOf(row);
    if (row.kind === "more")
      item.command = { command: "spelunk.refreshRuns", title: "More", arguments: ["more"] };
    else if (name !== undefined && runId !== undefined)
      item.command = { command: "vscode.open", title: "Open", arguments: [address(runId, name)] };
    return item;
  }

  dispose(): void {
    for (const one of [this.listening, this.throttle, this.view, this.drawn]) one.dispose();
  }

  private async roots(): Promise<Row[]> {
    let failure: string | undefined;
    if (!this.listed && this.session.state.kind === "running") {
      this.listed = true;
      try {
        await this.past.list();
      } catch (error) {
        failure = said(error);
      }
    }
    const entries = this.past.entriesNow();
    this.rows.keep([...entries.map(({ runId }) => runId), "more"]);
    const rows = entries.map((entry) => this.rows.run(entry));
    if (failure !== undefined) rows.push(this.rows.failure(undefined, failure));
    if (this.past.more) rows.push(this.rows.more());
    return rows;
  }

  private draw(all: (Row | "all" | "title")[]): void {
    const running = this.session.runs.running();
    const usd = running.reduce((sum, run) => sum + run.spent.usd, 0);
    const badge = running.length;
    this.view.badge = badge > 0 ? { value: badge, tooltip: `${count(badge, "run")} under way` } : undefined;
    this.view.description =
      badge > 0
        ? [`turn ${Math.max(...running.map(({ turn }) => turn))}`, ...(usd > 0 ? [money(usd)] : [])].join(
            " · ",
          )
        : "";
    if (all.includes("all")) this.drawn.fire(undefined);
    else {
      const rows = all.filter((one) => typeof one !== "string");
      if (rows.length > 0) this.drawn.fire(rows);
    }
  }
}

/** The run that a row belongs to. */
export function runOf(row: Row): string | undefined {
  if (row.kind === "run") return row.entry.runId;
  return "run" in row ? row.run.runId : undefined;
}
