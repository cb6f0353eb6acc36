; C definitions, also the first half of C++'s. The vocabulary is described in queries/README.md.

(compound_statement) @local

(function_definition declarator: (_) @declarator) @definition.function

((declaration (storage_class_specifier) @_storage declarator: (_) @declarator) @definition.declaration
  (#eq? @_storage "extern"))
(declaration declarator: (_) @declarator) @definition.variable
(field_declaration declarator: (_) @declarator) @definition.field

(type_definition type: (struct_specifier !name body: (_)) declarator: (_) @declarator) @definition.struct
(type_definition type: (union_specifier !name body: (_)) declarator: (_) @declarator) @definition.union
(type_definition type: (enum_specifier !name body: (_)) declarator: (_) @declarator) @definition.enum
(type_definition declarator: (_) @declarator) @definition.type

(struct_specifier name: (_) @name body: (_)) @definition.struct
(union_specifier name: (_) @name body: (_)) @definition.union
(enum_specifier name: (_) @name body: (_)) @definition.enum
(enumerator name: (identifier) @name) @definition.enumMember

(translation_unit [
  (struct_specifier name: (_) @name !body)
  (union_specifier name: (_) @name !body)
  (enum_specifier name: (_) @name !body)
] @definition.declaration)

(preproc_def name: (identifier) @name) @definition.macro
(preproc_function_def name: (identifier) @name) @definition.macro
