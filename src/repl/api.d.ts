// The repository and the tools for reading it. Paths are relative to the repository's root, with "/".
// Lines are 1-based and inclusive. repo.* is synchronous; llm and llmAll are async: await them.
// A List is an array that also has .total (all there are) and .truncated; it prints as "50 of 1,234".

interface List<T> extends Array<T> { total: number; truncated: boolean }
interface File { path: string; language: string | null; bytes: number; readonly lines: number }  // lines: counted when read
interface Match { path: string; line: number; column: number; text: string; before?: string[]; after?: string[] }
interface Definition {
  path: string; line: number; from: number; to: number;  // line of the name; first and last line of the whole definition
  name: string; kind: Kind; qualified: string;           // qualified: "Outer.name"
  signature: string; doc?: string; children?: Definition[];
}
type Kind = "module" | "class" | "struct" | "enum" | "enumMember" | "union" | "interface" | "trait" | "type" | "function"
  | "method" | "constructor" | "field" | "property" | "variable" | "constant" | "macro" | "declaration";
interface Reference {
  path: string; line: number; column: number; text: string;
  kind: "call" | "type" | "import" | "write" | "read";
  in: string | null;                                      // qualified name of the definition around it
  confidence: "exact" | "likely" | "possible";
}
interface Citation { path: string; from: number; to: number }

declare const repo: {
  info: { name: string; revision: string | null; files: number; bytes: number; languages: Record<string, number> };
  files(glob?: string | string[], o?: { hidden?: boolean; limit?: number }): List<File>;
  tree(path?: string, depth?: number): string;                   // outline of directories with file counts and sizes
  read(path: string, from?: number, to?: number): string;        // exact text of those lines
  search(pattern: string | RegExp, o?: { glob?: string | string[]; literal?: boolean; word?: boolean; ignoreCase?: boolean;
    hidden?: boolean; context?: number; limit?: number }): List<Match>;  // string patterns are Rust regex syntax
  outline(path: string): List<Definition>;                       // nested definitions of a file
  symbols(query: string | { name?: string; kind?: Kind | Kind[]; path?: string; exact?: boolean; limit?: number }): List<Definition>;
  definition(name: string, o?: { at?: { path: string; line: number }; limit?: number }): List<Definition>;  // Foo, Foo.bar, Foo::bar, path#Foo
  references(of: string | Definition, o?: { path?: string; kind?: Reference["kind"]; limit?: number }): List<Reference>;
  text(x: unknown, o?: { context?: number }): string;            // lists, matches, definitions... as text with path:line headers
};

declare function llm(prompt: string, data?: unknown, o?: { schema?: object; model?: "root" | "leaf"; maxTokens?: number }): Promise<any>;
declare function llmAll(calls: { prompt: string; data?: unknown; schema?: object; model?: "root" | "leaf"; maxTokens?: number }[]):
  Promise<({ ok: true; value: any } | { ok: false; error: string })[]>;  // same order; fails item by item
declare function budget(): { turns: number; calls: number; tokens: number; usd: number | null; seconds: number };  // what is left
declare function vars(): Record<string, string>;                 // your variables so far, with types and sizes
declare function note(text: string): void;                       // progress, shown to the user
declare function cite(path: string, from: number, to?: number): Citation;  // throws when those lines were never looked at
declare function answer(value?: unknown, o?: { citations?: Citation[] }): void;  // ends the run
