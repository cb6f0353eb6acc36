; Kotlin definitions. The vocabulary is described in queries/README.md.

(package_header (qualified_identifier) @name) @definition.module

(class_declaration "interface" name: (identifier) @name) @definition.interface
(class_declaration name: (identifier) @name (enum_class_body)) @definition.enum
((class_declaration (modifiers (class_modifier) @_enum) name: (identifier) @name) @definition.enum
  (#eq? @_enum "enum"))
(class_declaration name: (identifier) @name) @definition.class
(object_declaration name: (identifier) @name) @definition.class
(companion_object name: (identifier) @name) @definition.class
(enum_entry . (identifier) @name) @definition.enumMember
(enum_entry . (modifiers) . (identifier) @name) @definition.enumMember
(type_alias type: (identifier) @name) @definition.type

; Extensions belong to the type that they extend.
(function_declaration [
  (user_type . (identifier) @qualifier)
  (nullable_type (user_type . (identifier) @qualifier))
] . name: (identifier) @name) @definition.method
(property_declaration [
  (user_type . (identifier) @qualifier)
  (nullable_type (user_type . (identifier) @qualifier))
] . (variable_declaration . (identifier) @name)) @definition.property
(function_declaration name: (identifier) @name) @definition.function
(function_declaration (function_body) @local)
(anonymous_function (function_body) @local)
(lambda_literal) @local
(getter (function_body) @local)
(setter (function_body) @local)
(anonymous_initializer (block) @local)
(secondary_constructor (block) @local)
(secondary_constructor "constructor" @name) @definition.constructor

(class_parameter ["val" "var"] . (identifier) @name) @definition.property
((property_declaration (modifiers (property_modifier) @_const) (variable_declaration . (identifier) @name))
  @definition.constant (#eq? @_const "const"))
(class_body (property_declaration (variable_declaration (identifier) @name)) @definition.property)
(enum_class_body (property_declaration (variable_declaration . (identifier) @name)) @definition.property)
(property_declaration "val" (variable_declaration . (identifier) @name)) @definition.constant
(property_declaration (variable_declaration . (identifier) @name)) @definition.variable
(property_declaration (multi_variable_declaration (variable_declaration . (identifier) @name))) @definition.variable
