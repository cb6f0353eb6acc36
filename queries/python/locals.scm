; Names that Python binds inside functions. The vocabulary is described in queries/README.md.
; Imports inside functions are left out on purpose: what they name is defined elsewhere.

[(function_definition) (lambda)] @scope.function
[(list_comprehension) (set_comprehension) (dictionary_comprehension) (generator_expression)] @scope
(class_definition) @scope.type

(parameters [
  (identifier) @bound
  (default_parameter name: (_) @bound)
  (typed_parameter . (_) @bound)
  (typed_default_parameter name: (_) @bound)
  (list_splat_pattern) @bound
  (dictionary_splat_pattern) @bound
  (tuple_pattern) @bound
])
(lambda_parameters [
  (identifier) @bound
  (default_parameter name: (_) @bound)
  (list_splat_pattern) @bound
  (dictionary_splat_pattern) @bound
  (tuple_pattern) @bound
])
(assignment left: (_) @bound.function)
(augmented_assignment left: (identifier) @bound.function)
(named_expression name: (identifier) @bound.function)
(for_statement left: (_) @bound.function)
(for_in_clause left: (_) @bound)
(as_pattern_target) @bound.function
(case_pattern (dotted_name . (identifier) @bound.function .))
(function_definition name: (identifier) @bound.outer)
(class_definition name: (identifier) @bound.outer)

(global_statement) @global
(nonlocal_statement) @nonlocal

(attribute attribute: (identifier) @skip)
(keyword_argument name: (identifier) @skip)
(import_statement (dotted_name (identifier) @skip))
(import_from_statement (dotted_name (identifier) @skip))
(identifier) @name
