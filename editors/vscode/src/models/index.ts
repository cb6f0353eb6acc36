// Registers the commands about models and keys.
import * as vscode from "vscode";
import { said } from "../failure";
import type { Parts } from "../extension";
import { unlinked } from "../plain";
import { removeKey, setKey } from "./ask-key";
import { chooseModel } from "./choose";

export function register({ session, log }: Parts): vscode.Disposable {
  const command = (name: string, act: () => Promise<void>) =>
    vscode.commands.registerCommand(name, async () => {
      try {
        await act();
      } catch (error) {
        log.error(String(error));
        void vscode.window.showErrorMessage(unlinked(`Spelunk: ${said(error)}`));
      }
    });
  return vscode.Disposable.from(
    command("spelunk.chooseModel", () => chooseModel(session)),
    command("spelunk.setKey", () => setKey(session)),
    command("spelunk.removeKey", () => removeKey(session)),
  );
}
