; Uses of names in Swift.

(import_declaration) @import

(call_expression . (simple_identifier) @reference.call)
(call_expression . (navigation_expression suffix: (navigation_suffix suffix: (simple_identifier) @reference.call)))
(call_expression . (prefix_expression (simple_identifier) @reference.call))
(constructor_expression constructed_type: (user_type (type_identifier) @reference.call))
(macro_invocation (simple_identifier) @reference.call)
(attribute (user_type (type_identifier) @reference.type))

(assignment target: (directly_assignable_expression [
  (simple_identifier) @reference.write
  (navigation_expression suffix: (navigation_suffix suffix: (simple_identifier) @reference.write))
]))
(value_argument name: (value_argument_label (simple_identifier) @reference.write))

(parameter external_name: (simple_identifier) @skip)
((simple_identifier) @skip (#any-of? @skip "_" "fallthrough" "self"))

(type_identifier) @reference.type
(simple_identifier) @reference.read
