// "Spelunk: Doctor": what works and what does not, as a read-only document.
import { execFile } from "node:child_process";
import { homedir } from "node:os";
import * as vscode from "vscode";
import * as protocol from "../protocol";
import type { Session } from "../server/session";
import { report } from "./report";

const SCHEME = "spelunk-doctor";
const PAGE = vscode.Uri.from({ scheme: SCHEME, path: "/Spelunk Doctor" });
const PATIENCE_MS = 60_000;

export class Doctor implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  private readonly registration: vscode.Disposable;
  private text = "";

  constructor(private readonly session: Session) {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  provideTextDocumentContent(): string {
    return this.text;
  }

  /** Examines, and shows what was found. */
  async show(): Promise<void> {
    const progress = { location: vscode.ProgressLocation.Window, title: "Spelunk is examining itself" };
    this.text = await vscode.window.withProgress(progress, () => this.examine());
    this.changes.fire(PAGE);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(PAGE), { preview: true });
  }

  /** By the server, which has the settings of this window; without one, by its program. */
  private async examine(): Promise<string> {
    const { session } = this;
    const { version } = session.context.extension.packageJSON as { version: string };
    const editor = `${vscode.env.appName} ${vscode.version}`;
    const head = [{ good: true, what: "extension", found: `${version} in ${editor}` }];
    if (session.state.kind === "running" && session.offers(protocol.doctor.method)) {
      const { checks } = await session.request(protocol.doctor, {});
      return report([...head, ...checks]);
    }
    const { state } = session;
    const found = state.kind === "failed" ? state.message : `it is ${state.kind}`;
    const down = report([...head, { good: state.kind !== "failed", what: "server", found }]);
    try {
      return `${down}\n${await run(await session.program())}`;
    } catch {
      return down;
    }
  }

  dispose(): void {
    this.registration.dispose();
    this.changes.dispose();
  }
}

/** What `spelunk doctor` prints; it fails when something is wrong, and says it even so. */
function run(program: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: PATIENCE_MS, cwd: homedir(), windowsHide: true };
    execFile(program, ["doctor"], options, (error, stdout, stderr) => {
      if (stdout) resolve(`${program} doctor\n\n${stdout}`);
      else reject(error ?? new Error(stderr));
    });
  });
}
