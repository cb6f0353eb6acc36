; C# definitions. The vocabulary is described in queries/README.md.

[(namespace_declaration name: (_) @name) (file_scoped_namespace_declaration name: (_) @name)] @definition.module

(class_declaration name: (identifier) @name) @definition.class
(struct_declaration name: (identifier) @name) @definition.struct
(record_declaration name: (identifier) @name) @definition.class
(interface_declaration name: (identifier) @name) @definition.interface
(enum_declaration name: (identifier) @name) @definition.enum
(enum_member_declaration name: (identifier) @name) @definition.enumMember
(delegate_declaration name: (identifier) @name) @definition.type
(record_declaration (parameter_list (parameter name: (identifier) @name) @definition.property))

(constructor_declaration name: (identifier) @name) @definition.constructor
(method_declaration name: (identifier) @name) @definition.method
(local_function_statement name: (identifier) @name) @definition.function
(operator_declaration operator: _ @name) @definition.method
(indexer_declaration "this" @name) @definition.property
(property_declaration name: (identifier) @name) @definition.property
(event_declaration name: (identifier) @name) @definition.property
(event_field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @definition.property
((field_declaration (modifier) @_const (variable_declaration (variable_declarator name: (identifier) @name)))
  @definition.constant (#eq? @_const "const"))
(field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @definition.field

; What a script declares outside of everything.
(global_statement (local_declaration_statement
  (variable_declaration (variable_declarator name: (identifier) @name))) @definition.variable)
