// Where the extension begins: one session with the server, and the parts that show it.
import * as vscode from "vscode";
import * as ask from "./ask";
import * as chat from "./chat";
import * as health from "./health";
import * as models from "./models";
import * as plan from "./plan";
import * as server from "./server";
import { Session } from "./server/session";
import * as settings from "./settings";
import * as watch from "./watch";

/** What every part gets. Each registers its commands and views at once, and starts nothing. */
export interface Parts {
  session: Session;
  context: vscode.ExtensionContext;
  log: vscode.LogOutputChannel;
}

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("Spelunk", { log: true });
  const session = new Session(context, log);
  context.subscriptions.push(log, session);
  const parts: Parts = { session, context, log };
  for (const part of [health, models, ask, watch, plan, chat, settings, server])
    context.subscriptions.push(part.register(parts));
}
