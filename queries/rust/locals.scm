; Names that Rust binds inside functions. The vocabulary is described in queries/README.md.

[(function_item) (closure_expression)] @scope.function
[(block) (match_arm) (for_expression) (if_expression) (while_expression)] @scope
[(impl_item) (trait_item) (mod_item)] @scope.type

(parameter pattern: (_) @bound)
(closure_parameters (_) @bound)
(let_declaration pattern: (_) @bound) @again
(let_condition pattern: (_) @bound) @again
(for_expression pattern: (_) @bound value: (_) @again)
(match_arm pattern: (match_pattern) @bound)
(function_item name: (identifier) @bound.outer)
(const_item name: (identifier) @bound.outer)
(static_item name: (identifier) @bound.outer)

(scoped_identifier (identifier) @skip)
(macro_invocation macro: (identifier) @skip)
(attribute (identifier) @skip)
(lifetime (identifier) @skip)
(label (identifier) @skip)
(use_declaration (identifier) @skip)
[(identifier) (shorthand_field_identifier)] @name
