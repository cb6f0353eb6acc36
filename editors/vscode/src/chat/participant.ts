// The chat participant `@spelunk`: questions, plans and explanations in the editor's chat view.
import * as vscode from "vscode";
import { ask, ended, plan } from "../ask/asking";
import { saying } from "../failure";
import { here } from "../ask/place";
import { progress, summary } from "../ask/turn";
import type { End } from "../protocol";
import type { Run } from "../runs/run";
import type { Session } from "../server/session";
import { escaped, pieces } from "./answer";
import { threadOf, wanted, type Attached, type Thread } from "./request";

/** As package.json declares it. */
export const PARTICIPANT = "spelunk.repository";

/** Characters of a plan that are shown here; the view of plans has all of it. */
const MOST_PLAN = 20_000;
const MOST_NOTES = 5;

export class Participant implements vscode.Disposable {
  /** Conversations that the running server knows. */
  private readonly known = new Set<string>();
  private readonly listening: vscode.Disposable;

  constructor(private readonly session: Session) {
    this.listening = session.onDidChange(({ kind }) => {
      if (kind === "starting") this.known.clear();
    });
  }

  /** Answers one request; a `vscode.ChatRequestHandler`. */
  readonly handle = async (
    request: Pick<vscode.ChatRequest, "command" | "prompt" | "references">,
    context: vscode.ChatContext,
    stream: vscode.ChatResponseStream,
    token: vscode.CancellationToken,
  ): Promise<vscode.ChatResult> => {
    const thread = threadOf(
      context.history.map((turn) => ("result" in turn ? turn.result.metadata : undefined)),
    );
    const { attached, leftOut } = attachments(request.references);
    const editor = vscode.window.activeTextEditor;
    const place = here(editor)?.at;
    const asked = wanted({
      command: request.command,
      prompt: request.prompt,
      attached,
      selection: editor?.selection.isEmpty === false ? place : undefined,
      here: place,
    });
    // What was said before is not lost by a request that asks nothing.
    const kept = thread ? { metadata: thread } : {};
    if (asked.kind === "nothing") return { ...kept, errorDetails: { message: asked.message } };
    if (leftOut > 0)
      stream.markdown(`_Left out of what is attached, since it is no file of this machine: ${leftOut}._\n\n`);
    try {
      stream.progress(asked.kind === "plan" ? "Planning" : "Asking");
      const given = {
        ...(asked.at ? { at: asked.at } : {}),
        ...(thread && { conversationId: thread.conversationId }),
      };
      const run = await (asked.kind === "plan"
        ? plan(this.session, { request: asked.text, ...given }, token)
        : ask(this.session, { question: asked.text, ...given }, token));
      if (thread && !this.known.has(thread.conversationId))
        stream.markdown("_The server was started again: it does not know what was asked here before._\n\n");
      this.known.add(run.conversationId);
      const end = await ended(this.session, run, token, teller(run, stream, token));
      if (!token.isCancellationRequested) show(end, run, stream);
      return result(end);
    } catch (error) {
      const message = saying(error);
      if (message === undefined) {
        if (!token.isCancellationRequested) stream.markdown("Nothing was asked.");
        return kept;
      }
      stream.button({ command: "spelunk.doctor", title: "Doctor" });
      return { ...kept, errorDetails: { message: escaped(message) } };
    }
  };

  dispose(): void {
    this.listening.dispose();
  }
}

/** Tells what a run is doing, each thing once. */
function teller(run: Run, stream: vscode.ChatResponseStream, token: vscode.CancellationToken): () => void {
  let told = "";
  return () => {
    if (run.end || token.isCancellationRequested) return;
    const { doing } = progress(run);
    if (doing === told) return;
    told = doing;
    stream.progress(doing);
  };
}

function show(end: End, run: Run, stream: vscode.ChatResponseStream): void {
  const text = end.plan?.markdown ?? end.answer;
  for (const piece of pieces(end.plan ? text.slice(0, MOST_PLAN) : text, end.citations)) {
    if ("markdown" in piece) stream.markdown(piece.markdown);
    else if (piece.cited.location) {
      const { path, from, to, location } = piece.cited;
      stream.anchor(placed(location), to > from ? `${path}:${from}-${to}` : `${path}:${from}`);
    }
  }
  const lines: string[] = [];
  if (end.plan && text.length > MOST_PLAN) lines.push("The plan goes on: it is whole in the view of plans.");
  if (end.reason === "limit" || end.reason === "cancelled") lines.push(escaped(end.message));
  lines.push(...run.notes.slice(-MOST_NOTES).map(escaped));
  if (end.dropped.length > 0) lines.push(`Citations that were not kept: ${end.dropped.length}.`);
  lines.push(escaped(summary(end.model, end.spent, end.seconds)));
  stream.markdown(`${text.trim() ? "\n\n---\n\n" : ""}${lines.filter(Boolean).join("  \n")}\n`);
  for (const { location } of end.citations) if (location) stream.reference(placed(location));
  if (end.plan?.document.steps.length) button(stream, "spelunk.openPlan", "Open Plan", end.runId);
  else if (text) button(stream, "spelunk.openAnswer", "Open Answer", end.runId);
  else button(stream, "spelunk.openTrace", "Open Trace", end.runId);
}

function button(stream: vscode.ChatResponseStream, command: string, title: string, runId: string): void {
  stream.button({ command, title, arguments: [runId] });
}

function result({ reason, message, conversationId, runId }: End): vscode.ChatResult {
  const metadata: Thread = { conversationId, runId };
  // It is shown as Markdown.
  return reason === "failed" ? { metadata, errorDetails: { message: escaped(message) } } : { metadata };
}

function placed({ uri, range }: NonNullable<End["citations"][number]["location"]>): vscode.Location {
  const { start, end } = range;
  return new vscode.Location(
    vscode.Uri.parse(uri, true),
    new vscode.Range(start.line, start.character, end.line, end.character),
  );
}

/** The files and ranges among what is attached, and how much of the rest says something. */
function attachments(references: readonly vscode.ChatPromptReference[]): {
  attached: Attached[];
  leftOut: number;
} {
  const attached: Attached[] = [];
  let leftOut = 0;
  for (const { value } of references) {
    const uri =
      value instanceof vscode.Location ? value.uri : value instanceof vscode.Uri ? value : undefined;
    if (uri?.scheme !== "file") {
      leftOut += 1;
      continue;
    }
    const path = vscode.workspace.asRelativePath(uri);
    if (value instanceof vscode.Location) {
      const { start, end } = value.range;
      const range = {
        start: { line: start.line, character: start.character },
        end: { line: end.line, character: end.character },
      };
      attached.push({
        at: { uri: uri.toString(), range },
        words: `${path}:${start.line + 1}-${end.line + 1}`,
      });
    } else attached.push({ at: { uri: uri.toString() }, words: path });
  }
  return { attached, leftOut };
}
