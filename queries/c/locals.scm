; Names that C binds inside functions, for C and C++. The vocabulary is described in queries/README.md.

(function_definition) @scope.function
[(compound_statement) (for_statement) (if_statement) (while_statement) (switch_statement)] @scope
[(struct_specifier) (union_specifier)] @scope.type

(parameter_declaration declarator: (_) @declarator)
(declaration declarator: (_) @declarator)

(identifier) @name
