; Uses of names in Zig, whose types are values.

((identifier) @skip (#eq? @skip "_"))

(call_expression function: [(identifier) @reference.call (field_expression member: (identifier) @reference.call)])
(assignment_expression left: [
  (identifier) @reference.write
  (field_expression member: (identifier) @reference.write)
])
; `x = 1;` is a declaration to the grammar.
(variable_declaration . [(identifier) @reference.write (field_expression member: (identifier) @reference.write)] "=")
(field_initializer . (identifier) @reference.write)

(parameter type: [(identifier) @reference.type (_ (identifier) @reference.type)])
(container_field type: [(identifier) @reference.type (pointer_type (identifier) @reference.type)])
(function_declaration type: [
  (identifier) @reference.type
  (error_union_type ok: (identifier) @reference.type)
  (pointer_type (identifier) @reference.type)
  (nullable_type (identifier) @reference.type)
])
(variable_declaration type: [(identifier) @reference.type (_ (identifier) @reference.type)])
(struct_initializer . (identifier) @reference.type)
(error_union_type error: (identifier) @reference.type)
(block_label (identifier) @skip)
(break_label (identifier) @skip)
(identifier) @reference.read
