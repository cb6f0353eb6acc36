// Registers what this part adds to the editor.
import * as vscode from "vscode";
import type { Parts } from "../extension";

export function register(_parts: Parts): vscode.Disposable {
  return vscode.Disposable.from();
}
