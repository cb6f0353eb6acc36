; Shell definitions. The vocabulary is described in queries/README.md.

(function_definition name: (word) @name) @definition.function
(function_definition body: (_) @local)

(declaration_command "readonly" (variable_assignment name: (variable_name) @name)) @definition.constant
((variable_assignment name: (variable_name) @name) @definition.constant (#match? @name "^_*[A-Z][A-Z0-9_]+$"))
(declaration_command (variable_assignment name: (variable_name) @name)) @definition.variable
(declaration_command (variable_name) @name) @definition.variable
(variable_assignment name: (variable_name) @name) @definition.variable

; alias name='...'
(command
  name: (command_name (word) @_alias)
  argument: (concatenation . (word) @name)
  (#eq? @_alias "alias")) @definition.function
