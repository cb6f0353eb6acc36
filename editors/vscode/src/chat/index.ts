// Registers the chat participant and the language-model tool, where the editor has the API for them.
import * as vscode from "vscode";
import type { Parts } from "../extension";
import { Participant, PARTICIPANT } from "./participant";
import { Tool, TOOL } from "./tool";

/** Not every editor that takes this extension has both. */
const { chat, lm } = vscode as { chat?: Partial<typeof vscode.chat>; lm?: Partial<typeof vscode.lm> };

export function register({ session, context }: Parts): vscode.Disposable {
  const registered: { dispose: () => unknown }[] = [];
  if (chat?.createChatParticipant) {
    const participant = new Participant(session);
    const shown = chat.createChatParticipant(PARTICIPANT, participant.handle);
    shown.iconPath = vscode.Uri.joinPath(context.extensionUri, "media", "icon.png");
    registered.push(participant, shown);
  }
  if (lm?.registerTool) registered.push(lm.registerTool(TOOL, new Tool(session)));
  return vscode.Disposable.from(...registered);
}
