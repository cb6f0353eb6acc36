// The record of a run as a document and as a page.
import * as vscode from "vscode";
import * as protocol from "../protocol";
import type { Session } from "../server/session";
import { address } from "./documents";

export async function openTrace(runId: string): Promise<void> {
  await vscode.window.showTextDocument(address(runId, "trace.txt"), { preview: true });
}

/**
 * Shows the page in a webview that runs no scripts and loads nothing. The page has a policy of its own, and reads without
 * its script. A browser would do on a desktop only: where the server is elsewhere, its files are out of reach.
 */
export async function openTracePage(session: Session, runId: string): Promise<void> {
  const { text } = await session.request(protocol.trace, { runId, html: true });
  if (!/^<!doctype html>/i.test(text))
    throw new Error("This server makes no pages of runs. Spelunk: Open Trace of a Run shows the text.");
  const panel = vscode.window.createWebviewPanel(
    "spelunk.trace",
    "Trace of a Run",
    vscode.ViewColumn.Active,
    {
      enableScripts: false,
      enableCommandUris: false,
      enableForms: false,
      localResourceRoots: [],
      enableFindWidget: true,
    },
  );
  panel.webview.html = text;
}
