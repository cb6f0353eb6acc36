// One answer panel: the extension keeps the state, the page draws what it is sent.
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { saying } from "../failure";
import { unlinked } from "../plain";
import * as protocol from "../protocol";
import type { Run } from "../runs/run";
import type { Session } from "../server/session";
import { again, ask } from "./asking";
import type { Conversation } from "./conversation";
import { visible } from "./markdown";
import { columnBeside, openCitation } from "./open";
import { shell } from "./shell";
import { common, progress, type Turn, working } from "./turn";
import { fromPage, type FromPage, type ToPage } from "./view";

/** Between two messages to the page: what comes in between goes along with the next. */
const FRAME_MS = 50;
/** After the last edit, until citations are looked at again. */
const SETTLED_MS = 700;

export const VIEW_TYPE = "spelunk.answer";

export class Panel implements vscode.Disposable {
  private readonly listening: vscode.Disposable[] = [];
  /** The page has said that it listens, and has not been hidden since. */
  private ready = false;
  /** It was closed: what was asked for before may still come in, and there is nothing to show it in. */
  private gone = false;
  /** The text that the page has of each run that is under way. */
  private readonly sent = new Map<string, string>();
  private readonly dirty = new Set<Turn>();
  private frame: NodeJS.Timeout | undefined;
  private settling: NodeJS.Timeout | undefined;
  private wantsFocus = false;

