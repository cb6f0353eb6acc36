; Names that C# binds inside methods. The vocabulary is described in queries/README.md.

[
  (method_declaration)
  (constructor_declaration)
  (local_function_statement)
  (lambda_expression)
  (anonymous_method_expression)
  (accessor_declaration)
  (operator_declaration)
  (indexer_declaration)
] @scope.function
[
  (block)
  (for_statement)
  (foreach_statement)
  (using_statement)
  (fixed_statement)
  (catch_clause)
  (switch_section)
  (switch_expression_arm)
  (query_expression)
] @scope
[
  (class_declaration)
  (struct_declaration)
  (record_declaration)
  (interface_declaration)
  (enum_declaration)
] @scope.type

(parameter name: (identifier) @bound)
(implicit_parameter) @bound
(local_declaration_statement (variable_declaration (variable_declarator name: (identifier) @bound)))
(for_statement (variable_declaration (variable_declarator name: (identifier) @bound)))
(using_statement (variable_declaration (variable_declarator name: (identifier) @bound)))
(fixed_statement (variable_declaration (variable_declarator name: (identifier) @bound)))
(foreach_statement left: (identifier) @bound)
(catch_declaration name: (identifier) @bound)
(declaration_expression name: (identifier) @bound)
(declaration_pattern name: (identifier) @bound)
(parenthesized_variable_designation name: (identifier) @bound)
(from_clause name: (identifier) @bound)
(local_function_statement name: (identifier) @bound.outer)

(member_access_expression name: (identifier) @skip)
(member_binding_expression name: (identifier) @skip)
(argument name: (identifier) @skip)
(_ type: (identifier) @skip)
(method_declaration name: (identifier) @skip)
(constructor_declaration name: (identifier) @skip)
(property_declaration name: (identifier) @skip)
(field_declaration (variable_declaration (variable_declarator name: (identifier) @skip)))
(attribute name: (identifier) @skip)
[(identifier) (implicit_parameter)] @name
