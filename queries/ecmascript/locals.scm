; Names that JavaScript and TypeScript bind inside functions. The vocabulary is described in queries/README.md.

[
  (function_declaration)
  (generator_function_declaration)
  (function_expression)
  (generator_function)
  (arrow_function)
  (method_definition)
] @scope.function
[(statement_block) (for_statement) (for_in_statement) (catch_clause) (switch_body)] @scope
(class_body) @scope.type

(formal_parameters (_) @bound)
(arrow_function parameter: (identifier) @bound)
(catch_clause parameter: (_) @bound)
(lexical_declaration (variable_declarator name: (_) @bound))
(variable_declaration (variable_declarator name: (_) @bound.function))
(for_in_statement kind: ["let" "const"] left: (_) @bound)
(for_in_statement kind: "var" left: (_) @bound.function)
(function_declaration name: (identifier) @bound.outer)
(generator_function_declaration name: (identifier) @bound.outer)
(function_expression name: (identifier) @bound)

[(identifier) (shorthand_property_identifier) (shorthand_property_identifier_pattern)] @name
