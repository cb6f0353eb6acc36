; Names that Haskell binds inside functions. The vocabulary is described in queries/README.md.

[(function) (lambda)] @scope.function
[
  (bind)
  (let_in)
  (do)
  (alternative)
  (list_comprehension)
  (match)
] @scope
[(class_declarations) (instance_declarations)] @scope.type

(function patterns: (patterns (_) @bound))
(function (infix left_operand: (_) @bound operator: (_) right_operand: (_)))
(function (infix left_operand: (_) operator: (_) right_operand: (_) @bound))
(lambda patterns: (patterns (_) @bound))
(alternative pattern: (_) @bound)
(do statement: (bind pattern: (_) @bound.outer))
(generator pattern: (_) @bound)
(pattern_guard pattern: (_) @bound)
(local_binds decl: (bind name: (variable) @bound.outer))
(local_binds decl: (bind pattern: (_) @bound.outer))
(local_binds decl: (function name: (variable) @bound.outer))

(field_name (variable) @skip)
(qualified id: (variable) @skip)
(type_params (variable) @skip)
(variable) @name
