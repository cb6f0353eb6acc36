; Python definitions. The vocabulary is described in queries/README.md.

(class_definition name: (identifier) @name) @definition.class
(decorated_definition definition: (class_definition name: (identifier) @name)) @definition.class
(function_definition name: (identifier) @name) @definition.function
(decorated_definition definition: (function_definition name: (identifier) @name)) @definition.function

(function_definition body: (block) @local)
(lambda body: (_) @local)

(assignment left: (identifier) @name right: (lambda)) @definition.function
((assignment left: (identifier) @name) @definition.constant (#match? @name "^_*[A-Z][A-Z0-9_]+$"))
(assignment left: (identifier) @name) @definition.variable
(assignment left: (pattern_list (identifier) @name)) @definition.variable
(assignment left: (tuple_pattern (identifier) @name)) @definition.variable
(for_statement left: (identifier) @name @definition.variable)
(for_statement left: (pattern_list (identifier) @name @definition.variable))
(for_statement left: (tuple_pattern (identifier) @name @definition.variable))
(with_item value: (as_pattern alias: (as_pattern_target (identifier) @name @definition.variable)))
(named_expression name: (identifier) @name) @definition.variable
(type_alias_statement left: (type (identifier) @name)) @definition.type
(type_alias_statement left: (type (generic_type (identifier) @name))) @definition.type

((assignment left: (attribute object: (identifier) @_self attribute: (identifier) @name)) @definition.field
  (#eq? @_self "self"))
((assignment left: [
  (pattern_list (attribute object: (identifier) @_self attribute: (identifier) @name))
  (tuple_pattern (attribute object: (identifier) @_self attribute: (identifier) @name))
]) @definition.field
  (#eq? @_self "self"))
