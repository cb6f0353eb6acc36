// The one connection to the server: started and stopped only by `restart`.
import * as vscode from "vscode";
import { LanguageClient, RevealOutputChannelOn } from "vscode-languageclient/node";
import type {
  ApplyWorkspaceEditParams,
  ApplyWorkspaceEditResult,
  Middleware,
  RequestType,
} from "vscode-languageclient/node";
import * as protocol from "../protocol";
import { Runs } from "../runs/runs";

export type State =
  /** No folder with files is open, or nobody has asked for anything yet. */
  | { kind: "off" }
  | { kind: "starting" }
  | { kind: "running"; version: string }
  | { kind: "failed"; message: string };

/** Applies an edit that the server asks for; `next` is the client's own way. */
export type ApplyEdit = (
  params: ApplyWorkspaceEditParams,
  next: () => Promise<ApplyWorkspaceEditResult>,
) => Promise<ApplyWorkspaceEditResult>;

export class Session implements vscode.Disposable {
  readonly runs = new Runs();
  private client: LanguageClient | undefined;
  private now: State = { kind: "off" };
  private readonly changes = new vscode.EventEmitter<State>();
  readonly onDidChange = this.changes.event;
  /** Takes the server's edits in place of the client. */
  applyEdit: ApplyEdit | undefined;
  private readonly asks = new vscode.EventEmitter<protocol.AskParams>();
  private readonly plans = new vscode.EventEmitter<protocol.PlanParams>();
  private readonly choices = new vscode.EventEmitter<protocol.PlanChoice>();
  /** A code action, a key or another extension asks by the server's command of that name; its text may be empty. */
  readonly onAsk = this.asks.event;
  readonly onPlan = this.plans.event;
  readonly onApplyPlan = this.choices.event;

  constructor(
    readonly context: vscode.ExtensionContext,
    readonly log: vscode.LogOutputChannel,
  ) {}

  get state(): State {
    return this.now;
  }

  /** Stops what runs and starts anew. The only way to start. */
  async restart(): Promise<void> {
    await this.stop();
    this.become({ kind: "starting" });
    const command = vscode.workspace.getConfiguration("spelunk").get<string>("server.path") ?? "spelunk";
    const client = new LanguageClient(
      "spelunk",
      "Spelunk",
      { command, args: ["lsp"] },
      {
        documentSelector: [{ scheme: "file" }],
        outputChannel: this.log,
        revealOutputChannelOn: RevealOutputChannelOn.Never,
        middleware: this.middleware(),
        initializationOptions: { trusted: vscode.workspace.isTrusted, runs: true },
      },
    );
    this.client = client;
    client.onNotification(protocol.run, (notice) => {
      this.runs.take(notice);
    });
    await client.start();
    this.become({ kind: "running", version: client.initializeResult?.serverInfo?.version ?? "" });
  }

  /** Whether the server knows a message. */
  offers(method: string): boolean {
    const experimental = this.client?.initializeResult?.capabilities.experimental as
      { spelunk?: { messages?: string[] } } | undefined;
    return experimental?.spelunk?.messages?.includes(method) ?? false;
  }

  /**
   * Asks the server, which is started first when it was not yet.
   *
   * @throws an `Error` with the server's own words, or with why there is none and the way out.
   */
  async request<P, R, E>(
    { method }: RequestType<P, R, E>,
    params: P,
    token?: vscode.CancellationToken,
  ): Promise<R> {
    if (this.now.kind === "off") await this.restart();
    if (!this.client || this.now.kind !== "running")
      throw new Error("The server is not running. Spelunk: Restart Server starts it.");
    return this.client.sendRequest<R>(method, params, token);
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client) await client.dispose();
    this.runs.lost("the server was stopped");
    this.become({ kind: "off" });
  }

  dispose(): void {
    void this.client?.dispose();
    this.runs.dispose();
    for (const events of [this.changes, this.asks, this.plans, this.choices]) events.dispose();
  }

  private middleware(): Middleware {
    return {
      executeCommand: (command, [argument]: unknown[], next) => {
        const told = (main: string) =>
          argument && typeof argument === "object" ? argument : { [main]: argument ?? "" };
        if (command === "spelunk.ask") this.asks.fire(told("question") as protocol.AskParams);
        else if (command === "spelunk.plan") this.plans.fire(told("request") as protocol.PlanParams);
        else if (command === "spelunk.applyPlan") this.choices.fire(told("runId") as protocol.PlanChoice);
        else return next(command, [argument]) as unknown;
        return undefined;
      },
      workspace: {
        handleApplyEdit: async (params, next) => {
          const token = new vscode.CancellationTokenSource().token;
          const byClient = async () => (await next(params, token)) as ApplyWorkspaceEditResult;
          return this.applyEdit ? this.applyEdit(params, byClient) : byClient();
        },
      },
    };
  }

  private become(state: State): void {
    this.now = state;
    this.changes.fire(state);
  }
}
