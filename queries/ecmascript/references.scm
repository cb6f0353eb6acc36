; Uses of names that JavaScript and TypeScript share.

(import_statement) @import
(export_statement (export_clause) source: (_)) @import

(call_expression function: [
  (identifier) @reference.call
  (member_expression property: [(property_identifier) (private_property_identifier)] @reference.call)
])
(new_expression constructor: [
  (identifier) @reference.call
  (member_expression property: (property_identifier) @reference.call)
])

(assignment_expression left: [
  (identifier) @reference.write
  (member_expression property: [(property_identifier) (private_property_identifier)] @reference.write)
])
(augmented_assignment_expression left: [
  (identifier) @reference.write
  (member_expression property: [(property_identifier) (private_property_identifier)] @reference.write)
])
(update_expression argument: [
  (identifier) @reference.write
  (member_expression property: (property_identifier) @reference.write)
])
(pair key: (property_identifier) @reference.write)

[
  (identifier)
  (property_identifier)
  (private_property_identifier)
  (shorthand_property_identifier)
  (shorthand_property_identifier_pattern)
] @reference.read
