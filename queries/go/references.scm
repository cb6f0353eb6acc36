; Uses of names in Go.

(import_declaration) @import

(call_expression function: [
  (identifier) @reference.call
  (selector_expression field: (field_identifier) @reference.call)
  (parenthesized_expression (identifier) @reference.call)
])
(call_expression function: (index_expression operand: (identifier) @reference.call))

(assignment_statement left: (expression_list [
  (identifier) @reference.write
  (selector_expression field: (field_identifier) @reference.write)
]))
(inc_statement [(identifier) @reference.write (selector_expression field: (field_identifier) @reference.write)])
(dec_statement [(identifier) @reference.write (selector_expression field: (field_identifier) @reference.write)])
(keyed_element . (literal_element (identifier) @reference.write))

(type_identifier) @reference.type
[(identifier) (field_identifier) (package_identifier)] @reference.read
