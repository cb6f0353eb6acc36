; Uses of names in Elixir. Of `A.B` the last part is the name.

((call target: (identifier) @_import) @import (#any-of? @_import "alias" "import" "require" "use"))

(call target: (identifier) @skip (#any-of? @skip
  "def" "defp" "defmodule" "defmacro" "defmacrop" "defstruct" "defexception" "defprotocol" "defimpl" "defdelegate"
  "defguard" "defguardp" "alias" "import" "require" "use" "if" "unless" "case" "cond" "with" "for" "quote" "unquote"
  "receive" "try" "fn"))
; Attributes are no calls, but they may hold types.
(unary_operator operator: "@" operand: (call target: (identifier) @skip))
(unary_operator operator: "@" operand: (call
  target: (identifier) @_spec
  (arguments (binary_operator left: (call target: (identifier) @reference.read) operator: "::"))
  (#eq? @_spec "spec")))

(call target: (identifier) @reference.call)
(call target: (dot right: (identifier) @reference.call))
(binary_operator operator: "|>" right: (identifier) @reference.call)
(unary_operator operator: "&" operand: (binary_operator
  left: [(identifier) @reference.call (call target: (dot right: (identifier) @reference.call))] operator: "/"))

(struct (alias) @reference.type)
(rescue_block (stab_clause left: (arguments (alias) @reference.type)))

[(identifier) (alias)] @reference.read
