// The history of runs, as a list to pick from.
import * as vscode from "vscode";
import { money } from "../amounts";
import { iconless } from "../plain";
import * as protocol from "../protocol";
import type { Session } from "../server/session";
import { duration } from "./turn";
import { visible } from "./markdown";

interface Item extends vscode.QuickPickItem {
  run: protocol.RunSummary;
}

const ICONS: Record<protocol.RunSummary["state"], string> = {
  running: "sync",
  answered: "check",
  limit: "watch",
  cancelled: "circle-slash",
  failed: "error",
  unfinished: "question",
};

/** Lets the person pick one of the runs; `undefined` when they do not. */
export async function pickRun(session: Session): Promise<protocol.RunSummary | undefined> {
  const items = session.request(protocol.runs, { limit: 200 }).then(({ runs }) => runs.map(item));
  const picked = await vscode.window.showQuickPick<Item>(items, {
    title: "Spelunk: History of Runs",
    placeHolder: "A question, a plan, a workspace",
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.run;
}

function item(run: protocol.RunSummary): Item {
  const spent = run.usd === undefined ? "" : money(run.usd);
  const when = new Date(run.started).toLocaleString();
  const facts = [run.state, run.plan ? "plan" : "", spent, duration(run.seconds), when];
  return {
    run,
    label: iconless(visible(run.question)),
    iconPath: new vscode.ThemeIcon(ICONS[run.state]),
    description: facts.filter(Boolean).join(" · "),
    detail: [run.workspace, run.model].filter(Boolean).join(" · "),
  };
}
