; Names that Elixir binds inside functions. The vocabulary is described in queries/README.md.

(call target: (identifier) @_def (#any-of? @_def "def" "defp" "defmacro" "defmacrop" "defguard" "defguardp" "test"))
  @scope.function
(anonymous_function) @scope.function
(call target: (identifier) @_for (#any-of? @_for "for" "with")) @scope
[(do_block) (else_block) (rescue_block) (after_block) (catch_block) (stab_clause)] @scope

(call target: (identifier) @_def (arguments . [
  (call (arguments (_) @bound))
  (binary_operator left: (call (arguments (_) @bound)) operator: "when")
]) (#any-of? @_def "def" "defp" "defmacro" "defmacrop" "defguard" "defguardp"))
(call target: (identifier) @_test (arguments (string) . (_) @bound) (do_block) (#eq? @_test "test"))
(stab_clause left: (arguments (_) @bound))
(stab_clause left: (binary_operator left: (arguments (_) @bound) operator: "when"))
(stab_clause left: (arguments (binary_operator left: (_) @bound operator: "when")))
(do_block (binary_operator left: (_) @bound operator: "=") @again)
(body (binary_operator left: (_) @bound operator: "=") @again)
(else_block (binary_operator left: (_) @bound operator: "=") @again)
(binary_operator left: (_) @bound operator: "<-") @again

(call target: (identifier) @skip)
(dot right: (identifier) @skip)
(unary_operator operator: "@" operand: (identifier) @skip)
(struct (identifier) @skip)
(identifier) @name
