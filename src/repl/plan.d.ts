// The plan. Nothing is written: steps of edits are composed in memory over the repository as it is, and a person reads, checks
// and applies them. repo.* shows the repository as it is; plan.read and plan.search show it as planned. A call that throws
// changes nothing.
interface Done { step: number; edits: number; files: number; doubtful: number; notes: string[] }  // doubtful: see plan.doubts
interface Doubt { id: number; step: number; path: string; line: number; text: string; why: string; editable: boolean }
interface Problem { check: string; fatal: boolean; step?: number; path?: string; line?: number; message: string }
interface PlannedFile { path: string; before: string | null; change: "created" | "edited" | "moved" | "removed"; edits: number; steps: number[] }

declare const plan: {
  step(title: string, why?: string): number;     // begins a step; what is planned from now on belongs to it
  // Refactorings, which find the places themselves by types and imports, not by name. Prefer them over edits by hand. symbol: as
  // for repo.definition, or a Definition. They throw, with the reason, where it cannot be done safely.
  // definition, overrides, uses, imports, re-exports, docs; { path, line, name } for a local or a parameter at its line
  rename(symbol: string | Definition | { path: string; line: number; name: string }, newName: string): Done;
  move(what: string | Definition, to: string): Done;            // a file or folder to a path; a symbol to a file; imports are mended
  extract(path: string, from: number, to: number, name: string): Done;  // lines to a function `name`; whole definitions to a file
  replaceCalls(of: string | Definition, by: string): Done;      // by: "other($1, $2)", "$recv.other($...)"
  remove(what: string | Definition): Done;       // a file by its path; a symbol that nothing uses
  // By hand. Text that stands exactly once in the file as planned ({ all: true }: wherever it stands); gives how often.
  replace(path: string, oldText: string, newText: string, o?: { all?: boolean }): number;
  // Whole lines, counted as repo.* counts them, also after earlier edits; to = from - 1 inserts before `from`. A line end that the
  // text lacks is added.
  edit(path: string, from: number, to: number, text: string): void;
  create(path: string, text: string): void;
  read(path: string, from?: number, to?: number): string;       // exact text as planned
  search: typeof repo.search;                                   // over the text as planned
  files(): List<PlannedFile>;
  diff(path?: string): string;                                  // unified, of all or of one file
  doubts(): List<Doubt>;                                        // places that may belong to a step; left to the person unless accepted
  accept(ids: number[]): number;                                // plans these as well: only after you read what stands there
  problems(): List<Problem>;                                    // what the program's checks find now; mend the fatal ones
  drop(step: number): void;                                     // takes a step back
};
