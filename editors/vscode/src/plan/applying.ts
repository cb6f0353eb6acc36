// Applies a plan by VS Code's own refactor preview, and takes it back.
import * as vscode from "vscode";
import type { ApplyWorkspaceEditParams, ApplyWorkspaceEditResult } from "vscode-languageclient/node";
import { count } from "../amounts";
import { said } from "../failure";
import { unlinked } from "../plain";
import * as protocol from "../protocol";
import type { Session } from "../server/session";
import { asEdit, outdated } from "./edits";
import { clean } from "./face";
import { chosen, pieces } from "./pieces";
import type { Planned } from "./planned";
import type { Plans } from "./plans";

const BY_HAND =
  "VS Code's own Undo, in one of the files that the plan changed, takes all of it back as long as the window is open.";

const STILL_OPEN =
  "The refactor preview is open still: discard it. What it changed now would have no record for Spelunk: Undo Plan.";

/** What the server was asked for, and is about to send an edit for. */
interface Doing {
  what: "apply" | "undo";
  planned: Planned;
  /** VS Code has the edit, and has not said yet what became of it. */
  open: boolean;
  /** The person did not go on, or VS Code refused the edit. */
  discarded: boolean;
}

/** One plan at a time is applied or taken back. */
export class Applying {
  private doing: Doing | undefined;

  constructor(
    private readonly session: Session,
    private readonly plans: Plans,
  ) {
    session.applyEdit = (params, next) => (this.doing ? this.edit(this.doing, params) : next());
  }

  /** Previews and applies what is chosen of a plan. */
  async apply(planned: Planned): Promise<void> {
    this.free();
    if (planned.applied) throw new Error("The plan is applied already. Spelunk: Undo Plan takes it back.");
    if (!(await this.ready(planned))) return;
    const doing = this.begin("apply", planned);
    const outcome = await this.session
      .request(protocol.applyPlan, planned.choice())
      .catch((error: unknown) => {
        if (!doing.open) throw error;
        throw new Error(`${said(error)} ${STILL_OPEN}`, { cause: error });
      })
      .finally(() => (this.doing = undefined));
    if (doing.discarded) return this.discarded(planned);
    if (!outcome.applied) throw new Error(outcome.message);
    planned.applied = true;
    planned.refusal = undefined;
    planned.notes = [];
    this.plans.changed(planned);
    void tell(planned, outcome);
  }

  /** Takes back what was applied, by the server's record of it. */
  async undo(planned: Planned): Promise<void> {
    this.free();
    if (!this.session.offers(protocol.undoPlan.method))
      throw new Error(`This server does not undo plans. ${BY_HAND}`);
    this.begin("undo", planned);
    const { runId } = planned;
    const outcome = await this.session
      .request(protocol.undoPlan, { runId })
      .catch((error: unknown) => ({ applied: false, message: said(error) }))
      .finally(() => (this.doing = undefined));
    if (!outcome.applied) throw new Error(`${outcome.message}. ${BY_HAND}`);
    planned.applied = false;
    await this.plans.look(planned);
    void vscode.window.showInformationMessage("The plan was taken back.");
  }

  /** VS Code does not tell a preview that was discarded from an edit that it refused, maybe halfway: the files do. */
  private async discarded(planned: Planned): Promise<void> {
    await this.plans.look(planned);
    const [other] = planned.stale.filter(({ step }) => planned.steps.has(step));
    if (other)
      throw new Error(
        `The plan was not applied, or not all of it, and ${other.path} is not as it was: ${other.why}. ${BY_HAND}`,
      );
    void vscode.window.setStatusBarMessage("Spelunk: the plan was not applied, nothing was changed", 5000);
  }

  /** The server ended while VS Code had the edit, which it has made all the same. */
  private late({ what, planned }: Doing): void {
    planned.applied = what === "apply";
    this.plans.changed(planned);
    void vscode.window.showWarningMessage(
      planned.applied
        ? `The plan was applied after the server had ended: Undo Plan has no record of it. ${BY_HAND}`
        : "The plan was taken back after the server had ended.",
    );
  }

  private free(): void {
    if (!this.doing) return;
    const request = clean(this.doing.planned.request);
    throw new Error(`The plan "${request}" is in the refactor preview. Apply or discard that first.`);
  }

  private begin(what: Doing["what"], planned: Planned): Doing {
    const doing: Doing = { what, planned, open: false, discarded: false };
    this.doing = doing;
    return doing;
  }

  /** Looks at the plan as the files are now, and asks where something is in the way. */
  private async ready(planned: Planned): Promise<boolean> {
    await this.plans.look(planned);
    const { fatal, steps } = planned;
    if (fatal) throw new Error(`The plan cannot be applied: ${fatal.message}`);
    if (steps.size === 0) throw new Error("No step of the plan is ticked.");
    if (planned.refusal === undefined) return true;
    const stale = new Set(planned.stale.map(({ step }) => step).filter((step) => steps.has(step)));
    if (stale.size === 0) throw new Error(planned.refusal);
    const leave = { title: stale.size === 1 ? "Leave That Step Out" : "Leave Those Steps Out" };
    const lines = planned.stale.slice(0, 10).map(({ step, path, why }) => `Step ${step}: ${path}: ${why}`);
    const detail = [...lines, "", "Plan anew to have it for the files as they are now."].join("\n");
    const answer = await vscode.window.showWarningMessage(
      `${count(stale.size, "step")} of the plan went stale since it was made.`,
      { modal: true, detail },
      ...(steps.size > stale.size ? [leave] : []),
    );
    if (answer !== leave) return false;
    for (const step of stale) steps.delete(step);
    const refusal = await this.plans.check(planned);
    if (refusal !== undefined) throw new Error(refusal);
    return true;
  }

  private async edit(doing: Doing, { edit }: ApplyWorkspaceEditParams): Promise<ApplyWorkspaceEditResult> {
    const preview = doing.what === "apply";
    const all = preview ? chosen(pieces(edit), doing.planned) : pieces(edit);
    const changed = outdated(all);
    if (changed !== undefined) return { applied: false, failureReason: `${changed} was changed meanwhile` };
    doing.open = true;
    const applied = await vscode.workspace.applyEdit(asEdit(all, preview), { isRefactoring: true });
    doing.open = false;
    if (applied && this.doing !== doing) this.late(doing);
    doing.discarded = !applied;
    return applied ? { applied } : { applied, failureReason: "it was discarded, or VS Code refused it" };
  }
}

async function tell({ runId }: Planned, { message, leftOut }: protocol.ApplyPlanResult): Promise<void> {
  const missing = leftOut.slice(0, 5).map(({ path, why }) => `${path}: ${why}.`);
  const words = unlinked([`Plan ${message}.`, ...missing].join(" "));
  const undo = await vscode.window.showInformationMessage(words, "Undo");
  if (undo) await vscode.commands.executeCommand("spelunk.undoPlan", runId);
}
