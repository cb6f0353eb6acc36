; Names that Go binds inside functions. The vocabulary is described in queries/README.md.

[(function_declaration) (method_declaration) (func_literal)] @scope.function
[
  (block)
  (if_statement)
  (for_statement)
  (expression_switch_statement)
  (type_switch_statement)
  (expression_case)
  (default_case)
  (type_case)
  (communication_case)
] @scope

(parameter_declaration name: (identifier) @bound)
(variadic_parameter_declaration name: (identifier) @bound)
(short_var_declaration left: (expression_list) @bound) @after
(var_spec name: (identifier) @bound) @after
(const_spec name: (identifier) @bound) @after
(range_clause left: (expression_list) @bound ":=") @after
(receive_statement left: (expression_list) @bound ":=") @after
(type_switch_statement alias: (expression_list) @bound)

(function_declaration name: (identifier) @skip)
(keyed_element . (literal_element (identifier) @skip))
(identifier) @name