  constructor(
    private readonly session: Session,
    readonly conversation: Conversation,
    private readonly panel: vscode.WebviewPanel,
  ) {
    const { webview } = panel;
    const files = vscode.Uri.joinPath(session.context.extensionUri, "dist");
    const address = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(files, name)).toString();
    webview.options = { enableScripts: true, localResourceRoots: [files] };
    this.listening.push(
      webview.onDidReceiveMessage((message: unknown) => {
        const sound = fromPage(message);
        if (sound) void this.hear(sound);
      }),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.ready = false;
        else void this.recheck();
      }),
      session.runs.onDidChange(({ run }) => {
        if (conversation.take(run)) this.changed(conversation.turn(run.runId));
      }),
      session.onDidChange((state) => {
        if (state.kind !== "starting" || conversation.turns.length === 0) return;
        conversation.forgotten = true;
        for (const turn of conversation.turns) this.changed(turn);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (document.uri.scheme === "file" && contentChanges.length > 0) this.settle();
      }),
      vscode.workspace.onDidRenameFiles(() => {
        this.settle();
      }),
      vscode.workspace.onDidDeleteFiles(() => {
        this.settle();
      }),
    );
    webview.html = shell(
      { script: address("page.js"), style: address("page.css"), source: webview.cspSource },
      randomBytes(16).toString("base64"),
    );
    this.entitle();
  }

  get onDidDispose(): vscode.Event<void> {
    return this.panel.onDidDispose;
  }

  /** Brings it to the front, with the cursor in the follow-up box. */
  reveal(): void {
    this.panel.reveal(undefined, false);
    this.focus();
  }

  focus(): void {
    this.wantsFocus = true;
    if (this.ready) this.post({ kind: "focus" });
  }

  /** Reads what is not known yet of the runs that are shown. */
  async load(): Promise<void> {
    await this.conversation.load((turn) => {
      this.changed(turn);
    });
    this.showAll();
  }

  dispose(): void {
    this.gone = true;
    this.ready = false;
    clearTimeout(this.frame);
    clearTimeout(this.settling);
    for (const one of this.listening) one.dispose();
  }

  private post(message: ToPage): void {
    if (!this.gone) void this.panel.webview.postMessage(message);
  }

  private showAll(): void {
    this.entitle();
    if (!this.ready) return;
    this.dirty.clear();
    this.sent.clear();
    const { turns, forgotten } = this.conversation;
    for (const turn of turns) if (turn.run && turn.running) this.sent.set(turn.runId, working(turn.run));
    this.post({ kind: "show", turns: turns.map((turn) => turn.view()), forgotten });
    if (this.wantsFocus) this.post({ kind: "focus" });
    this.wantsFocus = false;
  }

  private changed(turn: Turn | undefined): void {
    if (!turn || !this.ready) return;
    this.dirty.add(turn);
    this.frame ??= setTimeout(() => {
      this.frame = undefined;
      this.flush();
    }, FRAME_MS);
  }

  private flush(): void {
    if (!this.ready) return;
    for (const turn of this.dirty) {
      const before = this.sent.get(turn.runId);
      if (turn.run && turn.running && before !== undefined) {
        const text = working(turn.run);
        const at = common(before, text);
        this.sent.set(turn.runId, text);
        const { runId, run } = turn;
        const { doing, spent, notes } = progress(run);
        this.post({ kind: "progress", runId, doing, spent, notes, at, text: text.slice(at) });
      } else {
        if (turn.run && turn.running) this.sent.set(turn.runId, working(turn.run));
        else this.sent.delete(turn.runId);
        this.post({ kind: "turn", turn: turn.view(), forgotten: this.conversation.forgotten });
      }
    }
    this.dirty.clear();
  }

  private entitle(): void {
    if (this.gone) return;
    const question = visible(this.conversation.turns[0]?.question.replaceAll(/\s+/g, " ") ?? "");
    const short = question.length > 40 ? `${question.slice(0, 39)}…` : question;
    this.panel.title = short ? `Spelunk: ${short}` : "Spelunk";
  }

  private settle(): void {
    clearTimeout(this.settling);
    if (this.panel.visible) this.settling = setTimeout(() => void this.recheck(), SETTLED_MS);
  }

  private recheck(): Promise<void> {
    return this.conversation.recheck((turn) => {
      this.changed(turn);
    });
  }

  private async hear(message: FromPage): Promise<void> {
    if (message.kind === "ready") {
      this.ready = true;
      this.showAll();
      return;
    }
    if (message.kind === "follow") return this.follow(message.question);
    const turn = this.conversation.turn(message.runId);
    if (!turn) return;
    try {
      switch (message.kind) {
        case "cite":
          await this.cite(turn, message.index);
          break;
        case "link": {
          const url = turn.rendered.links[message.index];
          if (url) await vscode.env.openExternal(vscode.Uri.parse(url, true));
          break;
        }
        case "stop":
          await this.session.request(protocol.cancel, { runId: turn.runId });
          break;
        case "answerNow":
          await this.session.request(protocol.answerNow, { runId: turn.runId });
          break;
        case "copy":
          await vscode.env.clipboard.writeText(turn.end?.plan?.markdown ?? turn.end?.answer ?? "");
          vscode.window.setStatusBarMessage("Copied as Markdown", 2_000);
          break;
        case "document":
          await this.openDocument(turn);
          break;
        case "plan":
          await vscode.commands.executeCommand("spelunk.openPlan", turn.runId);
          break;
        case "trace":
          await vscode.commands.executeCommand("spelunk.openTrace", turn.runId);
          break;
        case "again":
          if (turn.again) this.begun(await again(this.session, turn.again, this.conversation.id));
          break;
      }
    } catch (error) {
      const words = saying(error);
      if (words) void vscode.window.showErrorMessage(unlinked(words));
    }
  }

  private async follow(question: string): Promise<void> {
    try {
      this.begun(await ask(this.session, { question, conversationId: this.conversation.id }));
    } catch (error) {
      const message = saying(error) ?? "";
      // The box has let go of it.
      if (!this.gone) this.post({ kind: "refused", question, message });
      else if (message) void vscode.window.showErrorMessage(unlinked(message));
    }
  }

  private begun(run: Run): void {
    this.conversation.take(run);
    this.conversation.forgotten = false;
  }

  private async cite(turn: Turn, index: number): Promise<void> {
    await this.recheck();
    if (this.gone) return;
    const cited = turn.end?.citations[index];
    if (cited) await openCitation(cited, this.panel.viewColumn);
  }

  private async openDocument({ end }: Turn): Promise<void> {
    const viewColumn = columnBeside(this.panel.viewColumn);
    const content = end?.plan?.markdown ?? end?.answer ?? "";
    const document = end?.document
      ? await vscode.workspace.openTextDocument(vscode.Uri.parse(end.document, true))
      : await vscode.workspace.openTextDocument({ language: "markdown", content });
    await vscode.window.showTextDocument(document, { viewColumn });
  }
}
