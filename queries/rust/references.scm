; Uses of names in Rust.

[(use_declaration) (extern_crate_declaration)] @import

(lifetime (identifier) @skip)

(call_expression function: [
  (identifier) @reference.call
  (scoped_identifier name: (identifier) @reference.call)
  (field_expression field: (field_identifier) @reference.call)
  (generic_function function: [
    (identifier) @reference.call
    (scoped_identifier name: (identifier) @reference.call)
    (field_expression field: (field_identifier) @reference.call)
  ])
])
(macro_invocation macro: [(identifier) @reference.call (scoped_identifier name: (identifier) @reference.call)])
(token_tree (identifier) @reference.call . (token_tree "("))
(token_tree (identifier) @reference.call . "!")
; A keyword to the grammar, and a method to everyone else.
(token_tree "default" @reference.call . (token_tree "("))
(attribute [(identifier) @reference.call (scoped_identifier name: (identifier) @reference.call)])

(assignment_expression left: [
  (identifier) @reference.write
  (field_expression field: (field_identifier) @reference.write)
])
(compound_assignment_expr left: [
  (identifier) @reference.write
  (field_expression field: (field_identifier) @reference.write)
])
(field_initializer field: (field_identifier) @reference.write)
(shorthand_field_initializer (identifier) @reference.write)

(type_identifier) @reference.type
[(identifier) (field_identifier) (shorthand_field_identifier)] @reference.read
