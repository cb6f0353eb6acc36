; Lua definitions. The vocabulary is described in queries/README.md.

(function_declaration name: (identifier) @name) @definition.function
(function_declaration name: (dot_index_expression table: (_) @qualifier field: (identifier) @name)) @definition.function
(function_declaration name: (method_index_expression table: (_) @qualifier method: (identifier) @name)) @definition.method

; `name = function() end`, alone and in a table.
(assignment_statement
  (variable_list . name: (identifier) @name .)
  (expression_list . value: (function_definition) .)) @definition.function
(assignment_statement
  (variable_list . name: (dot_index_expression table: (_) @qualifier field: (identifier) @name) .)
  (expression_list . value: (function_definition) .)) @definition.function
(variable_declaration (assignment_statement
  (variable_list . name: (identifier) @name .)
  (expression_list . value: (function_definition) .))) @definition.function

(function_declaration body: (block) @local)
(function_definition body: (block) @local)

(chunk (variable_declaration (assignment_statement
  (variable_list . name: (identifier) @name)
  (expression_list . value: (table_constructor)))) @definition.module)
((chunk [
  (assignment_statement (variable_list name: (identifier) @name))
  (variable_declaration (assignment_statement (variable_list name: (identifier) @name)))
] @definition.constant) (#match? @name "^_*[A-Z][A-Z0-9_]+$"))
(chunk (variable_declaration (assignment_statement (variable_list name: (identifier) @name))) @definition.variable)
(chunk (variable_declaration (variable_list name: (identifier) @name)) @definition.variable)
(chunk (assignment_statement (variable_list name: (identifier) @name)) @definition.variable)
(chunk (assignment_statement
  (variable_list name: (dot_index_expression table: (identifier) @qualifier field: (identifier) @name))) @definition.field)

(table_constructor (field name: (identifier) @name value: (function_definition)) @definition.function)
(chunk (variable_declaration (assignment_statement (expression_list . value: (table_constructor
  (field name: (identifier) @name) @definition.field)))))
