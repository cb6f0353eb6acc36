// The answer panels that are open, one for each conversation.
import * as vscode from "vscode";
import type { Run } from "../runs/run";
import type { Session } from "../server/session";
import { Conversation } from "./conversation";
import { Keeping } from "./keeping";
import { Panel, VIEW_TYPE } from "./panel";
import { fromKept, type Kept } from "./view";

export class Panels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly open = new Set<Panel>();
  private readonly keeping: Keeping;

  constructor(private readonly session: Session) {
    this.keeping = new Keeping(session.context.workspaceState);
  }

  /** Shows a run of this session, in the panel of its conversation. */
  showRun(run: Run): void {
    const panel = this.of(run.runId) ?? this.ofConversation(run.conversationId);
    if (panel) panel.reveal();
    else this.make(Conversation.of(this.session, run)).focus();
  }

  /** Shows recorded runs. */
  async showRecord(kept: Kept): Promise<void> {
    const known = kept.turns.map(({ runId }) => this.of(runId)).find((panel) => panel !== undefined);
    if (known) {
      known.reveal();
      return;
    }
    const panel = this.make(Conversation.kept(this.session, kept));
    panel.focus();
    await panel.load();
  }

  /** A window that is loaded again gives its panels back. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const kept = this.keeping.whole(fromKept(state));
    await this.make(Conversation.kept(this.session, kept), panel).load();
  }

  dispose(): void {
    for (const panel of this.open) panel.dispose();
  }

  private make(conversation: Conversation, webview?: vscode.WebviewPanel): Panel {
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const shown = webview ?? vscode.window.createWebviewPanel(VIEW_TYPE, "Spelunk", column, {});
    const panel = new Panel(this.session, conversation, shown);
    this.open.add(panel);
    const keep = () => {
      this.keeping.keep([...this.open].map((one) => one.conversation.kept));
    };
    conversation.onTurn = keep;
    keep();
    panel.onDidDispose(() => {
      panel.dispose();
      this.open.delete(panel);
      conversation.onTurn = undefined;
      this.keeping.forget(conversation.kept);
      keep();
    });
    return panel;
  }

  private of(runId: string): Panel | undefined {
    return [...this.open].find((panel) => panel.conversation.turn(runId));
  }

  private ofConversation(id: string): Panel | undefined {
    return id === "" ? undefined : [...this.open].find((panel) => panel.conversation.id === id);
  }
}
