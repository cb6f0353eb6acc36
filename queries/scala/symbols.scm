; Scala definitions. The vocabulary is described in queries/README.md.

(package_clause name: (package_identifier) @name) @definition.module

(class_definition name: (_) @name) @definition.class
(object_definition name: (_) @name) @definition.class
(package_object name: (_) @name) @definition.module
(trait_definition name: (_) @name) @definition.trait
(enum_definition name: (_) @name) @definition.enum
(simple_enum_case name: (_) @name) @definition.enumMember
(full_enum_case name: (_) @name) @definition.enumMember
(type_definition name: (type_identifier) @name) @definition.type
(given_definition name: (_) @name) @definition.constant

(function_definition name: (_) @name) @definition.function
(function_declaration name: (_) @name) @definition.function
(function_definition body: (_) @local)
(val_definition value: (_) @local)
(lambda_expression) @local
(class_definition body: (template_body (call_expression) @local))
(class_parameters (class_parameter name: (_) @name) @definition.field)

; Extensions are scopes of the type that they extend.
(extension_definition parameters: (parameters . (parameter type: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
]))) @scope

; `this` is the name of constructors beside the first.
((function_definition name: (identifier) @_this) @definition.constructor (#eq? @_this "this"))

(template_body (val_definition pattern: (identifier) @name) @definition.field)
(template_body (var_definition pattern: (identifier) @name) @definition.field)
(template_body (val_declaration name: (_) @name) @definition.field)
(template_body (var_declaration name: (_) @name) @definition.field)
(template_body (val_definition pattern: (tuple_pattern (identifier) @name)) @definition.field)
(template_body (val_definition pattern: (case_class_pattern pattern: (identifier) @name)) @definition.field)
(template_body (var_definition pattern: (tuple_pattern (identifier) @name)) @definition.field)
(enum_body (val_definition pattern: (identifier) @name) @definition.field)
(val_definition pattern: (identifier) @name) @definition.constant
(val_definition pattern: (identifiers (identifier) @name)) @definition.constant
(val_definition pattern: (tuple_pattern (identifier) @name)) @definition.constant
(var_definition pattern: (identifier) @name) @definition.variable
