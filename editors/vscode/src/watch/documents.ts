// Texts of runs as read-only documents, which are nowhere on the disk.
import * as vscode from "vscode";
import { said } from "../failure";
import type { Session } from "../server/session";
import type { Past } from "./past";
import { textOf } from "./texts";
import { Throttle } from "./throttle";

export const SCHEME = "spelunk-run";

/** Milliseconds between two looks at a text that still grows. */
const INTERVAL = 300;

/** The name's ending gives the document its language. */
export function address(runId: string, name: string): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${runId}/${name}` });
}

export class Documents implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  private readonly throttle = new Throttle<string>((runIds) => {
    for (const { uri } of vscode.workspace.textDocuments)
      if (uri.scheme === SCHEME && runIds.includes(parts(uri).runId)) this.changes.fire(uri);
  }, INTERVAL);
  private readonly listening: vscode.Disposable;

  constructor(
    session: Session,
    private readonly past: Past,
    private readonly trace: (runId: string) => Promise<string>,
  ) {
    this.listening = vscode.Disposable.from(
      this.changes,
      this.throttle,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      session.runs.onDidChange(({ run }) => {
        this.throttle.add(run.runId);
      }),
    );
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { runId, name } = parts(uri);
    try {
      if (name === "trace.txt") return await this.trace(runId);
      return textOf(await this.past.run(runId), name) ?? `Run ${runId} has no ${name}.`;
    } catch (error) {
      return said(error);
    }
  }

  dispose(): void {
    this.listening.dispose();
  }
}

function parts(uri: vscode.Uri): { runId: string; name: string } {
  const [, runId = "", name = ""] = uri.path.split("/");
  return { runId, name };
}
