// The menu behind the status-bar item.
import * as vscode from "vscode";
import type { Session } from "../server/session";

interface Entry extends vscode.QuickPickItem {
  command?: string;
  argument?: string;
}

/** Lets the person choose what to do. */
export async function menu(session: Session): Promise<void> {
  const separator = { label: "", kind: vscode.QuickPickItemKind.Separator };
  const running = session.runs.running().length > 0;
  const entries: Entry[] = [
    entry("search-fuzzy", "Ask About This Repository", "spelunk.askRepository"),
    entry("list-ordered", "Plan a Refactor", "spelunk.planRefactor"),
    entry("history", "History of Runs", "spelunk.history"),
    ...(running
      ? [
          entry("debug-stop", "Stop", "spelunk.stop"),
          entry("debug-continue", "Answer Now", "spelunk.answerNow"),
        ]
      : []),
    separator,
    entry("symbol-misc", "Choose Model", "spelunk.chooseModel"),
    entry("key", "Set a Provider's Key", "spelunk.setKey"),
    ...(vscode.workspace.isTrusted
      ? []
      : [entry("shield", "Manage Workspace Trust", "workbench.trust.manage")]),
    { ...entry("gear", "Open Settings", "workbench.action.openSettings"), argument: "spelunk" },
    separator,
    entry("pulse", "Doctor", "spelunk.doctor"),
    entry("output", "Show Log", "spelunk.showLog"),
    entry("debug-restart", "Restart Server", "spelunk.restart"),
  ];
  const { state } = session;
  const placeHolder = state.kind === "failed" ? state.message : "What would you like to do?";
  const chosen = await vscode.window.showQuickPick(entries, { title: "Spelunk", placeHolder });
  if (!chosen?.command) return;
  const given = chosen.argument === undefined ? [] : [chosen.argument];
  await vscode.commands.executeCommand(chosen.command, ...given);
}

function entry(icon: string, label: string, command: string): Entry {
  return { label, iconPath: new vscode.ThemeIcon(icon), command };
}
