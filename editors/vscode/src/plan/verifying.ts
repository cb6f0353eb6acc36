// Has the machine's own command say whether the tree is sound with a plan applied, once the person has said yes.
import * as vscode from "vscode";
import { unlinked } from "../plain";
import * as protocol from "../protocol";
import type { Session } from "../server/session";
import { address } from "./documents";
import { clean } from "./face";
import type { Planned } from "./planned";
import type { Plans } from "./plans";

export async function verify(session: Session, plans: Plans, planned: Planned): Promise<void> {
  if (!vscode.workspace.isTrusted)
    throw new Error(
      "A plan is only verified in a trusted folder: its code would run. Workspaces: Manage Workspace Trust.",
    );
  const { hash } = planned.plan;
  const yes = { title: "Verify" };
  const said = await vscode.window.showWarningMessage(
    `Run ${command()} over a copy of the tree with this plan applied?`,
    { modal: true, detail: detail(planned) },
    yes,
  );
  if (said !== yes) return;
  const steps = planned.choice().steps;
  const params = { runId: planned.runId, approved: hash, ...(steps ? { steps } : {}) };
  const title = unlinked(`Verifying: ${clean(planned.request)}`);
  const verified = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (_, token) => session.request(protocol.verifyPlan, params, token),
  );
  await plans.look(planned);
  // The server keeps the outcome of a whole plan only.
  planned.plan.document.verified = verified;
  plans.changed(planned);
  const open = "Open Output";
  const { passed, how, before } = verified;
  const words = passed
    ? `The plan passes: ${how}.`
    : `The plan does not pass: ${how}.${before === false ? " Nor does the tree without it." : ""}`;
  const show = passed ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  if ((await show(unlinked(words), open)) === open)
    await vscode.window.showTextDocument(address(planned.runId, "verified.txt"), { preview: true });
}

/** As far as it is known here: the file of the machine's configuration may have it too. */
function command(): string {
  const set = vscode.workspace.getConfiguration("spelunk").inspect<string | null>("verify")?.globalValue;
  return typeof set === "string" && set !== "" ? `\`${clean(set)}\`` : "the machine's `verify` command";
}

function detail(planned: Planned): string {
  const network =
    vscode.workspace.getConfiguration("spelunk").inspect<boolean>("verifyNetwork")?.globalValue ?? false;
  const files = planned.plan.files.map(({ path, executed }) =>
    executed === undefined ? path : `${path} (${executed})`,
  );
  const shown = files.slice(0, 8);
  return [
    "This runs code of the plan. It gets a temporary copy of the tree and a HOME of its own, " +
      `${network ? "with" : "without"} the network, as far as this system can do that; the outcome says what held.`,
    "",
    `Plan: ${clean(planned.request)}`,
    ...shown,
    ...(files.length > shown.length ? [`and ${files.length - shown.length} more files`] : []),
  ].join("\n");
}
