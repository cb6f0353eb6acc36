// Which runs the open panels show, kept by the window: a page's own state is written late, or not at all. No editor in here.
import { fromKept, type Kept } from "./view";

const KEY = "spelunk.answers";
/** Conversations; of those whose panel was not shown again, the oldest go. */
const MOST = 50;

/** What of `vscode.Memento` is used. */
export interface Memory {
  get: (key: string, otherwise: unknown[]) => unknown[];
  update: (key: string, value: unknown) => PromiseLike<void>;
}

export class Keeping {
  constructor(private readonly memory: Memory) {}

  /** What a page has kept, and what was asked in its conversation after that. */
  whole(page: Kept): Kept {
    const ids = new Set(page.turns.map(({ runId }) => runId));
    const later = this.all()
      .filter((kept) => shares(kept, ids))
      .flatMap(({ turns }) => turns)
      .filter(({ runId }) => !ids.has(runId));
    return { turns: [...page.turns, ...later] };
  }

  /** Keeps what is open, over what was kept of the same runs; a panel that has not come back yet stays. */
  keep(open: readonly Kept[]): void {
    const shown = new Set(open.flatMap(({ turns }) => turns.map(({ runId }) => runId)));
    const others = this.all().filter((kept) => !shares(kept, shown));
    this.store([...others, ...open.filter(({ turns }) => turns.length > 0)]);
  }

  /** A panel was closed. */
  forget(closed: Kept): void {
    const ids = new Set(closed.turns.map(({ runId }) => runId));
    this.store(this.all().filter((kept) => !shares(kept, ids)));
  }

  private all(): Kept[] {
    return this.memory.get(KEY, []).map(fromKept);
  }

  private store(all: Kept[]): void {
    void this.memory.update(KEY, all.slice(-MOST));
  }
}

function shares({ turns }: Kept, ids: ReadonlySet<string>): boolean {
  return turns.some(({ runId }) => ids.has(runId));
}
