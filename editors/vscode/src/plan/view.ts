// The tree view of plans, with the check boxes by which a person chooses.
import * as vscode from "vscode";
import { address } from "./documents";
import { face } from "./face";
import { placeOf, type Planned } from "./planned";
import type { Plans } from "./plans";
import { Rows, type Row } from "./rows";

export class View implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  private readonly rows = new Rows();
  private readonly drawn = new vscode.EventEmitter<Row | undefined>();
  readonly onDidChangeTreeData = this.drawn.event;
  private readonly view: vscode.TreeView<Row>;
  private readonly listening: vscode.Disposable;

  constructor(private readonly plans: Plans) {
    this.view = vscode.window.createTreeView("spelunk.plans", {
      treeDataProvider: this,
      showCollapseAll: true,
      manageCheckboxStateManually: true,
    });
    this.listening = vscode.Disposable.from(
      this.view.onDidChangeCheckboxState(({ items }) => {
        this.tick(items);
      }),
      plans.onDidChange((planned) => {
        this.drawn.fire(planned && this.rows.plan(planned));
      }),
    );
  }

  /** Shows a plan in the view. */
  async reveal(planned: Planned): Promise<void> {
    await this.view.reveal(this.rows.plan(planned), { focus: true, select: true, expand: true });
  }

  get selected(): Planned | undefined {
    return this.view.selection[0]?.planned;
  }

  getChildren(row?: Row): Row[] {
    if (row) return this.rows.below(row);
    const all = this.plans.all();
    this.rows.keep(all.map(({ runId }) => runId));
    return all.map((planned) => this.rows.plan(planned));
  }

  getParent(row: Row): Row | undefined {
    return this.rows.parent(row);
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const shown = face(row);
    const folds = { no: None, folded: Collapsed, unfolded: Expanded }[shown.folds];
    const item = new vscode.TreeItem(shown.label, folds);
    item.id = row.id;
    item.description = shown.description;
    item.tooltip = shown.tooltip;
    item.contextValue = shown.context;
    const said = [shown.label, shown.description].filter(Boolean).join(", ");
    item.accessibilityInformation = { label: said };
    if (shown.icon !== undefined) {
      const colour = shown.colour === undefined ? undefined : new vscode.ThemeColor(shown.colour);
      item.iconPath = new vscode.ThemeIcon(shown.icon, colour);
    } else if (row.kind === "file") {
      item.iconPath = vscode.ThemeIcon.File;
      item.resourceUri = address(row.planned.runId, "after", row.file.path);
    }
    if (shown.ticked !== undefined) {
      const { Checked, Unchecked } = vscode.TreeItemCheckboxState;
      item.checkboxState = {
        state: shown.ticked ? Checked : Unchecked,
        accessibilityInformation: { label: `${said}: ${shown.ticked ? "is applied" : "is left out"}` },
      };
    }
    const command = opens(row);
    if (command) item.command = command;
    return item;
  }

  dispose(): void {
    for (const one of [this.listening, this.view, this.drawn]) one.dispose();
  }

  private tick(items: readonly [Row, vscode.TreeItemCheckboxState][]): void {
    const concerned = new Set<Planned>();
    for (const [row, state] of items) {
      const ticked = state === vscode.TreeItemCheckboxState.Checked;
      const { planned } = row;
      if (row.kind === "step") set(planned.steps, row.step.id, ticked);
      else if (row.kind === "doubt") set(planned.doubts, placeOf(row.doubt), ticked);
      else if (row.kind === "file") set(planned.executed, row.file.path, ticked);
      concerned.add(planned);
    }
    for (const planned of concerned) {
      this.plans.changed(planned);
      void this.plans.check(planned);
    }
  }
}

function set<T>(all: Set<T>, one: T, there: boolean): void {
  if (there) all.add(one);
  else all.delete(one);
}

/** What a click on a row does. */
function opens(row: Row): vscode.Command | undefined {
  switch (row.kind) {
    case "file":
      return { command: "spelunk.openPlanDiff", title: "Open Changes", arguments: [row] };
    case "verified":
      return {
        command: "vscode.open",
        title: "Open Output",
        arguments: [address(row.planned.runId, "verified.txt")],
      };
    case "doubt":
      return at(row.doubt.uri, row.doubt.line);
    case "problem": {
      const file = row.planned.plan.files.find(({ path }) => path === row.problem.path);
      // The line counts in the text afterwards.
      return (
        file && { command: "spelunk.openPlanDiff", title: "Open Changes", arguments: [{ ...row, file }] }
      );
    }
    case "stale": {
      const { path } = row.stale;
      const file = row.planned.plan.files.find((one) => one.path === path || one.before === path);
      return at(file?.uri, 1);
    }
    case "plan":
    case "step":
    case "refusal":
    case "note":
      return undefined;
  }
}

/** `line` counts from 1. */
function at(uri: string | undefined, line: number): vscode.Command | undefined {
  if (uri === undefined) return undefined;
  const selection = new vscode.Range(line - 1, 0, line - 1, 0);
  return { command: "vscode.open", title: "Open", arguments: [vscode.Uri.parse(uri), { selection }] };
}
