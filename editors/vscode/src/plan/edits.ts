// The pieces of an edit as VS Code's own, with or without its preview.
import * as vscode from "vscode";
import type { Piece } from "./pieces";

/** `preview`: VS Code shows it before anything happens. */
export function asEdit(all: Piece[], preview: boolean): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  for (const piece of all) {
    const uri = vscode.Uri.parse(piece.uri);
    const about = { label: piece.label, description: piece.why, needsConfirmation: preview && piece.asked };
    if (piece.kind === "text") {
      const { start, end } = piece.range;
      const range = new vscode.Range(start.line, start.character, end.line, end.character);
      edit.replace(uri, range, piece.text, about);
    } else if (piece.kind === "create") edit.createFile(uri, piece, about);
    else if (piece.kind === "rename") edit.renameFile(uri, vscode.Uri.parse(piece.to), piece, about);
    else edit.deleteFile(uri, piece, about);
  }
  if (preview && all[0]) trigger(edit, vscode.Uri.parse(all[0].uri));
  return edit;
}

/**
 * VS Code shows the preview when a piece needs a yes, and starts such pieces without a tick. This one needs it and does
 * nothing, so it is not listed there, and all others start as the person has ticked them.
 */
function trigger(edit: vscode.WorkspaceEdit, beside: vscode.Uri): void {
  const nothing = vscode.Uri.joinPath(beside, "..", `.nothing-${crypto.randomUUID()}`);
  const about = { label: "Preview", needsConfirmation: true };
  edit.deleteFile(nothing, { ignoreIfNotExists: true }, about);
}

/** The first document that is open at another version than an edit is for, by its path. */
export function outdated(all: Piece[]): string | undefined {
  const open = new Map(vscode.workspace.textDocuments.map(({ uri, version }) => [uri.toString(), version]));
  for (const piece of all) {
    if (piece.kind !== "text" || piece.version === null) continue;
    const uri = vscode.Uri.parse(piece.uri);
    const version = open.get(uri.toString());
    if (version !== undefined && version !== piece.version) return vscode.workspace.asRelativePath(uri);
  }
  return undefined;
}
