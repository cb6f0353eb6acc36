; Names that Scala binds inside functions. The vocabulary is described in queries/README.md.

[(function_definition) (function_declaration) (lambda_expression)] @scope.function
[
  (block)
  (indented_block)
  (case_clause)
  (for_expression)
  (colon_argument)
  (val_definition)
] @scope
[(template_body) (enum_body) (with_template_body)] @scope.type

(parameter name: (identifier) @bound)
(class_parameter name: (identifier) @bound)
(binding name: (identifier) @bound)
(lambda_expression parameters: (identifier) @bound)
(colon_argument lambda_start: (identifier) @bound)
(val_definition pattern: (_) @bound.outer)
(var_definition pattern: (_) @bound)
(case_clause pattern: (_) @bound)
(enumerator . (_) @bound)
(function_definition name: (identifier) @bound.outer)

(field_expression field: (identifier) @skip)
(infix_expression operator: (identifier) @skip)
(stable_identifier (_) (identifier) @skip)
(import_declaration (identifier) @skip)
(package_identifier (identifier) @skip)
(arguments (assignment_expression left: (identifier) @skip))
(identifier) @name
