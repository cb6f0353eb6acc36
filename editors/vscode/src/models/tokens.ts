// Cancellation of what is done for the server: by the server's own request, and when it is gone.
import * as vscode from "vscode";

export class Tokens {
  private isOver = false;
  private readonly open = new Set<vscode.CancellationTokenSource>();

  /** Does something with a token that is cancelled with the one given, and at the end of the connection. */
  async during<T>(
    given: vscode.CancellationToken,
    act: (token: vscode.CancellationToken) => Promise<T>,
  ): Promise<T> {
    const source = new vscode.CancellationTokenSource();
    const listening = given.onCancellationRequested(() => {
      source.cancel();
    });
    if (this.isOver || given.isCancellationRequested) source.cancel();
    this.open.add(source);
    try {
      return await act(source.token);
    } finally {
      this.open.delete(source);
      listening.dispose();
      source.dispose();
    }
  }

  /** The connection has ended. */
  end(): void {
    this.isOver = true;
    for (const source of this.open) source.cancel();
  }
}
