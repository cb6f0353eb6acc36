// Takes back what was applied of a plan.
import * as vscode from "vscode";
import * as protocol from "../protocol";
import type { Session } from "../server/session";
import type { Planned } from "./planned";
import type { Plans } from "./plans";

const BY_HAND =
  "VS Code's own Undo, in one of the files that the plan changed, takes back all of them as long as the window is open.";

export async function undo(session: Session, plans: Plans, planned: Planned): Promise<void> {
  if (!session.offers(protocol.undoPlan.method))
    throw new Error(`This server does not undo plans. ${BY_HAND}`);
  let outcome: protocol.ApplyPlanResult;
  try {
    outcome = await session.request(protocol.undoPlan, { runId: planned.runId });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}. ${BY_HAND}`, {
      cause: error,
    });
  }
  if (!outcome.applied) throw new Error(`${outcome.message}. ${BY_HAND}`);
  planned.applied = false;
  planned.leftOut = [];
  await plans.look(planned);
  void vscode.window.showInformationMessage("The plan was taken back.");
}
