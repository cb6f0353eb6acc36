; Names that Ruby binds inside methods. The vocabulary is described in queries/README.md.

[(method) (singleton_method)] @scope.function
[(block) (do_block) (lambda)] @scope
[(class) (module) (singleton_class)] @scope.type

(method_parameters (identifier) @bound)
(block_parameters (identifier) @bound)
(block_parameters locals: (identifier) @bound)
(lambda_parameters (identifier) @bound)
(destructured_parameter (identifier) @bound)
(optional_parameter name: (identifier) @bound)
(keyword_parameter name: (identifier) @bound)
(splat_parameter name: (identifier) @bound)
(hash_splat_parameter name: (identifier) @bound)
(block_parameter name: (identifier) @bound)
(assignment left: (identifier) @bound.function)
(operator_assignment left: (identifier) @bound.function)
(left_assignment_list (identifier) @bound.function)
(left_assignment_list (rest_assignment (identifier) @bound.function))
(for pattern: (identifier) @bound.function)
(exception_variable (identifier) @bound.function)
(in_clause pattern: (identifier) @bound.function)
(as_pattern name: (identifier) @bound.function)

(call method: (identifier) @skip)
(method name: (identifier) @skip)
(singleton_method name: (identifier) @skip)
(alias (identifier) @skip)
(setter (identifier) @skip)
(identifier) @name
