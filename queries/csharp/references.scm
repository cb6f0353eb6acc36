; Uses of names in C#.

(using_directive) @import

(invocation_expression function: [
  (identifier) @reference.call
  (generic_name (identifier) @reference.call)
  (member_access_expression name: [(identifier) @reference.call (generic_name (identifier) @reference.call)])
  (conditional_access_expression
    (member_binding_expression name: [(identifier) @reference.call (generic_name (identifier) @reference.call)]))
])
(object_creation_expression type: [
  (identifier) @reference.call
  (generic_name (identifier) @reference.call)
  (qualified_name name: [(identifier) @reference.call (generic_name (identifier) @reference.call)])
])
(primary_constructor_base_type type: (identifier) @reference.call)
(attribute name: [(identifier) @reference.type (qualified_name name: (identifier) @reference.type)])

(assignment_expression left: [
  (identifier) @reference.write
  (member_access_expression name: (identifier) @reference.write)
])
(postfix_unary_expression [
  (identifier) @reference.write
  (member_access_expression name: (identifier) @reference.write)
] ["++" "--"])
(prefix_unary_expression ["++" "--"] [
  (identifier) @reference.write
  (member_access_expression name: (identifier) @reference.write)
])
(argument name: (identifier) @reference.write)

(base_list [
  (identifier) @reference.type
  (generic_name (identifier) @reference.type)
  (qualified_name name: [(identifier) @reference.type (generic_name (identifier) @reference.type)])
])
(_ type: [
  (identifier) @reference.type
  (generic_name (identifier) @reference.type)
  (qualified_name name: [(identifier) @reference.type (generic_name (identifier) @reference.type)])
  (nullable_type type: [(identifier) @reference.type (generic_name (identifier) @reference.type)])
  (array_type type: [(identifier) @reference.type (generic_name (identifier) @reference.type)])
])
(method_declaration returns: [
  (identifier) @reference.type
  (generic_name (identifier) @reference.type)
  (qualified_name name: [(identifier) @reference.type (generic_name (identifier) @reference.type)])
  (nullable_type type: [(identifier) @reference.type (generic_name (identifier) @reference.type)])
  (array_type type: [(identifier) @reference.type (generic_name (identifier) @reference.type)])
])
(type_argument_list [
  (identifier) @reference.type
  (generic_name (identifier) @reference.type)
  (nullable_type type: (identifier) @reference.type)
])
(as_expression right: (identifier) @reference.type)
(is_expression right: (identifier) @reference.type)
(declaration_pattern type: (identifier) @reference.type)
(type_parameter name: (identifier) @reference.type)

(identifier) @reference.read
