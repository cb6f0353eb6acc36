// The one connection to the server: started and stopped only by `restart`.
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { said } from "../failure";
import { editorModels } from "../models/editor";
import { Keys } from "../models/keys";
import type { Lent } from "../models/lent";
import * as protocol from "../protocol";
import { Runs } from "../runs/runs";
import { Settings } from "../settings/settings";
import { NAME, find, misfit, version } from "./binary";
import type { Connection } from "./connection";
import { Crashes } from "./crashes";
import type { ApplyEdit } from "./middleware";
import { Errands } from "./errands";
import { initializationOptions, type InitializationOptions } from "./options";
import type { Indexing, State } from "./state";

declare const SERVER_SHA256: string;

export type { ApplyEdit } from "./middleware";
export type { State } from "./state";

const NO_FOLDER = "Open a folder first: spelunk looks at the folders of this machine that are open.";

export class Session implements vscode.Disposable {
  readonly runs = new Runs();
  readonly keys: Keys;
  readonly settings: Settings;
  /** Takes the server's edits in place of the client. */
  applyEdit: ApplyEdit | undefined;
  private readonly changes = new vscode.EventEmitter<State>();
  readonly onDidChange = this.changes.event;
  private readonly asks = new vscode.EventEmitter<protocol.AskParams>();
  private readonly plans = new vscode.EventEmitter<protocol.PlanParams>();
  private readonly choices = new vscode.EventEmitter<protocol.PlanChoice>();
  /** A code action, a key or another extension asks by the server's command of that name; its text may be empty. */
  readonly onAsk = this.asks.event;
  readonly onPlan = this.plans.event;
  readonly onApplyPlan = this.choices.event;
  private readonly readings = new vscode.EventEmitter<Indexing | undefined>();
  /** The reading of symbols begins, gets on, or (`undefined`) is over. */
  readonly onIndexing = this.readings.event;

  private connection: Connection | undefined;
  private now: State = { kind: "off" };
  /** Counts the restarts: one that is not the last any more gives way. */
  private turn = 0;
  private queue: Promise<void> = Promise.resolve();
  private readonly errands = new Errands();
  /** What a restart would have cut short is over. */
  readonly onErrandDone = this.errands.onDone;
  private readonly crashes = new Crashes();
  /** What the server was told at its start. */
  private sent = "";
  private lent: string[] = [];

  constructor(
    readonly context: vscode.ExtensionContext,
    readonly log: vscode.LogOutputChannel,
  ) {
    this.keys = new Keys(context.secrets);
    this.settings = new Settings(context);
  }

  get state(): State {
    return this.now;
  }

  /** Stops what runs and starts anew, where a folder is open. The only way to start; of several at once the last counts. */
  restart(): Promise<void> {
    const turn = ++this.turn;
    this.queue = this.queue.then(() => (turn === this.turn ? this.begin(turn) : undefined));
    return this.queue;
  }

  /** Restarts when the server would be told something else than it was, and nothing is lost by it: no run, no verification, no preview. */
  async refresh(): Promise<void> {
    await this.settled();
    if (this.now.kind === "off") return;
    const told = this.told(await this.options());
    if (told === this.sent || this.runs.running().length > 0 || this.errands.any) return;
    this.log.info("The server is started again, since its settings have changed.");
    await this.restart();
  }

  /** Whether the server knows a message. */
  offers(method: string): boolean {
    return this.connection?.messages.includes(method) ?? false;
  }

  /**
   * Asks the server, which is started first when it was not yet.
   *
   * @throws an `Error` with the server's own words, or with why there is none and the way out.
   */
  async request<P, R>(
    { method }: protocol.Request<P, R>,
    params: P,
    token?: vscode.CancellationToken,
  ): Promise<R> {
    if (this.now.kind === "off") void this.restart();
    await this.settled();
    if (this.now.kind === "failed") throw new Error(this.now.message);
    if (!this.connection) throw new Error(NO_FOLDER);
    return this.errands.during(method, this.connection.request<R>(method, params, token));
  }

  /**
   * The program that is the server.
   *
   * @throws an `Error` with why there is none and the way out
   */
  program(): Promise<string> {
    return find({
      setting: this.settings.serverPath,
      bundled: vscode.Uri.joinPath(this.context.extensionUri, "server", NAME).fsPath,
      sha256: SERVER_SHA256,
      path: process.env["PATH"] ?? "",
    });
  }

  /** Tells the server to ask for the settings again. */
  settingsChanged(): void {
    this.connection?.client
      .sendNotification("workspace/didChangeConfiguration", { settings: null })
      .catch((error: unknown) => {
        this.log.debug(said(error));
      });
  }

  dispose(): void {
    this.turn += 1;
    void this.connection?.close("The window is closed.");
    this.runs.dispose();
    this.errands.dispose();
    const events = [this.changes, this.asks, this.plans, this.choices, this.readings];
    for (const event of events) event.dispose();
  }

