; Uses of names in PHP. Variables go without their `$`, as properties do where they are used.

(namespace_use_declaration) @import

(function_call_expression function: [(name) @reference.call (qualified_name (name) @reference.call)])
(member_call_expression name: (name) @reference.call)
(nullsafe_member_call_expression name: (name) @reference.call)
(scoped_call_expression name: (name) @reference.call)
(object_creation_expression [(name) @reference.call (qualified_name (name) @reference.call)])
(attribute [(name) @reference.call (qualified_name (name) @reference.call)])

(assignment_expression left: [
  (variable_name (name) @reference.write)
  (member_access_expression name: (name) @reference.write)
  (scoped_property_access_expression name: (variable_name (name) @reference.write))
])
(augmented_assignment_expression left: [
  (variable_name (name) @reference.write)
  (member_access_expression name: (name) @reference.write)
  (scoped_property_access_expression name: (variable_name (name) @reference.write))
])
(update_expression argument: [
  (variable_name (name) @reference.write)
  (member_access_expression name: (name) @reference.write)
])
(argument name: (name) @reference.write)

(named_type [(name) @reference.type (qualified_name (name) @reference.type)])
(base_clause [(name) @reference.type (qualified_name (name) @reference.type)])
(class_interface_clause [(name) @reference.type (qualified_name (name) @reference.type)])
(use_declaration [(name) @reference.type (qualified_name (name) @reference.type)])
(scoped_call_expression scope: [(name) @reference.type (qualified_name (name) @reference.type)])
(scoped_property_access_expression scope: (name) @reference.type)
(class_constant_access_expression . [(name) @reference.type (qualified_name (name) @reference.type)])
(binary_expression operator: "instanceof" right: (name) @reference.type)

(goto_statement (name) @skip)
(named_label_statement (name) @skip)
(name) @reference.read
