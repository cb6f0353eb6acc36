; Uses of names in Kotlin.

(import) @import

((identifier) @skip (#any-of? @skip "true" "false" "null"))

(call_expression . (identifier) @reference.call)
(call_expression . (navigation_expression (identifier) @reference.call .))
(infix_expression (_) . (identifier) @reference.call . (_))
(constructor_invocation (user_type (identifier) @reference.call .))
(constructor_invocation (user_type (identifier) @reference.call . (type_arguments)))
(callable_reference (identifier) @reference.call .)
(annotation (user_type (identifier) @reference.type .))

(assignment left: [(identifier) @reference.write (navigation_expression (identifier) @reference.write .)])
(unary_expression argument: (identifier) @reference.write operator: ["++" "--"])
(unary_expression operator: ["++" "--"] argument: (identifier) @reference.write)
(value_argument . (identifier) @reference.write . "=")

(user_type (identifier) @reference.type)
(type_parameter (identifier) @reference.type)
(identifier) @reference.read
