; Names that Lua binds inside functions. The vocabulary is described in queries/README.md.

[(function_declaration) (function_definition)] @scope.function
[(block) (for_statement) (repeat_statement)] @scope

(parameters name: (identifier) @bound)
(variable_declaration (assignment_statement (variable_list name: (identifier) @bound))) @again
(variable_declaration (variable_list name: (identifier) @bound)) @again
(function_declaration "local" name: (identifier) @bound.outer)
(for_numeric_clause name: (identifier) @bound)
(for_generic_clause (variable_list name: (identifier) @bound))

(dot_index_expression field: (identifier) @skip)
(method_index_expression method: (identifier) @skip)
(field name: (identifier) @skip)
(attribute (identifier) @skip)
(label_statement (identifier) @skip)
(goto_statement (identifier) @skip)
(identifier) @name
