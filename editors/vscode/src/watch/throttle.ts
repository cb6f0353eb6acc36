// Gathers what changed, and tells it at most once per interval.

/** `tell` gets each changed thing once, in the order of the first change. */
export class Throttle<T> {
  private readonly changed = new Set<T>();
  private timer: NodeJS.Timeout | undefined;

  /** @param interval Milliseconds. */
  constructor(
    private readonly tell: (changed: T[]) => void,
    private readonly interval: number,
  ) {}

  add(...changed: T[]): void {
    for (const one of changed) this.changed.add(one);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const all = [...this.changed];
      this.changed.clear();
      this.tell(all);
    }, this.interval);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.changed.clear();
  }
}
