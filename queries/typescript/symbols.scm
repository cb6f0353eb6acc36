; What only TypeScript and TSX have; ecmascript/symbols.scm comes before it.

(abstract_class_declaration name: (_) @name) @definition.class
(export_statement (abstract_class_declaration name: (_) @name)) @definition.class
(interface_declaration name: (_) @name) @definition.interface
(export_statement (interface_declaration name: (_) @name)) @definition.interface
(type_alias_declaration name: (_) @name) @definition.type
(export_statement (type_alias_declaration name: (_) @name)) @definition.type
(enum_declaration name: (_) @name) @definition.enum
(export_statement (enum_declaration name: (_) @name)) @definition.enum
(enum_body name: (property_identifier) @name @definition.enumMember)
(enum_assignment name: (property_identifier) @name) @definition.enumMember
(internal_module name: (_) @name) @definition.module
(module name: (identifier) @name) @definition.module
(module name: (string (string_fragment) @name)) @definition.module

(public_field_definition name: [(property_identifier) (private_property_identifier)] @name
  value: [(arrow_function) (function_expression)]) @definition.method
(public_field_definition name: [(property_identifier) (private_property_identifier)] @name) @definition.field
(required_parameter (accessibility_modifier) pattern: (identifier) @name) @definition.field
(property_signature name: (property_identifier) @name) @definition.property
(method_signature name: (property_identifier) @name) @definition.method
(abstract_method_signature name: (property_identifier) @name) @definition.method
(function_signature name: (identifier) @name) @definition.declaration
