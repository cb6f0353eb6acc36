// What the tested parts use of the editor, in place of the module `vscode`.

type Listener<T> = (value: T) => unknown;

export class EventEmitter<T> {
  private readonly listeners = new Set<Listener<T>>();
  readonly event = (listener: Listener<T>): { dispose: () => void } => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };
  fire(value: T): void {
    for (const listener of this.listeners) listener(value);
  }
  dispose(): void {
    this.listeners.clear();
  }
}

export class CancellationTokenSource {
  private readonly cancelling = new EventEmitter<void>();
  readonly token = { isCancellationRequested: false, onCancellationRequested: this.cancelling.event };
  cancel(): void {
    if (this.token.isCancellationRequested) return;
    this.token.isCancellationRequested = true;
    this.cancelling.fire();
  }
  dispose(): void {
    this.cancelling.dispose();
  }
}

export class LanguageModelTextPart {
  constructor(readonly value: string) {}
}

export class LanguageModelToolCallPart {
  constructor(
    readonly callId: string,
    readonly name: string,
    readonly input: object,
  ) {}
}

export class LanguageModelToolResultPart {
  constructor(
    readonly callId: string,
    readonly content: unknown[],
  ) {}
}

export const LanguageModelChatMessageRole = { User: 1, Assistant: 2 };

export class LanguageModelChatMessage {
  constructor(
    readonly role: number,
    public content: unknown[],
  ) {}
}

export class ThemeIcon {
  constructor(readonly id: string) {}
}

export const Uri = { joinPath: (...parts: unknown[]): string => parts.join("/") };

const none = new EventEmitter<never>().event;

export const workspace = {
  onDidChangeTextDocument: none,
  onDidRenameFiles: none,
  onDidDeleteFiles: none,
  textDocuments: [],
  applyEdit: (_edit: unknown): Promise<boolean> => Promise.resolve(true),
  asRelativePath: ({ path }: { path: string }): string => path.replace(/^\/w\//, ""),
};

export class WorkspaceEdit {
  deleteFile(): void {
    // Nothing looks at it.
  }
}

/** A test says how each is answered. */
export const window = {
  setStatusBarMessage: (_words: string): void => undefined,
  showInformationMessage: (_words: string): Promise<unknown> => Promise.resolve(),
  showWarningMessage: (_words: string): Promise<unknown> => Promise.resolve(),
  showErrorMessage: (_words: string): Promise<unknown> => Promise.resolve(),
  showQuickPick: (_items: unknown, _options: unknown): Promise<unknown> => Promise.resolve(),
};
