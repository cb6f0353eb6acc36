; Uses of names in OCaml.

(open_module) @import

(application_expression function: (value_path (value_name) @reference.call))
(application_expression function: (constructor_path (constructor_name) @reference.call))
(method_invocation method: (method_name) @reference.call)
(new_expression (class_path (class_name) @reference.call))
(infix_expression operator: (_) @_pipe right: (value_path (value_name) @reference.call)
  (#any-of? @_pipe "|>" ">>=" ">|="))
(infix_expression left: (value_path (value_name) @reference.call) operator: (_) @_apply (#eq? @_apply "@@"))

(set_expression (field_get_expression field: (field_path (field_name) @reference.write)))
(set_expression (instance_variable_name) @reference.write)
(field_expression (field_path (field_name) @reference.write))

(type_constructor_path (type_constructor) @reference.type)
(class_type_path (class_type_name) @reference.type)
(class_path (class_name) @reference.type)
(module_type_path (module_type_name) @reference.type)
[
  (value_name)
  (value_pattern)
  (constructor_name)
  (module_name)
  (field_name)
  (instance_variable_name)
  (method_name)
] @reference.read
