// An edit that the server asks for, piece by piece, and which of them a person has said yes to. No editor in here.
import type { WorkspaceEdit } from "vscode-languageclient/node";
import type { Planned } from "./planned";

interface Range {
  start: { line: number; character: number };
  end: { line: number; character: number };
}

export type Piece = {
  uri: string;
  /** What it belongs to, in words, and why it is done. */
  label: string;
  why: string;
  /** Names what it belongs to: `1`, `1:doubtful`, `executed:build.rs`, ... */
  mark: string;
  /** Whether it is left out unless the person ticks it in the preview as well. */
  asked: boolean;
} & (
  | { kind: "text"; version: number | null; range: Range; text: string }
  | { kind: "create"; overwrite: boolean; ignoreIfExists: boolean }
  | { kind: "rename"; to: string; overwrite: boolean; ignoreIfExists: boolean }
  | { kind: "delete"; recursive: boolean; ignoreIfNotExists: boolean }
);

/** The pieces of an edit, in their order. */
export function pieces(edit: WorkspaceEdit): Piece[] {
  const about = (mark: string | undefined) => {
    const annotation = mark === undefined ? undefined : edit.changeAnnotations?.[mark];
    return {
      mark: mark ?? "",
      label: annotation?.label ?? "Plan",
      why: annotation?.description ?? "",
      asked: annotation?.needsConfirmation ?? false,
    };
  };
  const all: Piece[] = [];
  for (const [uri, edits] of Object.entries(edit.changes ?? {}))
    for (const { range, newText } of edits)
      all.push({ kind: "text", uri, version: null, range, text: newText, ...about(undefined) });
  for (const change of edit.documentChanges ?? []) {
    if (!("kind" in change)) {
      const { uri, version } = change.textDocument;
      for (const one of change.edits) {
        if (!("newText" in one)) throw new Error(`the edit of ${uri} has a snippet, which a plan never has`);
        const mark = "annotationId" in one ? one.annotationId : undefined;
        all.push({ kind: "text", uri, version, range: one.range, text: one.newText, ...about(mark) });
      }
      continue;
    }
    const { overwrite = false, ignoreIfExists = false } =
      change.kind === "delete" ? {} : (change.options ?? {});
    const of = about(change.annotationId);
    if (change.kind === "create")
      all.push({ kind: "create", uri: change.uri, overwrite, ignoreIfExists, ...of });
    else if (change.kind === "rename")
      all.push({ kind: "rename", uri: change.oldUri, to: change.newUri, overwrite, ignoreIfExists, ...of });
    else {
      const { recursive = false, ignoreIfNotExists = false } = change.options ?? {};
      all.push({ kind: "delete", uri: change.uri, recursive, ignoreIfNotExists, ...of });
    }
  }
  return all;
}

/**
 * The pieces for the preview: what is ticked in the view of plans is ticked there. Files that tools execute and that
 * nobody ticked are there, not ticked; of doubtful places only those that are ticked are there.
 */
export function chosen(all: Piece[], planned: Planned): Piece[] {
  const { doubtful } = planned.choice();
  const ticked = new Set(
    planned.tickedDoubts.map(({ step, uri, line }) => `${step}:doubtful ${uri ?? ""} ${line - 1}`),
  );
  return all.flatMap((piece) => {
    if (piece.mark.endsWith(":doubtful")) {
      const at = piece.kind === "text" ? piece.range.start.line : -1;
      const wanted = doubtful ?? ticked.has(`${piece.mark} ${piece.uri} ${at}`);
      return wanted ? [{ ...piece, asked: false }] : [];
    }
    return [{ ...piece, asked: piece.asked && piece.mark.startsWith("executed:") }];
  });
}
