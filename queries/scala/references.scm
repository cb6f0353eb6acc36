; Uses of names in Scala.

[(import_declaration) (export_declaration)] @import

(call_expression function: [
  (identifier) @reference.call
  (field_expression field: (identifier) @reference.call)
  (generic_function function: [
    (identifier) @reference.call
    (field_expression field: (identifier) @reference.call)
  ])
])
(infix_expression operator: [(identifier) (operator_identifier)] @reference.call)
(postfix_expression (_) [(identifier) (operator_identifier)] @reference.call .)
(instance_expression [
  (type_identifier) @reference.call
  (generic_type type: (type_identifier) @reference.call)
  (applied_constructor_type [
    (type_identifier) @reference.call
    (generic_type type: (type_identifier) @reference.call)
  ])
])
(method_value [(identifier) @reference.call (field_expression field: (identifier) @reference.call)])
(interpolated_string_expression interpolator: (identifier) @reference.call)
(annotation name: (type_identifier) @reference.type)

(assignment_expression left: [
  (identifier) @reference.write
  (field_expression field: (identifier) @reference.write)
])
(arguments (assignment_expression left: (identifier) @reference.write))

(package_identifier (identifier) @skip)
((identifier) @skip (#any-of? @skip "this" "super"))
(type_parameters name: (identifier) @reference.type)

(type_identifier) @reference.type
(case_class_pattern type: (type_identifier) @reference.call)
(access_qualifier (identifier) @reference.type)
[(identifier) (operator_identifier)] @reference.read
