// What "this" is: the symbol or the selection that a question is about.
import * as vscode from "vscode";
import type { Place } from "../protocol";

export interface Here {
  at: Place;
  /** `parse, src/parse.rs:9`, for the person. */
  words: string;
}

/** The selection of an editor, else the place of its cursor; `undefined` where there is no file. */
export function here(editor: vscode.TextEditor | undefined): Here | undefined {
  if (editor?.document.uri.scheme !== "file") return undefined;
  const { document, selection } = editor;
  const uri = document.uri.toString();
  const path = vscode.workspace.asRelativePath(document.uri);
  if (!selection.isEmpty) {
    const { start, end } = selection;
    // A selection of whole lines ends at the beginning of the next.
    const last = end.character === 0 && end.line > start.line ? end.line : end.line + 1;
    const lines = last > start.line + 1 ? `lines ${start.line + 1} to ${last}` : `line ${start.line + 1}`;
    return { at: { uri, range: plain(selection) }, words: `the selection, ${lines} of ${path}` };
  }
  const position = { line: selection.active.line, character: selection.active.character };
  const word = document.getWordRangeAtPosition(selection.active);
  const place = `${path}:${position.line + 1}`;
  return { at: { uri, position }, words: word ? `${document.getText(word)}, ${place}` : place };
}

function plain({ start, end }: vscode.Range): NonNullable<Place["range"]> {
  return {
    start: { line: start.line, character: start.character },
    end: { line: end.line, character: end.character },
  };
}
