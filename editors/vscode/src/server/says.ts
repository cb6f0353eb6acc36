// What the server says to the person, without links: the client's own way lets them run commands.
import * as vscode from "vscode";
import { MessageType, type ShowMessageParams } from "vscode-languageclient/node";
import { unlinked } from "../plain";

/** Answers `window/showMessage`. */
export function say({ type, message }: ShowMessageParams): void {
  const { showErrorMessage, showWarningMessage, showInformationMessage } = vscode.window;
  const show =
    type === MessageType.Error
      ? showErrorMessage
      : type === MessageType.Warning
        ? showWarningMessage
        : showInformationMessage;
  void show(unlinked(message));
}
