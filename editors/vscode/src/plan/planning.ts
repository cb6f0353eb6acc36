// Has a refactoring planned: what to do, where it was asked, and how far it is.
import * as vscode from "vscode";
import { here } from "../ask/place";
import type { PlanParams } from "../protocol";
import * as protocol from "../protocol";
import type { Run } from "../runs/run";
import type { Session } from "../server/session";
import type { Planned } from "./planned";
import type { Plans } from "./plans";

/** Asks what to plan. The request means the place in the editor by "this" and "here". */
export async function asked(): Promise<PlanParams | undefined> {
  const place = here(vscode.window.activeTextEditor);
  const request = await vscode.window.showInputBox({
    title: "Plan a Refactor",
    prompt: `Nothing is changed before you have seen the plan.${place ? ` "This" is ${place.words}.` : ""}`,
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
    title: `Planning: ${params.request}`,
    cancellable: true,
  };
  const end = await vscode.window.withProgress(options, async (progress, token) => {
    const begun = await session.request(protocol.plan, params, token);
    const run = session.runs.begin(begun, true);
    return ended(session, run, progress, token);
  });
  if (end.plan) {
    const planned = await plans.add(end.runId, end.plan);
    if (end.reason === "limit")
      void vscode.window.showWarningMessage(`The plan may not be whole: ${end.message}`);
    return planned;
  }
  if (end.reason === "cancelled") return undefined;
  const words =
    end.reason === "failed"
      ? end.message
      : `Nothing was planned. ${end.reason === "limit" ? end.message : ""}`;
  const open = end.answer === "" ? "Open Trace" : "Open Answer";
  const said = await vscode.window.showErrorMessage(words.trim(), open);
  if (said)
    await vscode.commands.executeCommand(
      end.answer === "" ? "spelunk.openTrace" : "spelunk.openAnswer",
      end.runId,
    );
  return undefined;
}

function ended(
  session: Session,
  run: Run,
  progress: vscode.Progress<{ message: string }>,
  token: vscode.CancellationToken,
): Promise<protocol.End> {
  return new Promise((done) => {
    const stop = () => {
      // What comes of it is told by the run's end.
      session.request(protocol.cancel, { runId: run.runId }).catch(() => undefined);
    };
    const cancelling = token.onCancellationRequested(stop);
    if (token.isCancellationRequested) stop();
    const look = () => {
      if (run.end) {
        listening.dispose();
        cancelling.dispose();
        done(run.end);
        return;
      }
      const { usd } = run.spent;
      const looking = run.agents.get(0)?.turns.at(-1)?.looking.at(-1) ?? "";
      const said = [
        `turn ${run.turn}`,
        ...(usd > 0 ? [`$${usd.toFixed(2)}`] : []),
        ...(looking ? [looking] : []),
      ];
      progress.report({ message: said.join(" · ") });
    };
    const listening = session.runs.onDidChange(({ run: changed, notice }) => {
      if (changed === run && notice?.event.kind !== "text") look();
    });
    look();
  });
}
