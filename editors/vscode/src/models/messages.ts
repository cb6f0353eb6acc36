// The server's chat messages as the editor's language-model API has them.
import * as vscode from "vscode";
import type { ChatMessage } from "../protocol";

/**
 * Translates a conversation. The API has no system role, so its text leads the first message of the user's; results of
 * tools are the user's too, and what belongs to one speaker in a row is one message, since providers want turns.
 */
export function messages(chat: ChatMessage[]): vscode.LanguageModelChatMessage[] {
  const { User, Assistant } = vscode.LanguageModelChatMessageRole;
  const made: vscode.LanguageModelChatMessage[] = [];
  for (const message of chat) {
    const role = message.role === "assistant" ? Assistant : User;
    const parts = partsOf(message);
    if (parts.length === 0) continue;
    const last = made.at(-1);
    if (last?.role === role) last.content = [...last.content, ...parts];
    else made.push(new vscode.LanguageModelChatMessage(role, parts));
  }
  return made;
}

function partsOf({ role, content, toolCalls, toolCallId }: ChatMessage): vscode.LanguageModelInputPart[] {
  const text = content ? [new vscode.LanguageModelTextPart(content)] : [];
  if (role === "tool")
    return [
      new vscode.LanguageModelToolResultPart(toolCallId ?? "", [new vscode.LanguageModelTextPart(content)]),
    ];
  const calls = (toolCalls ?? []).map(
    (call) => new vscode.LanguageModelToolCallPart(call.id, call.name, input(call.arguments)),
  );
  return [...text, ...calls];
}

/** A model's own words may be no JSON; it is shown them again as they were. */
function input(json: string): object {
  try {
    const value = JSON.parse(json) as unknown;
    return typeof value === "object" && value !== null ? value : { value };
  } catch {
    return { text: json };
  }
}
