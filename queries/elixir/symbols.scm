; Elixir definitions, all of which are calls of macros. The vocabulary is described in queries/README.md.

(call target: (identifier) @_def (arguments . (alias) @name) (do_block) (#eq? @_def "defmodule")) @definition.module
(call target: (identifier) @_def (arguments . (alias) @name) (do_block) (#eq? @_def "defprotocol"))
  @definition.interface
(call target: (identifier) @_def (arguments . (alias) @name) (do_block) (#eq? @_def "defimpl")) @scope

(call target: (identifier) @_def (arguments . [
  (identifier) @name
  (call target: (identifier) @name)
  (binary_operator left: [(identifier) @name (call target: (identifier) @name)] operator: "when")
]) (#any-of? @_def "def" "defp" "defdelegate" "defguard" "defguardp" "defn" "defnp")) @definition.function
(call target: (identifier) @_def (arguments . (binary_operator operator: _ @name))
  (#any-of? @_def "def" "defp") (#not-any-of? @name "when" "<>")) @definition.function
(call target: (identifier) @_def (arguments . [
  (identifier) @name
  (call target: (identifier) @name)
  (binary_operator left: [(identifier) @name (call target: (identifier) @name)] operator: "when")
]) (#any-of? @_def "defmacro" "defmacrop")) @definition.macro
(call target: (identifier) @_def (arguments . [
  (keywords (pair key: (keyword) @name @definition.field))
  (list (keywords (pair key: (keyword) @name @definition.field)))
  (list (atom) @name @definition.field)
]) (#any-of? @_def "defstruct" "defexception"))

(unary_operator operator: "@" operand: (call target: (identifier) @_type (arguments (binary_operator
  left: [(identifier) @name (call target: (identifier) @name)] operator: "::"))
  (#any-of? @_type "type" "typep" "opaque"))) @definition.type
(unary_operator operator: "@" operand: (call target: (identifier) @_type (arguments (binary_operator
  left: (call target: (identifier) @name) operator: "::"))
  (#any-of? @_type "callback" "macrocallback"))) @definition.declaration
(unary_operator operator: "@" operand: (call target: (identifier) @name (arguments (_)))
  (#not-any-of? @name "doc" "moduledoc" "typedoc" "spec" "type" "typep" "opaque" "callback" "macrocallback" "impl"
    "behaviour" "derive" "enforce_keys" "deprecated" "since" "dialyzer" "compile" "before_compile" "after_compile"
    "on_load" "external_resource" "optional_callbacks" "tag" "moduletag" "describetag")) @definition.constant
