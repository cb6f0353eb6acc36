// Answers `spelunk/complete`: the server asks the editor's own models.
import * as vscode from "vscode";
import { ResponseError } from "vscode-languageclient/node";
import type { CompleteFailure, CompleteParams, CompletePart, CompleteResult, ToolCall } from "../protocol";
import { editorModels } from "./editor";
import { failure } from "./failure";
import { messages } from "./messages";
import { Tokens } from "./tokens";

const FAILED = -32803;
const JUSTIFICATION = "Spelunk answers your questions about the open folder with it.";

export class Lent {
  private readonly tokens = new Tokens();

  /** @param part takes more text of a reply, in order */
  constructor(private readonly part: (part: CompletePart) => void) {}

  /** Asks for one reply; errors have a `CompleteFailure` as their data. */
  async complete(
    params: CompleteParams,
    token: vscode.CancellationToken,
  ): Promise<CompleteResult | ResponseError<CompleteFailure>> {
    const models = await editorModels();
    const model = params.model ? models.get(params.model) : models.values().next().value;
    if (!model) return notFound(params.model, [...models.keys()]);
    try {
      return await this.tokens.during(token, async (token) => {
        const response = await model.sendRequest(messages(params.messages), options(params), token);
        return this.read(params.id, response, token);
      });
    } catch (error) {
      const { message, data } = failure(error, [...models.keys()]);
      return new ResponseError(FAILED, message, data);
    }
  }

  /** The server is gone: nobody reads what the models write, and somebody pays for it. */
  end(): void {
    this.tokens.end();
  }

  private async read(
    id: number,
    response: vscode.LanguageModelChatResponse,
    token: vscode.CancellationToken,
  ): Promise<CompleteResult> {
    const toolCalls: ToolCall[] = [];
    for await (const part of response.stream) {
      // Not every provider heeds its token.
      if (token.isCancellationRequested) throw new Error("the reply was cancelled");
      if (part instanceof vscode.LanguageModelTextPart) this.part({ id, text: part.value });
      else if (part instanceof vscode.LanguageModelToolCallPart)
        toolCalls.push({ id: part.callId, name: part.name, arguments: JSON.stringify(part.input) });
    }
    return toolCalls.length > 0 ? { toolCalls, finish: "tool-calls" } : { finish: "stop" };
  }
}

/** How to ask. Limits and temperature are the editor's: no name for them is understood by every provider. */
function options({ tools = [] }: CompleteParams): vscode.LanguageModelChatRequestOptions {
  if (tools.length === 0) return { justification: JUSTIFICATION };
  return {
    justification: JUSTIFICATION,
    tools: tools.map(({ name, description, parameters }) => ({ name, description, inputSchema: parameters })),
    toolMode: vscode.LanguageModelChatToolMode.Auto,
  };
}

function notFound(name: string | undefined, models: string[]): ResponseError<CompleteFailure> {
  const message = name ? `the editor has no model ${name}` : "the editor has no models";
  return new ResponseError(FAILED, message, { kind: "notFound", models });
}
