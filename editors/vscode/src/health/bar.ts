// The item in the status bar.
import * as vscode from "vscode";
import * as protocol from "../protocol";
import { hasFolder, type Session } from "../server/session";
import type { Indexing } from "../server/state";
import { status } from "./status";

/** Shows the item, and keeps it as things are. */
export function bar(session: Session): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("spelunk", vscode.StatusBarAlignment.Left, 0);
  item.name = "Spelunk";
  item.command = "spelunk.menu";
  let indexing: Indexing | undefined;
  let models: protocol.ModelsResult | undefined;

  const draw = () => {
    if (!hasFolder()) {
      item.hide();
      return;
    }
    const running = session.runs.running();
    const { text, severity, sentences } = status({
      state: session.state,
      indexing,
      running: running.length,
      usd: running.reduce((sum, run) => sum + run.spent.usd, 0),
      trusted: vscode.workspace.isTrusted,
      ...(models ? { model: models.root } : {}),
      ...(models?.error ? { modelError: models.error } : {}),
    });
    item.text = text;
    // Text, not Markdown: some of it is the server's, or a path.
    item.tooltip = new vscode.MarkdownString().appendText(sentences.join("\n\n"));
    item.accessibilityInformation = { label: `Spelunk. ${sentences.join(" ")}` };
    item.backgroundColor =
      severity === "none" ? undefined : new vscode.ThemeColor(`statusBarItem.${severity}Background`);
    item.show();
  };

  const askForModel = async () => {
    models = undefined;
    if (session.state.kind === "running" && session.offers(protocol.models.method))
      models = await session.request(protocol.models, {}).catch(() => undefined);
    draw();
  };

  draw();
  return vscode.Disposable.from(
    item,
    session.onDidChange(() => {
      draw();
      void askForModel();
    }),
    session.onIndexing((now) => {
      indexing = now;
      draw();
    }),
    session.runs.onDidChange(({ notice }) => {
      const kind = notice?.event.kind;
      if (kind !== "text" && kind !== "looking") draw();
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(draw),
    vscode.workspace.onDidGrantWorkspaceTrust(draw),
  );
}
