// Lends the editor a model that is no model: it takes its replies from `replies.jsonl` beside the opened folder, one a
// line, and writes what it was asked to `requests.jsonl`.
//   {"say": ["bits", "of text"], "call": {"name": "...", "input": {}}, "hold": "file"}   waits, after the text, for a file
//   {"refuse": "Blocked", "message": "..."}
// It is also an agent: its command calls the tool that `call.json` names, and writes what it got to `called.json`.
//   {"tool": "name", "input": {}, "budget": 100, "cancel": "file"}   counts words; cancels when there is a file
//   {"chat": "@participant text"}   opens the chat view and sends that
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import * as vscode from "vscode";

const models = ["scripted", "scripted-mini"].map((id) => ({
  id,
  name: id,
  family: "test",
  version: "1",
  maxInputTokens: 100_000,
  maxOutputTokens: 10_000,
  capabilities: { toolCalling: true },
}));

/** How many replies were given. */
let given = 0;

const folder = () => dirname(vscode.workspace.workspaceFolders[0].uri.fsPath);

/** A message as JSON has it: parts by what they are. */
function plain({ role, content }) {
  const parts = content.map((part) => {
    if (part instanceof vscode.LanguageModelTextPart) return { text: part.value };
    if (part instanceof vscode.LanguageModelToolCallPart)
      return { call: part.callId, name: part.name, input: part.input };
    return { result: part.callId, content: part.content.map(({ value }) => value) };
  });
  return { role: role === vscode.LanguageModelChatMessageRole.Assistant ? "assistant" : "user", parts };
}

const provider = {
  provideLanguageModelChatInformation: () => models,
  provideTokenCount: (_model, text) => Math.ceil(JSON.stringify(text).length / 4),

  async provideLanguageModelChatResponse(model, messages, options, progress, token) {
    const tools = (options.tools ?? []).map(({ name }) => name);
    const asked = { model: model.id, messages: messages.map(plain), tools };
    appendFileSync(join(folder(), "requests.jsonl"), `${JSON.stringify(asked)}\n`);
    const replies = readFileSync(join(folder(), "replies.jsonl"), "utf8").trim().split("\n");
    const reply = JSON.parse(replies[given++] ?? '{"say": ["There is nothing more to say."]}');
    if (reply.refuse) throw vscode.LanguageModelError[reply.refuse](reply.message);
    for (const text of reply.say ?? []) progress.report(new vscode.LanguageModelTextPart(text));
    while (reply.hold && !existsSync(join(folder(), reply.hold))) {
      if (token.isCancellationRequested) {
        appendFileSync(join(folder(), "requests.jsonl"), `${JSON.stringify({ cancelled: given })}\n`);
        return;
      }
      await wait(20);
    }
    const { name, input } = reply.call ?? {};
    if (name) progress.report(new vscode.LanguageModelToolCallPart(`call${given}`, name, input));
  },
};

async function call() {
  const { tool, input, budget, cancel, chat } = JSON.parse(readFileSync(join(folder(), "call.json"), "utf8"));
  if (chat) {
    await vscode.commands.executeCommand("workbench.action.chat.open", { query: chat });
    return {};
  }
  const source = new vscode.CancellationTokenSource();
  const countTokens = (text) => Promise.resolve(text.split(/\s+/).length);
  const options = {
    input,
    toolInvocationToken: undefined,
    ...(budget !== undefined && { tokenizationOptions: { tokenBudget: budget, countTokens } }),
  };
  const calling = vscode.lm.invokeTool(tool, options, source.token);
  let over = false;
  calling.then(
    () => (over = true),
    () => (over = true),
  );
  while (cancel && !over && !existsSync(join(folder(), cancel))) await wait(20);
  if (cancel) source.cancel();
  const { content } = await calling;
  return { text: content.map(({ value }) => value).join("") };
}

async function called() {
  const result = await call().catch((error) => ({ error: `${error.name}: ${error.message}` }));
  writeFileSync(join(folder(), "called.json"), JSON.stringify(result));
}

export function activate(context) {
  context.subscriptions.push(
    vscode.lm.registerLanguageModelChatProvider("spelunk-test", provider),
    vscode.commands.registerCommand("spelunk-test.call", called),
  );
}
