// The process of the server: started here, and ended here for good.
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { homedir } from "node:os";
import { createInterface } from "node:readline";

const GRACE_MS = 2_000;
const LAST_LINES = 20;

/** A server that runs, or ran. */
export class ServerProcess {
  /** Settles when it is gone. */
  readonly ended: Promise<unknown>;
  private readonly last: string[] = [];
  private error: Error | undefined;

  private constructor(readonly child: ChildProcessWithoutNullStreams) {
    // A process that could not be started has no `exit`, one that has exited may still have output to be read.
    this.ended = once(child, "close").catch((error: unknown) => {
      this.error = error instanceof Error ? error : new Error(String(error));
    });
  }

  /** Starts a program as the server. Not in the workspace, where a program may lie that the system would take for another. */
  static start(program: string, log: (line: string) => void): ServerProcess {
    const child = spawn(program, ["lsp"], { cwd: homedir(), stdio: "pipe", windowsHide: true });
    const server = new ServerProcess(child);
    // Writing to a process that is gone is an error of the stream; the connection tells of it.
    child.stdin.on("error", () => undefined);
    createInterface({ input: child.stderr }).on("line", (line) => {
      server.last.push(line);
      if (server.last.length > LAST_LINES) server.last.shift();
      log(line);
    });
    return server;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** How it ended, in words. */
  how(): string {
    const { exitCode, signalCode } = this.child;
    const words = this.last.findLast((line) => line.trim() !== "");
    const how =
      this.error?.message ?? (signalCode ? `ended by ${signalCode}` : `exit code ${exitCode ?? "unknown"}`);
    return words ? `${how}: ${words.slice(0, 300)}` : how;
  }

  /** Waits a little for it to go by itself, and then ends it. */
  async end(): Promise<void> {
    if (this.child.pid === undefined) return;
    const kill = setTimeout(() => this.child.kill("SIGKILL"), GRACE_MS);
    await this.ended;
    clearTimeout(kill);
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }
}
