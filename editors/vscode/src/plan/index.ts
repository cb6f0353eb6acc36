// Registers what this part adds to the editor: plans, from the request to what was applied and taken back.
import * as vscode from "vscode";
import { saying } from "../failure";
import type { Parts } from "../extension";
import { iconless, unlinked } from "../plain";
import * as protocol from "../protocol";
import type { PlanParams } from "../protocol";
import { Applying } from "./applying";
import { Documents, openDiff } from "./documents";
import { clean } from "./face";
import { openPage } from "./page";
import type { Planned } from "./planned";
import { asked, plan } from "./planning";
import { Plans } from "./plans";
import type { Row } from "./rows";
import { verify } from "./verifying";
import { View } from "./view";

export function register({ session, context, log }: Parts): vscode.Disposable {
  const plans = new Plans(session, context.workspaceState, log);
  const view = new View(plans);
  const applying = new Applying(session, plans);

  /** Does something, and tells the person what went wrong. */
  const guarded =
    <A extends unknown[]>(action: (...given: A) => Promise<unknown>) =>
    async (...given: A) => {
      try {
        await action(...given);
      } catch (error) {
        const words = error instanceof vscode.CancellationError ? undefined : saying(error);
        if (words === undefined) return;
        log.error(words);
        void vscode.window.showErrorMessage(unlinked(words));
      }
    };
  const begin = guarded(async (params?: PlanParams) => {
    const whole = params?.request ? params : await asked();
    const planned = whole && (await plan(session, plans, whole));
    if (planned) await view.reveal(planned);
  });
  /** The plan of a row or a run; else the one that is selected, or alone, or that the person picks. */
  const found = async (given: Row | string | undefined): Promise<Planned | undefined> => {
    if (typeof given === "string") return plans.add(given);
    if (given) return given.planned;
    const all = plans.all();
    return view.selected ?? (all.length === 1 ? all[0] : picked(all));
  };
  const command = (id: string, action: (planned: Planned, given: Row | string | undefined) => unknown) =>
    vscode.commands.registerCommand(
      id,
      guarded(async (given?: Row | string) => {
        const planned = await found(given);
        if (planned) await action(planned, given);
      }),
    );

  return vscode.Disposable.from(
    plans,
    view,
    new Documents(session, plans),
    session.onPlan((params) => void begin(params)),
    session.onApplyPlan(
      (choice) =>
        void guarded(async () => {
          const planned = await plans.add(choice.runId);
          for (const { id } of choice.steps ? planned.shown : [])
            if (!choice.steps?.includes(id)) planned.steps.delete(id);
          await applying.apply(planned);
        })(),
    ),
    vscode.commands.registerCommand("spelunk.planRefactor", () => begin()),
    vscode.commands.registerCommand(
      "spelunk.openPlan",
      guarded(async (given?: Row | string) => {
        // A row's plan is in view already, so its page is wanted.
        if (given && typeof given !== "string") {
          openPage(given.planned);
          return;
        }
        const runId = given ?? (await recorded());
        if (runId === undefined) return;
        const planned = await plans.add(runId);
        await plans.look(planned);
        await view.reveal(planned);
      }),
    ),
    command("spelunk.previewPlan", (planned) => applying.apply(planned)),
    command("spelunk.verifyPlan", (planned) => verify(session, plans, planned)),
    command("spelunk.undoPlan", (planned) => applying.undo(planned)),
    command("spelunk.copyPatch", async ({ runId, isWhole }) => {
      const { diff } = await session.request(protocol.planDiff, { runId });
      await vscode.env.clipboard.writeText(diff);
      const whole = isWhole ? "" : " It is of the whole plan, with the steps that are not ticked.";
      void vscode.window.showInformationMessage(`The patch is in the clipboard: git apply takes it.${whole}`);
    }),
    command("spelunk.closePlan", (planned) => {
      plans.close(planned);
    }),
    command("spelunk.dropStep", async (planned, row) => {
      if (typeof row !== "object" || row.kind !== "step") return;
      const { id } = row.step;
      const ticked = planned.steps.has(id);
      planned.drop(id);
      const why = await plans.check(planned);
      if (why === undefined) return;
      if (ticked) planned.keep(id);
      else planned.dropped.delete(id);
      await plans.check(planned);
      throw new Error(`Step ${id} stays: ${why}`);
    }),
    vscode.commands.registerCommand(
      "spelunk.openPlanDiff",
      guarded(async (row?: Row) => {
        if (row && "file" in row) await openDiff(row.planned, row.file);
      }),
    ),
  );

  async function recorded(): Promise<string | undefined> {
    const listing = session.request(protocol.runs, { limit: 200 }).then(({ runs }) =>
      runs
        .filter((run) => run.plan && run.state !== "running")
        .map((run) => ({
          label: iconless(clean(run.question)),
          description: `${run.state} · ${run.workspace}`,
          detail: new Date(run.started).toLocaleString(),
          runId: run.runId,
        })),
    );
    return (await vscode.window.showQuickPick(listing, { title: "Open a Plan", placeHolder: "Which plan?" }))
      ?.runId;
  }
}

async function picked(all: Planned[]): Promise<Planned | undefined> {
  if (all.length === 0) throw new Error("No plan is open. Spelunk: Plan a Refactor makes one.");
  const items = all.map((planned) => ({
    label: iconless(clean(planned.request)),
    description: planned.runId,
    planned,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: "Which plan?" }))?.planned;
}
