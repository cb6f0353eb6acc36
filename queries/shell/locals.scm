; Names that the shell binds inside functions: what `local` and its kin declare. The vocabulary is described in
; queries/README.md.

(function_definition) @scope.function
(subshell) @scope

(declaration_command ["local" "declare" "typeset"] (variable_assignment name: (variable_name) @bound.function))
(declaration_command ["local" "declare" "typeset"] (variable_name) @bound.function)

(variable_name) @name
