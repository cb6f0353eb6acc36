// One server and the client that talks to it: opened once, closed once.
import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  ResponseError,
  RevealOutputChannelOn,
  type LanguageClientOptions,
} from "vscode-languageclient/node";
import { ServerProcess } from "./process";
import { keyless } from "./options";

const PATIENCE_MS = 60_000;

/** Errors of the client itself, about a connection that is gone: closed, inactive, its answers given up. */
const CONNECTION_ERRORS = [-32096, -32097, -32099];

/** A client that logs what goes wrong and leaves it to the session to tell the person, once and with the way out. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

export class Connection {
  /** Rejects once the server is gone, with how it went. */
  readonly gone: Promise<never>;
  private readonly lose: (reason: Error) => void;

  private constructor(
    readonly client: LanguageClient,
    private readonly server: ServerProcess,
  ) {
    let lose: (reason: Error) => void = () => undefined;
    this.gone = new Promise((_, reject) => {
      lose = reject;
    });
    this.gone.catch(() => undefined);
    this.lose = lose;
    void server.ended.then(() => {
      this.lose(new Error(`The server is gone (${server.how()}).`));
    });
  }

  /**
   * Starts a program and begins the session with it.
   *
   * @param prepare adds the handlers, before the server can say anything
   * @throws an `Error` with why it did not start
   */
  static async open(
    program: string,
    options: LanguageClientOptions,
    log: vscode.LogOutputChannel,
    prepare: (client: LanguageClient) => void,
  ): Promise<Connection> {
    const server = ServerProcess.start(program, (line) => {
      log.debug(line);
    });
    const client = new QuietClient("spelunk", "Spelunk", () => Promise.resolve(server.child), {
      ...options,
      outputChannel: log,
      // A workspace chooses the form of what is traced, so whatever the form is goes through this.
      traceOutputChannel: keyless(log),
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      // Its lines are read already.
      stdioOptions: { stdout: () => undefined, stderr: () => undefined },
      initializationFailedHandler: () => false,
      // Starting again is the session's.
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue }),
        closed: () => ({
          action: CloseAction.DoNotRestart,
          handled: true,
          message: "The connection to the server is closed.",
        }),
      },
    });
    const connection = new Connection(client, server);
    prepare(client);
    const late = new Error(`The server did not begin within ${PATIENCE_MS / 1000} s.`);
    const deadline = setTimeout(() => {
      connection.lose(late);
      server.kill();
    }, PATIENCE_MS);
    try {
      await Promise.race([client.start(), connection.gone]);
      return connection;
    } catch (error) {
      // What the server answered says more than how it ends.
      const answered = error instanceof ResponseError && !CONNECTION_ERRORS.includes(error.code);
      if (answered) server.kill();
      await server.end();
      if (answered || error === late) throw error;
      throw new Error(`The server does not start (${server.how()}).`, { cause: error });
    } finally {
      clearTimeout(deadline);
    }
  }

  get version(): string {
    return this.client.initializeResult?.serverInfo?.version ?? "";
  }

  /** The messages of docs/protocol.md that the server knows. */
  get messages(): string[] {
    const experimental = this.client.initializeResult?.capabilities.experimental as
      { spelunk?: { messages?: string[] } } | undefined;
    return experimental?.spelunk?.messages ?? [];
  }

  /** Sends a request; it fails at the latest when the server is gone. */
  request<R>(method: string, params: unknown, token?: vscode.CancellationToken): Promise<R> {
    // A token that is not there would be sent as a second parameter.
    const answer = token
      ? this.client.sendRequest<R>(method, params, token)
      : this.client.sendRequest<R>(method, params);
    return Promise.race([answer, this.gone]);
  }

  /** Ends the server, by force if need be. What still waits for it fails with a reason. */
  async close(reason: string): Promise<void> {
    this.lose(new Error(reason));
    // A client that is not running, or whose server does not answer, refuses to stop.
    await this.client.dispose().catch(() => undefined);
    await this.server.end();
  }
}
