; Names that Kotlin binds inside functions. The vocabulary is described in queries/README.md.

[
  (function_declaration)
  (anonymous_function)
  (lambda_literal)
  (getter)
  (setter)
  (secondary_constructor)
  (anonymous_initializer)
] @scope.function
[(block) (for_statement) (catch_block) (when_expression) (if_expression)] @scope
[(class_body) (enum_class_body) (object_literal)] @scope.type

(parameter . (identifier) @bound)
(class_parameter (identifier) @bound)
(setter (identifier) @bound)
(lambda_parameters (variable_declaration . (identifier) @bound))
(multi_variable_declaration (variable_declaration . (identifier) @bound))
(property_declaration (variable_declaration . (identifier) @bound))
(for_statement (variable_declaration . (identifier) @bound))
(when_subject (variable_declaration . (identifier) @bound))
(catch_block . (identifier) @bound)
(function_declaration name: (identifier) @bound.outer)

(navigation_expression (_) (identifier) @skip .)
(user_type (identifier) @skip)
(value_argument . (identifier) @skip . "=")
(callable_reference (identifier) @skip .)
(import (qualified_identifier (identifier) @skip))
(identifier) @name
