// Applies a plan by VS Code's own refactor preview.
import * as vscode from "vscode";
import type { ApplyWorkspaceEditParams, ApplyWorkspaceEditResult } from "vscode-languageclient/node";
import * as protocol from "../protocol";
import type { Session } from "../server/session";
import { count } from "./face";
import { chosen, outdated, pieces, type Piece } from "./pieces";
import type { Planned } from "./planned";
import type { Plans } from "./plans";

interface Applying {
  planned: Planned;
  /** The person did not go on, or VS Code refused the edit. */
  discarded: boolean;
}

/** Applies one plan at a time: the server asks for its edit, which is shown before anything happens. */
export class Preview {
  private applying: Applying | undefined;

  constructor(
    private readonly session: Session,
    private readonly plans: Plans,
  ) {
    session.applyEdit = (params, next) => (this.applying ? this.show(this.applying, params) : next());
  }

  /** Previews and applies what is chosen of a plan. True when it was applied. */
  async apply(planned: Planned): Promise<boolean> {
    if (this.applying) {
      const { request } = this.applying.planned;
      throw new Error(`The plan "${request}" is in the preview. Apply or discard that first.`);
    }
    if (!(await this.ready(planned))) return false;
    const applying: Applying = { planned, discarded: false };
    this.applying = applying;
    try {
      const outcome = await this.session.request(protocol.applyPlan, planned.choice());
      if (applying.discarded) {
        void vscode.window.setStatusBarMessage("Spelunk: nothing was changed", 5000);
        return false;
      }
      if (!outcome.applied) throw new Error(outcome.message);
      planned.applied = true;
      planned.leftOut = outcome.leftOut;
      planned.refusal = undefined;
      this.plans.changed(planned);
      void this.tell(planned, outcome);
      return true;
    } finally {
      this.applying = undefined;
    }
  }

  /** Looks at the plan as the files are now, and asks where something is in the way. */
  private async ready(planned: Planned): Promise<boolean> {
    await this.plans.look(planned);
    const { fatal, steps } = planned;
    if (fatal) throw new Error(`The plan cannot be applied: ${fatal.message}`);
    if (steps.size === 0) throw new Error("No step of the plan is ticked.");
    const stale = new Set(planned.stale.map(({ step }) => step).filter((step) => steps.has(step)));
    // Of a doubtful place alone, the server says nothing.
    if (planned.refusal === undefined) return true;
    if (stale.size === 0) throw new Error(planned.refusal);
    const rest = steps.size > stale.size;
    const leave = { title: stale.size === 1 ? "Leave That Step Out" : "Leave Those Steps Out" };
    const detail = planned.stale.map(({ step, path, why }) => `Step ${step}: ${path}: ${why}`).slice(0, 10);
    const said = await vscode.window.showWarningMessage(
      `${count(stale.size, "step")} of the plan went stale since it was made.`,
      {
        modal: true,
        detail: [...detail, "", "Plan anew to have them for the files as they are now."].join("\n"),
      },
      ...(rest ? [leave] : []),
    );
    if (said !== leave) return false;
    for (const step of stale) steps.delete(step);
    await this.plans.check(planned);
    if (planned.refusal !== undefined) throw new Error(planned.refusal);
    return true;
  }

  private async show(
    applying: Applying,
    { edit }: ApplyWorkspaceEditParams,
  ): Promise<ApplyWorkspaceEditResult> {
    const all = chosen(pieces(edit), applying.planned);
    const open = new Map(vscode.workspace.textDocuments.map(({ uri, version }) => [uri.toString(), version]));
    const changed = outdated(normal(all), open);
    if (changed !== undefined)
      return {
        applied: false,
        failureReason: `${vscode.workspace.asRelativePath(vscode.Uri.parse(changed))} was changed meanwhile`,
      };
    const applied = await vscode.workspace.applyEdit(asEdit(all), { isRefactoring: true });
    applying.discarded = !applied;
    return applied ? { applied } : { applied, failureReason: "it was discarded, or VS Code refused it" };
  }

  private async tell(planned: Planned, { message, leftOut }: protocol.ApplyPlanResult): Promise<void> {
    const missing = leftOut.slice(0, 5).map(({ path, why }) => `${path}: ${why}`);
    const words = [`Spelunk ${message}.`, ...missing].join(" ");
    const undo = await vscode.window.showInformationMessage(words, "Undo");
    if (undo) await vscode.commands.executeCommand("spelunk.undoPlan", planned.runId);
  }
}

/** With the names of documents as VS Code spells them. */
function normal(all: Piece[]): Piece[] {
  return all.map((piece) => ({ ...piece, uri: vscode.Uri.parse(piece.uri).toString() }));
}

function asEdit(all: Piece[]): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  for (const piece of all) {
    const uri = vscode.Uri.parse(piece.uri);
    const about = { label: piece.label, description: piece.why, needsConfirmation: piece.asked };
    if (piece.kind === "text") {
      const { start, end } = piece.range;
      const range = new vscode.Range(start.line, start.character, end.line, end.character);
      edit.replace(uri, range, piece.text, about);
    } else if (piece.kind === "create") edit.createFile(uri, piece, about);
    else if (piece.kind === "rename") edit.renameFile(uri, vscode.Uri.parse(piece.to), piece, about);
    else edit.deleteFile(uri, piece, about);
  }
  // VS Code shows the preview when a piece needs a yes, and starts such pieces without a tick. This one needs it and does
  // nothing, so it is not listed, and all others start as the person has ticked them.
  const nothing = vscode.Uri.joinPath(
    vscode.Uri.parse(all[0]?.uri ?? "file:///"),
    "..",
    `.nothing-${crypto.randomUUID()}`,
  );
  edit.deleteFile(nothing, { ignoreIfNotExists: true }, { label: "Preview", needsConfirmation: true });
  return edit;
}
