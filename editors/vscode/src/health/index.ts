// Registers what tells how the server is: status bar, menu, doctor, log, and why it does not run.
import * as vscode from "vscode";
import type { Parts } from "../extension";
import { unlinked } from "../plain";
import { bar } from "./bar";
import { Doctor } from "./doctor";
import { menu } from "./menu";

export function register({ session, log }: Parts): vscode.Disposable {
  const doctor = new Doctor(session);
  const tell = async (message: string) => {
    const ways: Record<string, () => unknown> = {
      Restart: () => session.restart(),
      "Show Log": () => {
        log.show();
      },
      "Open Settings": () => {
        const query = message.includes("spelunk.server.path") ? "spelunk.server.path" : "spelunk";
        return vscode.commands.executeCommand("workbench.action.openSettings", query);
      },
    };
    const choice = await vscode.window.showErrorMessage(
      unlinked(`Spelunk: ${message}`),
      ...Object.keys(ways),
    );
    if (choice) await ways[choice]?.();
  };
  return vscode.Disposable.from(
    doctor,
    bar(session),
    session.onDidChange((state) => {
      if (state.kind === "failed") void tell(state.message);
    }),
    vscode.commands.registerCommand("spelunk.menu", () => menu(session)),
    vscode.commands.registerCommand("spelunk.doctor", () => doctor.show()),
    vscode.commands.registerCommand("spelunk.showLog", () => {
      log.show();
    }),
  );
}
