; Uses of names in the shell.

(command name: (command_name (word) @reference.call))

; Handlers are named as arguments.
(command name: (command_name (word) @_trap) . argument: (word) @reference.call
  (#eq? @_trap "trap"))

(variable_assignment name: (variable_name) @reference.write)
(for_statement variable: (variable_name) @reference.write)
((variable_name) @reference.read (#match? @reference.read "^[A-Za-z_]"))
