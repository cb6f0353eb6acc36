; Names that Swift binds inside functions. The vocabulary is described in queries/README.md.

[
  (function_declaration)
  (protocol_function_declaration)
  (init_declaration)
  (deinit_declaration)
  (subscript_declaration)
  (lambda_literal)
  (computed_property)
  (computed_getter)
  (computed_setter)
] @scope.function
[
  (for_statement)
  (if_statement)
  (while_statement)
  (catch_block)
  (switch_entry)
  (do_statement)
] @scope
[(class_body) (enum_class_body) (protocol_body)] @scope.type

(parameter name: (simple_identifier) @bound)
(lambda_parameter name: (simple_identifier) @bound)
(capture_list_item name: (simple_identifier) @bound)
(property_declaration name: (pattern) @bound) @again
(for_statement item: (pattern) @bound)
(if_statement bound_identifier: (simple_identifier) @bound)
(while_statement bound_identifier: (simple_identifier) @bound)
(guard_statement bound_identifier: (simple_identifier) @bound) @again
(switch_pattern (pattern (value_binding_pattern)) @bound)
(catch_block error: (pattern) @bound)
(function_declaration name: (simple_identifier) @bound.outer)

(navigation_suffix suffix: (simple_identifier) @skip)
(value_argument_label (simple_identifier) @skip)
(parameter external_name: (simple_identifier) @skip)
(identifier (simple_identifier) @skip)
(simple_identifier) @name
