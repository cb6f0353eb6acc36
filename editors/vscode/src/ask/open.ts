// Opening a citation: its file at its lines, which are lit for a moment.
import * as vscode from "vscode";
import type { Cited } from "../protocol";

const LIT_MS = 1_500;

/** Opens the file beside the panel, which is in the column `panel`. */
export async function openCitation(cited: Cited, panel: vscode.ViewColumn | undefined): Promise<void> {
  if (!cited.location) return;
  const { start, end } = cited.location.range;
  const editor = await vscode.window.showTextDocument(vscode.Uri.parse(cited.location.uri, true), {
    viewColumn: columnBeside(panel),
    selection: new vscode.Range(start.line, start.character, start.line, start.character),
  });
  const lines = new vscode.Range(start.line, 0, end.line, end.character);
  editor.revealRange(lines, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  const light = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("editor.rangeHighlightBackground"),
    border: "1px solid",
    borderColor: new vscode.ThemeColor("editor.rangeHighlightBorder"),
  });
  editor.setDecorations(light, [lines]);
  setTimeout(() => {
    light.dispose();
  }, LIT_MS);
}

/** The column of an editor that is in sight already, else one beside. */
export function columnBeside(panel: vscode.ViewColumn | undefined): vscode.ViewColumn {
  if (panel === undefined) return vscode.ViewColumn.Active;
  const groups = vscode.window.tabGroups.all.map((group) => group.viewColumn);
  return groups.find((column) => column !== panel) ?? vscode.ViewColumn.Beside;
}
