; OCaml definitions. The vocabulary is described in queries/README.md. What several `and`s join are definitions of their
; own, so that their extent is the binding; `let` or `type` is put before it later.

(module_definition (module_binding (module_name) @name) @definition.module)
(module_type_definition (module_type_name) @name) @definition.interface
(class_definition (class_binding (class_name) @name) @definition.class)
(class_type_definition (class_type_binding (class_type_name) @name) @definition.interface)
(method_definition (method_name) @name) @definition.method
(method_specification (method_name) @name) @definition.method
(instance_variable_definition (instance_variable_name) @name) @definition.field

(type_binding name: (type_constructor) @name body: (record_declaration)) @definition.struct
(type_binding name: (type_constructor) @name body: (variant_declaration)) @definition.enum
(type_binding name: (type_constructor) @name) @definition.type
(type_binding body: (variant_declaration (constructor_declaration (constructor_name) @name) @definition.enumMember))
(exception_definition (constructor_declaration (constructor_name) @name)) @definition.struct
(field_declaration (field_name) @name) @definition.field

(let_binding pattern: [(value_name) @name (parenthesized_operator (_) @name)] (parameter)) @definition.function
(let_binding pattern: (value_name) @name body: [(fun_expression) (function_expression)]) @definition.function
(let_binding body: (_) @local)
(let_binding pattern: (value_name) @name) @definition.constant
(let_binding pattern: (tuple_pattern [(value_name) (value_pattern)] @name)) @definition.constant
(let_binding pattern: (parenthesized_pattern (tuple_pattern [(value_name) (value_pattern)] @name))) @definition.constant
(external [(value_name) @name (parenthesized_operator (_) @name)]) @definition.function
(value_specification [(value_name) @name (parenthesized_operator (_) @name)]) @definition.declaration
