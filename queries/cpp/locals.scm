; What C++ adds to the names that C binds inside functions. Comes behind c/locals.scm.

(lambda_expression) @scope.function
[(for_range_loop) (catch_clause)] @scope
(class_specifier) @scope.type

(optional_parameter_declaration declarator: (_) @declarator)
(for_range_loop declarator: (_) @declarator)
(structured_binding_declarator (identifier) @bound)
(lambda_capture_initializer left: (identifier) @bound)

(qualified_identifier name: (identifier) @skip)
