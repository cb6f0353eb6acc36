; Names that Java binds inside methods. The vocabulary is described in queries/README.md.

[(method_declaration) (constructor_declaration) (lambda_expression)] @scope.function
[
  (block)
  (constructor_body)
  (for_statement)
  (enhanced_for_statement)
  (catch_clause)
  (try_with_resources_statement)
  (switch_rule)
  (switch_block_statement_group)
] @scope
[(class_body) (interface_body) (enum_body)] @scope.type

(formal_parameter name: (identifier) @bound)
(spread_parameter (variable_declarator name: (identifier) @bound))
(catch_formal_parameter name: (identifier) @bound)
(lambda_expression parameters: (identifier) @bound)
(inferred_parameters (identifier) @bound)
(local_variable_declaration declarator: (variable_declarator name: (identifier) @bound))
(enhanced_for_statement name: (identifier) @bound)
(resource name: (identifier) @bound)
(instanceof_expression name: (identifier) @bound.function)
(type_pattern (identifier) @bound)
(record_pattern_component (identifier) @bound)

(field_access field: (identifier) @skip)
(method_invocation name: (identifier) @skip)
(method_reference (_) (identifier) @skip)
(method_declaration name: (identifier) @skip)
(constructor_declaration name: (identifier) @skip)
(class_declaration name: (identifier) @skip)
(field_declaration declarator: (variable_declarator name: (identifier) @skip))
(annotation name: (identifier) @skip)
(marker_annotation name: (identifier) @skip)
(element_value_pair key: (identifier) @skip)
(scoped_identifier (identifier) @skip)
(labeled_statement . (identifier) @skip)
(break_statement (identifier) @skip)
(continue_statement (identifier) @skip)
(identifier) @name
