// The language-model tool `spelunk_ask`: the editor's own agent puts questions about the repository.
import * as vscode from "vscode";
import { ask, ended } from "../ask/asking";
import { saying } from "../failure";
import * as protocol from "../protocol";
import type { Session } from "../server/session";
import { consent, fitted, questionOf, told } from "./call";

/** As package.json declares it. */
export const TOOL = "spelunk_ask";

export class Tool implements vscode.LanguageModelTool<unknown> {
  constructor(private readonly session: Session) {}

  async prepareInvocation({
    input,
  }: vscode.LanguageModelToolInvocationPrepareOptions<unknown>): Promise<vscode.PreparedToolInvocation> {
    const asked = questionOf(input);
    const models = await this.session.request(protocol.models, {}).catch(() => undefined);
    return {
      invocationMessage: "Asking spelunk about the repository",
      confirmationMessages: {
        title: "Ask Spelunk?",
        message: new vscode.MarkdownString(consent(asked, models)),
      },
    };
  }

  async invoke(
    { input, tokenizationOptions }: vscode.LanguageModelToolInvocationOptions<unknown>,
    token: vscode.CancellationToken,
  ): Promise<vscode.LanguageModelToolResult> {
    const asked = questionOf(input);
    const run = await this.begin(asked, token);
    const end = await ended(this.session, run, token);
    if (token.isCancellationRequested) throw new vscode.CancellationError();
    const text = await fitted(told(end, run.notes), tokenizationOptions?.tokenBudget, (part) =>
      tokenizationOptions ? tokenizationOptions.countTokens(part, token) : Promise.resolve(0),
    );
    return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
  }

  private async begin(asked: ReturnType<typeof questionOf>, token: vscode.CancellationToken) {
    try {
      return await ask(this.session, asked, token);
    } catch (error) {
      if (token.isCancellationRequested) throw new vscode.CancellationError();
      throw new Error(saying(error) ?? "The person did not agree to what the question may cost.", {
        cause: error,
      });
    }
  }
}
