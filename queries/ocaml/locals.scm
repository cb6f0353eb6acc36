; Names that OCaml binds inside functions. The vocabulary is described in queries/README.md.

[(let_binding) (fun_expression) (method_definition)] @scope.function
[(let_expression) (match_case) (for_expression)] @scope

(parameter pattern: (_) @bound)
(match_case pattern: (_) @bound)
(for_expression name: (value_pattern) @bound)
(let_expression (value_definition (let_binding pattern: (_) @bound.outer) @after))
(let_expression (value_definition "rec" (let_binding pattern: (_) @bound.outer)))

(field_name) @skip
[(value_name) (value_pattern)] @name
