; Uses of names in Java.

(import_declaration) @import

(method_invocation name: (identifier) @reference.call)
(method_reference (identifier) @reference.call .)
(object_creation_expression type: [
  (type_identifier) @reference.call
  (generic_type (type_identifier) @reference.call)
  (scoped_type_identifier (type_identifier) @reference.call .)
])
(marker_annotation name: (identifier) @reference.type)
(annotation name: (identifier) @reference.type)

(assignment_expression left: [(identifier) @reference.write (field_access field: (identifier) @reference.write)])
(update_expression [(identifier) @reference.write (field_access field: (identifier) @reference.write)])

(type_identifier) @reference.type
(identifier) @reference.read
