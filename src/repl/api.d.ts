// The repository and the tools for reading it. Paths are relative to the repository's root, with "/".
// Lines are 1-based and inclusive. repo.* is synchronous; llm, llmAll, rlm and rlmAll are async: await them.
// A List is an array that also has .total (all there are) and .truncated. It prints as a header, "50 of 1,234", then every
// item: use .total for a count. Lists hold 200 items unless { limit } says otherwise (files: 100,000; definition: 100).
// A glob may be the name of a folder. Date and Math.random are artificial.

interface List<T> extends Array<T> { total: number; truncated: boolean; notes?: string[] }  // notes: what to know about it
interface File { path: string; language: string | null; bytes: number; readonly lines: number }  // lines: counted when read
interface Match { path: string; line: number; column: number; text: string; before?: string[]; after?: string[] }
interface Definition {
  path: string; line: number; from: number; to: number;  // line of the name; first and last line of the whole definition
  name: string; kind: Kind; qualified: string;           // qualified: "Outer.name"
  signature: string; doc?: string; children?: Definition[];  // doc: its first paragraph
}
type Kind = "module" | "class" | "struct" | "enum" | "enumMember" | "union" | "interface" | "trait" | "type" | "function"
  | "method" | "constructor" | "field" | "property" | "variable" | "constant" | "macro" | "declaration";
interface Reference {
  path: string; line: number; column: number; text: string;
  kind: "call" | "type" | "import" | "write" | "read";
  in: string | null;                                      // qualified name of the definition around it
  confidence: "exact" | "likely" | "possible";
}
interface Edge {                                           // the other end (of a call at file level the file), and the calls
  path: string; line: number; column: number; from: number; to: number; name: string; kind: Kind; qualified: string;
  confidence: Reference["confidence"];                    // "possible": by name only
  calls: { path: string; line: number; column: number; text: string; confidence: Reference["confidence"] }[];
}
interface Import {
  path: string; line: number; text: string; module: string; names: string[];  // module: as written; names: taken out of it
  target: string | null; external: boolean;               // target: file or folder in the repository; external: outside of it
}
interface Module {                                         // not the language's: a folder with all below it, "folder/*" for the files
                                                           // right in it, or a file
  path: string; name: string; role?: "docs" | "examples" | "benchmarks" | "tests" | "vendored";  // role: when not own code
  files: number; lines: number; tokens: number; languages: Record<string, number>;  // tokens: of repo.text(module), estimated
  imports: { module: string; files: number }[]; importedBy: { module: string; files: number }[];  // files: that import it
}
interface Bundle {                                         // parts: when it is some lines of one big file
  id: string; title: string; files: string[]; parts?: { path: string; from: number; to: number }[];
  tokens: number; modules: string[];
}
interface Citation { path: string; from: number; to: number }
interface Answer { value: any; citations: Citation[]; complete: boolean; why?: string }  // citations count as yours; why: only the best there was
type Part = string | Module | Bundle | (string | Module | Bundle)[];  // a folder, file, glob, module or bundle

declare const repo: {
  info: { name: string; revision: string | null; files: number; bytes: number; languages: Record<string, number> };
  files(glob?: string | string[], o?: { hidden?: boolean; limit?: number }): List<File>;
  tree(path?: string, depth?: number): string;                   // outline of directories with file counts and sizes
  read(path: string, from?: number, to?: number): string;        // exact text of those lines, without numbers
  search(pattern: string | RegExp, o?: { glob?: string | string[]; literal?: boolean; word?: boolean; ignoreCase?: boolean;
    hidden?: boolean; context?: number; limit?: number }): List<Match>;  // Rust regex, no look-around; finds comments and strings too
  outline(path: string): List<Definition>;                       // nested definitions of a file, each time that it defines a name
  symbols(query: string | { name?: string; kind?: Kind | Kind[]; path?: string; exact?: boolean; limit?: number }): List<Definition>;
  // Foo, Foo.bar, Foo::bar, path#Foo; at: where the name is used
  definition(name: string, o?: { path?: string; at?: { path: string; line: number }; limit?: number }): List<Definition>;
  references(of: string | Definition, o?: { path?: string; kind?: Reference["kind"]; limit?: number }): List<Reference>;
  callers(of: string | Definition, o?: { path?: string; limit?: number }): List<Edge>;
  callees(of: string | Definition, o?: { path?: string; limit?: number }): List<Edge>;  // of a class or file: of all in it
  imports(path: string): List<Import>;                           // of a file: use, import, include, require, mod, re-exports
  importers(path: string, o?: { path?: string; limit?: number }): List<Import>;  // who imports a file, folder or module
  modules(path?: string, o?: { limit?: number }): List<Module>;  // of the repository; of a module's path, those inside it
  // Every file of the scope once, in pieces that fit: llmAll(repo.partition("src").map(b => ({ prompt, data: repo.text(b) })))
  partition(scope: string | Module | (string | Module)[], o?: { maxTokens?: number }): List<Bundle>;  // at most 100,000 each
  // Anything with a path (what the functions above return, { path }, { path, from, to }), a path, or arrays of these, as text
  // with path:line and numbered lines: what to log, and what to pass to llm when it has to cite.
  text(x: unknown, o?: { context?: number }): string;            // context: lines around each; what overlaps is shown once
};

declare function llm(prompt: string, data?: unknown, o?: { schema?: object; model?: "root" | "leaf"; maxTokens?: number }): Promise<any>;
declare function llmAll(calls: { prompt: string; data?: unknown; schema?: object; model?: "root" | "leaf"; maxTokens?: number }[]):
  Promise<({ ok: true; value: any } | { ok: false; error: string })[]>;  // same order; fails item by item
// A child: another you, with a REPL of its own, that sees only `scope` of the repository (nothing without it) and has `data` as a
// variable. Dear: for questions that take looking around in a module. Give each a part of your own scope, never most of it.
declare function rlm(question: string, o?: { scope?: Part; data?: unknown; schema?: object }): Promise<Answer>;
declare function rlmAll(calls: { question: string; scope?: Part; data?: unknown; schema?: object }[]):
  Promise<(({ ok: true } & Answer) | { ok: false; error: string })[]>;  // same order; fails item by item
declare function budget(): { turns: number; calls: number; tokens: number; usd: number | null; seconds: number;
  depth: number };                                                // what is left; depth: levels of children below you
declare function vars(): Record<string, string>;                 // your variables so far, with types and sizes
declare function note(text: string): void;                       // progress, shown to the user
declare function cite(path: string, from: number, to?: number): Citation;  // throws when those lines were never looked at
// Ends the run. Markdown, or what was computed: a number, or a list, which is shown item by item with a citation for each place.
declare function answer(value?: unknown, o?: { citations?: Citation[] }): void;
