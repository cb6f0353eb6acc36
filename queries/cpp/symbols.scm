; What only C++ has; c/symbols.scm comes before it.

(class_specifier name: (_) @name body: (_)) @definition.class
(template_declaration (class_specifier name: (_) @name body: (_))) @definition.class
(template_declaration (struct_specifier name: (_) @name body: (_))) @definition.struct
(template_declaration (function_definition declarator: (_) @declarator)) @definition.function
(template_declaration (alias_declaration name: (_) @name)) @definition.type
(translation_unit (class_specifier name: (_) @name !body) @definition.declaration)
(declaration_list [
  (class_specifier name: (_) @name !body)
  (struct_specifier name: (_) @name !body)
  (union_specifier name: (_) @name !body)
  (enum_specifier name: (_) @name !body)
] @definition.declaration)

(namespace_definition name: (_) @name) @definition.module
(namespace_alias_definition name: (_) @name) @definition.declaration
(alias_declaration name: (_) @name) @definition.type
(concept_definition name: (_) @name) @definition.type
