; Names that Zig binds inside functions. The vocabulary is described in queries/README.md.

[(function_declaration) (test_declaration)] @scope.function
[
  (block)
  (for_statement)
  (if_statement)
  (while_statement)
  (for_expression)
  (if_expression)
  (while_expression)
  (catch_expression)
  (switch_case)
  (else_clause)
  (errdefer_statement)
] @scope
[(struct_declaration) (enum_declaration) (union_declaration) (opaque_declaration)] @scope.type

(parameter name: (identifier) @bound)
(variable_declaration ["const" "var"] . (identifier) @bound)
(payload (identifier) @bound)

(field_expression member: (identifier) @skip)
(field_initializer . (identifier) @skip)
(container_field name: (identifier) @skip)
(function_declaration name: (identifier) @skip)
(block_label (identifier) @skip)
(break_label (identifier) @skip)
(error_set_declaration (identifier) @skip)
(identifier) @name
