; Uses of names in Python.

[(import_statement) (import_from_statement) (future_import_statement)] @import

(call function: [(identifier) @reference.call (attribute attribute: (identifier) @reference.call)])
(decorator [(identifier) @reference.call (attribute attribute: (identifier) @reference.call)])

(class_definition superclasses: (argument_list [
  (identifier) @reference.type
  (attribute attribute: (identifier) @reference.type)
]))
(type (identifier) @reference.type)
(type (attribute attribute: (identifier) @reference.type))
(type (generic_type (identifier) @reference.type))
((type (string (string_content) @reference.type)) (#match? @reference.type "^[A-Za-z_][A-Za-z0-9_]*$"))

(assignment left: [(identifier) @reference.write (attribute attribute: (identifier) @reference.write)])
(augmented_assignment left: [(identifier) @reference.write (attribute attribute: (identifier) @reference.write)])
(assignment left: (pattern_list [(identifier) @reference.write (attribute attribute: (identifier) @reference.write)]))
(keyword_argument name: (identifier) @reference.write)

(identifier) @reference.read
