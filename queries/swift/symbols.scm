; Swift definitions. The vocabulary is described in queries/README.md.

; Extensions are scopes of the type that they extend.
(class_declaration "extension" name: (user_type (type_identifier) @name .)) @scope
(class_declaration "extension" name: (user_type (type_identifier) @name . (type_arguments))) @scope
(class_declaration declaration_kind: "struct" name: (_) @name) @definition.struct
(class_declaration declaration_kind: "enum" name: (_) @name) @definition.enum
(class_declaration declaration_kind: "class" name: (_) @name) @definition.class
(class_declaration declaration_kind: "actor" name: (_) @name) @definition.class
(protocol_declaration name: (type_identifier) @name) @definition.interface
(enum_entry name: (simple_identifier) @name) @definition.enumMember
(typealias_declaration name: (type_identifier) @name) @definition.type
(associatedtype_declaration name: (type_identifier) @name) @definition.type
(macro_declaration (simple_identifier) @name) @definition.macro

(init_declaration name: "init" @name) @definition.constructor
(init_declaration (function_body) @local)
(deinit_declaration (function_body) @local)
(function_declaration "func" . name: _ @name) @definition.function
(function_declaration (function_body) @local)
(protocol_function_declaration "func" . name: _ @name) @definition.method
(subscript_declaration "subscript" @name) @definition.property
(computed_property) @local
(willset_didset_block) @local
(lambda_literal) @local

(class_body (property_declaration name: (pattern bound_identifier: (simple_identifier) @name)) @definition.property)
(enum_class_body (property_declaration name: (pattern bound_identifier: (simple_identifier) @name)) @definition.property)
(protocol_property_declaration name: (pattern bound_identifier: (simple_identifier) @name)) @definition.property
(property_declaration (value_binding_pattern mutability: "let") name: (pattern
  bound_identifier: (simple_identifier) @name)) @definition.constant
(property_declaration name: (pattern bound_identifier: (simple_identifier) @name)) @definition.variable
