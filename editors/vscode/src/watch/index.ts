// Registers what this part adds to the editor: the view of runs, their texts and their traces.
import * as vscode from "vscode";
import { said } from "../failure";
import type { Parts } from "../extension";
import { iconless, unlinked } from "../plain";
import * as protocol from "../protocol";
import type { Session } from "../server/session";
import { Documents } from "./documents";
import { Past } from "./past";
import type { Row } from "./rows";
import { openTrace, openTracePage } from "./trace";
import { runOf, View } from "./view";
import { firstLine } from "./words";

export function register({ session, log }: Parts): vscode.Disposable {
  const past = new Past(session);
  const view = new View(session, past);
  const texts = new Documents(session, past, async (runId) => {
    const { text } = await session.request(protocol.trace, { runId, full: true });
    return text;
  });
  const command = (id: string, open: (runId: string) => Promise<void>) =>
    vscode.commands.registerCommand(id, async (given?: Row | string) => {
      try {
        const runId = typeof given === "string" ? given : given ? runOf(given) : await chosen(session);
        if (runId !== undefined) await open(runId);
      } catch (error) {
        log.error(String(error));
        void vscode.window.showErrorMessage(unlinked(said(error)));
      }
    });
  return vscode.Disposable.from(
    view,
    texts,
    command("spelunk.openTrace", openTrace),
    command("spelunk.openTracePage", (runId) => openTracePage(session, runId)),
    vscode.commands.registerCommand("spelunk.refreshRuns", (more?: unknown) => {
      view.refresh(more === "more");
    }),
  );
}

/** The run that the person picks. */
async function chosen(session: Session): Promise<string | undefined> {
  const listing = session.request(protocol.runs, {}).then(({ runs }) =>
    runs.map((run) => ({
      label: iconless(firstLine(run.question)),
      description: run.state,
      detail: new Date(run.started).toLocaleString(),
      runId: run.runId,
    })),
  );
  const picked = await vscode.window.showQuickPick(listing, {
    title: "Trace of a Run",
    placeHolder: "Which run?",
    matchOnDetail: true,
  });
  return picked?.runId;
}
