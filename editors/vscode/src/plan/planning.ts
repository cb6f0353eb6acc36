// Has a refactoring planned: what to do, where it was asked, and how far it is.
import * as vscode from "vscode";
import { money } from "../amounts";
import { ended, plan as begin } from "../ask/asking";
import { here } from "../ask/place";
import { unlinked } from "../plain";
import type { PlanParams } from "../protocol";
import type { Run } from "../runs/run";
import type { Session } from "../server/session";
import type { Planned } from "./planned";
import type { Plans } from "./plans";

/** Asks what to plan. The request means the place in the editor by "this" and "here". */
export async function asked(): Promise<PlanParams | undefined> {
  const place = here(vscode.window.activeTextEditor);
  const request = await vscode.window.showInputBox({
    title: "Plan a Refactor",
    prompt: unlinked(
      `Nothing is changed before you have seen the plan.${place ? ` "This" is ${place.words}.` : ""}`,
    ),
    placeHolder: "rename Parser.next to advance",
    ignoreFocusOut: true,
  });
  if (request === undefined || request.trim() === "") return undefined;
  return { request, ...(place ? { at: place.at } : {}) };
}

/** Plans, with progress that can be cancelled, and gives the plan; none when there is none, which the person is told. */
export async function plan(session: Session, plans: Plans, params: PlanParams): Promise<Planned | undefined> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: unlinked(`Planning: ${params.request}`),
    cancellable: true,
  };
  const end = await vscode.window.withProgress(options, async (progress, token) => {
    const run = await begin(session, params, token);
    let told = "";
    return ended(session, run, token, () => {
      const message = unlinked(doing(run));
      if (message !== told) progress.report({ message });
      told = message;
    });
  });
  if (end.plan) {
    const planned = await plans.add(end.runId, end.plan);
    if (end.reason === "limit")
      void vscode.window.showWarningMessage(unlinked(`The plan may not be whole: ${end.message}`));
    return planned;
  }
  if (end.reason === "cancelled") return undefined;
  const words =
    end.reason === "failed"
      ? end.message
      : `Nothing was planned. ${end.reason === "limit" ? end.message : ""}`;
  const open = end.answer === "" ? "Open Trace" : "Open Answer";
  const said = await vscode.window.showErrorMessage(unlinked(words.trim()), open);
  if (said)
    await vscode.commands.executeCommand(
      end.answer === "" ? "spelunk.openTrace" : "spelunk.openAnswer",
      end.runId,
    );
  return undefined;
}

/** How far a run is, in one line. */
function doing(run: Run): string {
  const { usd } = run.spent;
  const looking = run.agents.get(0)?.turns.at(-1)?.looking.at(-1) ?? "";
  return [`turn ${run.turn}`, usd > 0 ? money(usd) : "", looking].filter(Boolean).join(" · ");
}