  /** Waits for every restart that was asked for. */
  private async settled(): Promise<void> {
    let seen: Promise<void> | undefined;
    while (seen !== this.queue) {
      seen = this.queue;
      await seen;
    }
  }

  private async begin(turn: number): Promise<void> {
    await this.end("The server was stopped.");
    if (!hasFolder()) {
      this.become({ kind: "off" });
      return;
    }
    this.become({ kind: "starting" });
    try {
      const connection = await this.open();
      if (turn !== this.turn) {
        await connection.close("The server is started again.");
        return;
      }
      this.connection = connection;
      void connection.gone.catch((reason: unknown) => {
        this.lost(connection, reason);
      });
      this.log.info(`The server runs: ${connection.version}`);
      this.become({ kind: "running", version: connection.version });
    } catch (error) {
      if (turn === this.turn) this.fail(said(error));
    }
  }

  private async open(): Promise<Connection> {
    const options = await this.options();
    this.sent = this.told(options);
    const program = await this.program();
    const { version: wants } = this.context.extension.packageJSON as { version: string };
    const wrong = misfit(program, await version(program), wants);
    if (wrong) throw new Error(wrong);
    const lending = options.editorModel ? `, lending it ${options.editorModel.models.join(", ")}` : "";
    this.log.info(`Starting ${program}${lending}`);
    // The library of the client is large: it is loaded with the first server, when the window is there already.
    const [{ Connection }, { middleware }, { say }, { Lent }] = await Promise.all([
      import("./connection.js"),
      import("./middleware.js"),
      import("./says.js"),
      import("../models/lent.js"),
    ]);
    let lent: Lent | undefined;
    const connection = await Connection.open(
      program,
      {
        documentSelector: [{ scheme: "file" }],
        initializationOptions: options,
        middleware: middleware({
          asks: this.asks,
          plans: this.plans,
          choices: this.choices,
          readings: this.readings,
          told: (settings) => this.settings.told(settings),
          applyEdit: () => this.applyEdit,
        }),
      },
      this.log,
      (client) => {
        const part = (part: protocol.CompletePart) => {
          client.sendNotification(protocol.completePart.method, part).catch((error: unknown) => {
            this.log.debug(said(error));
          });
        };
        client.onNotification("window/showMessage", say);
        lent = new Lent(part);
        this.listen(client, lent);
      },
    );
    void connection.gone.catch(() => lent?.end());
    return connection;
  }

  private async options(): Promise<InitializationOptions> {
    const [keys, models] = await Promise.all([this.keys.all(), this.lendable()]);
    const machine = this.settings.machine().values;
    return initializationOptions(vscode.workspace.isTrusted, machine, keys, models);
  }

  /**
   * Names of the editor's models, once something was asked as the server knows them: they come and go by themselves, which
   * is not worth what conversations would lose. A model is looked up by name when it is asked, whatever is said here.
   */
  private async lendable(): Promise<string[]> {
    if (this.connection && this.runs.all().length > 0) return this.lent;
    this.lent = [...(await editorModels()).keys()];
    return this.lent;
  }

  /** All that the start of a server depends on. Has keys. */
  private told(options: InitializationOptions): string {
    return JSON.stringify([options, this.settings.serverPath]);
  }

  private listen(client: LanguageClient, lent: Lent): void {
    client.onNotification(protocol.run.method, (notice: protocol.RunNotice) => {
      this.runs.take(notice);
    });
    client.onRequest(
      protocol.complete.method,
      (params: protocol.CompleteParams, token: vscode.CancellationToken) => lent.complete(params, token),
    );
  }

  private async end(reason: string): Promise<void> {
    const connection = this.connection;
    this.connection = undefined;
    this.readings.fire(undefined);
    this.runs.lost(reason);
    await connection?.close(reason);
  }

  /** The server ended, and nobody asked it to. */
  private lost(connection: Connection, reason: unknown): void {
    if (connection !== this.connection) return;
    const message = said(reason);
    this.log.error(message);
    this.runs.lost(message);
    if (this.crashes.another(Date.now())) {
      void this.restart();
      return;
    }
    const turn = ++this.turn;
    this.queue = this.queue.then(async () => {
      await this.end(message);
      const out = "Spelunk: Show Log says why, Spelunk: Restart Server starts it again.";
      if (turn === this.turn)
        this.fail(`${message} It ended too often to be started again by itself. ${out}`);
    });
  }

  private fail(message: string): void {
    this.log.error(message);
    this.become({ kind: "failed", message });
  }

  private become(state: State): void {
    this.now = state;
    this.changes.fire(state);
  }
}

/** Whether the server has anything to look at. */
export function hasFolder(): boolean {
  return (vscode.workspace.workspaceFolders ?? []).some(({ uri }) => uri.scheme === "file");
}
