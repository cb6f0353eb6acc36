// How often the server crashed lately, and whether it is worth another start.

const WITHIN_MS = 3 * 60_000;
const MOST = 4;

export class Crashes {
  private readonly times: number[] = [];

  /**
   * Counts a crash.
   *
   * @param now milliseconds, of any clock
   * @returns whether it has been seldom enough to start again
   */
  another(now: number): boolean {
    this.times.push(now);
    while ((this.times[0] ?? now) < now - WITHIN_MS) this.times.shift();
    return this.times.length <= MOST;
  }
}
