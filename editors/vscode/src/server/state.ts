// What can be known of the server from outside.

export type State =
  /** No folder with files is open. */
  | { kind: "off" }
  | { kind: "starting" }
  | { kind: "running"; version: string }
  /** `message` has the way out. */
  | { kind: "failed"; message: string };

/** How far the reading of symbols is. */
export interface Indexing {
  /** 0 to 100. */
  percentage: number | undefined;
  message: string;
}
