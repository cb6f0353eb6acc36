// Languages that another extension obviously serves, so that spelunk's navigation stays out of its way.

/** Language ids by the extension that brings their server. */
const SERVERS: Record<string, string[]> = {
  "rust-lang.rust-analyzer": ["rust"],
  "ms-python.python": ["python"],
  "ms-python.vscode-pylance": ["python"],
  "detachhead.basedpyright": ["python"],
  "golang.go": ["go"],
  "llvm-vs-code-extensions.vscode-clangd": ["c", "cpp"],
  "ms-vscode.cpptools": ["c", "cpp"],
  "redhat.java": ["java"],
  "oracle.oracle-java": ["java"],
  "ms-dotnettools.csharp": ["csharp"],
  "Shopify.ruby-lsp": ["ruby"],
  "bmewburn.vscode-intelephense-client": ["php"],
  "fwcd.kotlin": ["kotlin"],
  "JetBrains.kotlin-server": ["kotlin"],
  "swiftlang.swift-vscode": ["swift"],
  "scalameta.metals": ["scala"],
  "sumneko.lua": ["lua"],
  "mads-hartmann.bash-ide-vscode": ["shellscript"],
  "ziglang.vscode-zig": ["zig"],
  "JakeBecker.elixir-ls": ["elixir"],
  "haskell.haskell": ["haskell"],
  "ocamllabs.ocaml-platform": ["ocaml", "ocaml.interface"],
  "vscode.typescript-language-features": ["javascript", "javascriptreact", "typescript", "typescriptreact"],
};

/**
 * The value of `spelunk.served` that the server is told: the user's, and that of the extensions.
 *
 * @param installed whether an extension is installed and enabled
 */
export function served(byUser: unknown, installed: (extension: string) => boolean): string[] {
  const named = Array.isArray(byUser) ? byUser.filter((id) => typeof id === "string") : [];
  const byOthers = Object.entries(SERVERS).flatMap(([extension, ids]) => (installed(extension) ? ids : []));
  return [...new Set([...named, ...byOthers])].sort();
}
