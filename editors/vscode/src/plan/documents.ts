// What a plan does to its files, the output of its verification and its page, as read-only documents.
import * as vscode from "vscode";
import { said } from "../failure";
import type { PlannedFile } from "../protocol";
import * as protocol from "../protocol";
import type { Session } from "../server/session";
import type { Planned } from "./planned";
import type { Plans } from "./plans";

export const SCHEME = "spelunk-plan";

type Side = "before" | "after";

/** The path's ending gives the document its language. */
export function address(runId: string, what: Side | "verified.txt", path = ""): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, authority: what, path: `/${path}`, query: runId });
}

export class Documents implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  private readonly listening: vscode.Disposable;

  constructor(
    private readonly session: Session,
    private readonly plans: Plans,
  ) {
    this.listening = vscode.Disposable.from(
      this.changes,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      plans.onDidChange((planned) => {
        for (const { uri } of vscode.workspace.textDocuments)
          if (uri.scheme === SCHEME && uri.query === planned?.runId) this.changes.fire(uri);
      }),
    );
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { authority: what, query: runId } = uri;
    const path = uri.path.slice(1);
    if (what === "verified.txt") return this.verified(runId);
    try {
      const texts = await this.session.request(protocol.planFile, { runId, path });
      return texts[what === "before" ? "before" : "after"] ?? "";
    } catch (error) {
      return said(error);
    }
  }

  dispose(): void {
    this.listening.dispose();
  }

  private verified(runId: string): string {
    const verified = this.plans.get(runId)?.plan.document.verified;
    if (!verified) return "The plan was not verified.";
    const { command, how, seconds, confined, missing = [], output } = verified;
    const lines = [
      `$ ${command}`,
      `${how}, after ${seconds.toFixed(1)} s`,
      `confined: ${confined.join(", ") || "by nothing"}`,
      ...(missing.length > 0 ? [`could not be confined: ${missing.join(", ")}`] : []),
      "",
      output,
    ];
    return lines.join("\n");
  }
}

/** Opens the editor of differences of one file. */
export async function openDiff({ runId, plan }: Planned, file: PlannedFile): Promise<void> {
  const { before, path, change } = file;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const from = change === "moved" && before !== undefined ? before : path;
  const title = `${name} (${change === "edited" ? "planned" : change})`;
  const [left, right] = [address(runId, "before", from), address(runId, "after", path)];
  const at = plan.problems.find((problem) => problem.path === path && problem.line !== undefined)?.line;
  const selection = at === undefined ? {} : { selection: new vscode.Range(at - 1, 0, at - 1, 0) };
  await vscode.commands.executeCommand("vscode.diff", left, right, title, { preview: true, ...selection });
}
