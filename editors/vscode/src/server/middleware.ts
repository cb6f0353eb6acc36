// What is done between the client and the server: commands, settings, progress and edits.
import * as vscode from "vscode";
import { ResponseError } from "vscode-languageclient/node";
import type {
  ApplyWorkspaceEditParams,
  ApplyWorkspaceEditResult,
  Middleware,
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
} from "vscode-languageclient/node";
import type * as protocol from "../protocol";
import type { Indexing } from "./state";

/** Applies an edit that the server asks for; `next` is the client's own way. */
export type ApplyEdit = (
  params: ApplyWorkspaceEditParams,
  next: () => Promise<ApplyWorkspaceEditResult>,
) => Promise<ApplyWorkspaceEditResult>;

/** Where what is met on the way goes. */
export interface Hooks {
  asks: vscode.EventEmitter<protocol.AskParams>;
  plans: vscode.EventEmitter<protocol.PlanParams>;
  choices: vscode.EventEmitter<protocol.PlanChoice>;
  readings: vscode.EventEmitter<Indexing | undefined>;
  /** What the server is told of the settings under `spelunk`. */
  told: (settings: unknown) => unknown;
  /** Who applies edits in place of the client, if anybody does. */
  applyEdit: () => ApplyEdit | undefined;
}

export function middleware({ asks, plans, choices, readings, told, applyEdit }: Hooks): Middleware {
  return {
    executeCommand: (command, [argument]: unknown[], next) => {
      const given = (main: string) =>
        argument && typeof argument === "object" ? argument : { [main]: argument ?? "" };
      if (command === "spelunk.ask") asks.fire(given("question") as protocol.AskParams);
      else if (command === "spelunk.plan") plans.fire(given("request") as protocol.PlanParams);
      else if (command === "spelunk.applyPlan") choices.fire(given("runId") as protocol.PlanChoice);
      else return next(command, [argument]) as unknown;
      return undefined;
    },
    handleWorkDoneProgress: (token, progress, next) => {
      const symbols = typeof token === "string" && token.startsWith("spelunk/symbols/");
      if (symbols) readings.fire(indexing(progress));
      // The client forgets a token when it sees the end.
      if (!symbols || progress.kind === "end") next(token, progress);
    },
    workspace: {
      configuration: async (params, token, next) => {
        const values = await next(params, token);
        if (values instanceof ResponseError) return values;
        return params.items.map(({ section }, at) =>
          section === "spelunk" ? told(values[at]) : (values[at] as unknown),
        );
      },
      handleApplyEdit: async (params, next) => {
        const token = new vscode.CancellationTokenSource().token;
        const byClient = async () => (await next(params, token)) as ApplyWorkspaceEditResult;
        const other = applyEdit();
        return other ? other(params, byClient) : byClient();
      },
    },
  };
}

function indexing(
  progress: WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd,
): Indexing | undefined {
  if (progress.kind === "end") return undefined;
  return { percentage: progress.percentage, message: progress.message ?? "" };
}
