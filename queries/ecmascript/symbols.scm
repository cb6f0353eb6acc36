; Definitions that JavaScript and TypeScript share. The vocabulary is described in queries/README.md.

(function_declaration name: (_) @name) @definition.function
(generator_function_declaration name: (_) @name) @definition.function
(class_declaration name: (_) @name) @definition.class
(export_statement (function_declaration name: (_) @name)) @definition.function
(export_statement (generator_function_declaration name: (_) @name)) @definition.function
(export_statement (class_declaration name: (_) @name)) @definition.class
(method_definition name: [(property_identifier) (private_property_identifier)] @name) @definition.method
(method_definition name: (string (string_fragment) @name)) @definition.method

(function_declaration body: (statement_block) @local)
(generator_function_declaration body: (statement_block) @local)
(function_expression body: (statement_block) @local)
(generator_function body: (statement_block) @local)
(arrow_function body: (statement_block) @local)
(method_definition body: (statement_block) @local)

(lexical_declaration (variable_declarator name: (identifier) @name
  value: [(arrow_function) (function_expression) (generator_function)])) @definition.function
(variable_declaration (variable_declarator name: (identifier) @name
  value: [(arrow_function) (function_expression) (generator_function)])) @definition.function
(lexical_declaration (variable_declarator name: (identifier) @name value: (class))) @definition.class
(variable_declaration (variable_declarator name: (identifier) @name value: (class))) @definition.class
(lexical_declaration "const" (variable_declarator name: (identifier) @name)) @definition.constant
(lexical_declaration "let" (variable_declarator name: (identifier) @name)) @definition.variable
(variable_declaration (variable_declarator name: (identifier) @name)) @definition.variable
(lexical_declaration (variable_declarator
  name: (object_pattern (shorthand_property_identifier_pattern) @name))) @definition.variable
(variable_declaration (variable_declarator
  name: (object_pattern (shorthand_property_identifier_pattern) @name))) @definition.variable
(lexical_declaration (variable_declarator
  name: (object_pattern (pair_pattern value: (identifier) @name)))) @definition.variable
(lexical_declaration (variable_declarator name: (array_pattern (identifier) @name))) @definition.variable

; A function expression that has a name of its own, unless it is only the value of another name.
(arguments (function_expression name: (identifier) @name) @definition.function)
(parenthesized_expression (function_expression name: (identifier) @name) @definition.function)
(return_statement (function_expression name: (identifier) @name) @definition.function)
(return_statement (class name: (_) @name) @definition.class)

(assignment_expression
  left: (member_expression object: (_) @qualifier property: [(property_identifier) (private_property_identifier)] @name)
  right: [(function_expression) (arrow_function) (generator_function)]) @definition.function
(assignment_expression
  left: (member_expression object: (_) @qualifier property: (property_identifier) @name)
  right: (class)) @definition.class
(assignment_expression
  left: (identifier) @name
  right: [(function_expression) (arrow_function) (generator_function)]) @definition.function
((assignment_expression
  left: (member_expression object: (_) @qualifier property: (property_identifier) @name)) @definition.variable
  (#match? @qualifier "^(module\\.)?exports$|\\.prototype$"))
(program (expression_statement (assignment_expression
  left: (member_expression object: (identifier) @qualifier property: (property_identifier) @name))
  @definition.property))

(pair key: (property_identifier) @name
  value: [(function_expression) (arrow_function) (generator_function)]) @definition.method
(pair key: (string (string_fragment) @name)
  value: [(function_expression) (arrow_function) (generator_function)]) @definition.method
(variable_declarator value: (object (pair key: (property_identifier) @name) @definition.property))
(assignment_expression right: (object (pair key: (property_identifier) @name) @definition.property))

(export_statement (export_clause (export_specifier name: (identifier) @name !alias) @definition.declaration)
  source: (_))
(export_statement (export_clause (export_specifier alias: (identifier) @name) @definition.declaration))
(export_statement (namespace_export (identifier) @name)) @definition.declaration
