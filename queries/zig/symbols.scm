; Zig definitions. The vocabulary is described in queries/README.md.

(variable_declaration "const" . (identifier) @name (struct_declaration)) @definition.struct
(variable_declaration "const" . (identifier) @name (opaque_declaration)) @definition.struct
(variable_declaration "const" . (identifier) @name (enum_declaration)) @definition.enum
(variable_declaration "const" . (identifier) @name (error_set_declaration)) @definition.enum
(variable_declaration "const" . (identifier) @name (union_declaration)) @definition.union
(enum_declaration (container_field . name: (identifier) @name) @definition.enumMember)
(enum_declaration (container_field . type: (identifier) @name) @definition.enumMember)
(error_set_declaration (identifier) @name @definition.enumMember)
(container_field name: (identifier) @name) @definition.field
(container_field . type: (identifier) @name) @definition.field

(function_declaration name: (identifier) @name body: (_)) @definition.function
(function_declaration name: (identifier) @name) @definition.declaration
(function_declaration body: (block) @local)
(test_declaration (block) @local)
(comptime_declaration (block) @local)

(variable_declaration "const" . (identifier) @name) @definition.constant
(variable_declaration "var" . (identifier) @name) @definition.variable
