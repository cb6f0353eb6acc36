; Uses of names in C, also the second half of C++'s.

(call_expression function: [
  (identifier) @reference.call
  (field_expression field: (field_identifier) @reference.call)
  (parenthesized_expression (identifier) @reference.call)
])

(assignment_expression left: [
  (identifier) @reference.write
  (field_expression field: (field_identifier) @reference.write)
])
(update_expression argument: [
  (identifier) @reference.write
  (field_expression field: (field_identifier) @reference.write)
])
(field_designator (field_identifier) @reference.write)

(type_identifier) @reference.type
[(identifier) (field_identifier)] @reference.read
