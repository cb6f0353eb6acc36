// Requests of a plan that go on for as long as a person or a command takes: a restart by itself waits for them.
import * as vscode from "vscode";
import * as protocol from "../protocol";

const LONG = new Set(
  [protocol.applyPlan, protocol.undoPlan, protocol.verifyPlan].map(({ method }) => method),
);

export class Errands implements vscode.Disposable {
  private count = 0;
  private readonly done = new vscode.EventEmitter<void>();
  /** The last one has ended, however it did. */
  readonly onDone = this.done.event;

  get any(): boolean {
    return this.count > 0;
  }

  /** Gives the answer, and counts the request until it is there when it is one of those. */
  async during<T>(method: string, answer: Promise<T>): Promise<T> {
    if (!LONG.has(method)) return answer;
    this.count += 1;
    try {
      return await answer;
    } finally {
      this.count -= 1;
      if (this.count === 0) this.done.fire();
    }
  }

  dispose(): void {
    this.done.dispose();
  }
}
