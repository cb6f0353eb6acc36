// When the server is started: for a folder, and again when something changes that it has to be told at its start.
import * as vscode from "vscode";
import { api } from "../models/editor";
import type { Parts } from "../extension";
import { hasFolder } from "./session";

/** Models come one provider after the other while a window starts. */
const SETTLED_MS = 1_000;

export function register({ session, log }: Parts): vscode.Disposable {
  const refresh = () => {
    session.refresh().catch((error: unknown) => {
      log.error(String(error));
    });
  };
  let timer: NodeJS.Timeout | undefined;
  const refreshSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, SETTLED_MS);
  };
  if (hasFolder()) void session.restart();
  const subscriptions = [
    new vscode.Disposable(() => {
      clearTimeout(timer);
    }),
    vscode.commands.registerCommand("spelunk.restart", () => session.restart()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => session.restart()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("spelunk")) refresh();
    }),
    session.keys.onDidChange(refresh),
    // They tell which languages have a server of their own.
    vscode.extensions.onDidChange(() => {
      session.settingsChanged();
    }),
    // A server that is there follows the folders by itself.
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      if (hasFolder() === (session.state.kind === "off")) void session.restart();
    }),
    // What was put off while something ran.
    session.runs.onDidChange(({ run }) => {
      if (run.end) refresh();
    }),
    session.onErrandDone(refresh),
  ];
  if (api) subscriptions.push(api.onDidChangeChatModels(refreshSoon));
  return vscode.Disposable.from(...subscriptions);
}
