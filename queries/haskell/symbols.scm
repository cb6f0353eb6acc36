; Haskell definitions. The vocabulary is described in queries/README.md. A signature and the equations below it are one
; definition.

(header module: (module) @name) @definition.module

(data_type name: (name) @name) @definition.enum
(newtype name: (name) @name) @definition.struct
(data_constructor constructor: (prefix name: (constructor) @name)) @definition.enumMember
(data_constructor constructor: (record name: (constructor) @name)) @definition.enumMember
(data_constructor constructor: (infix operator: (constructor_operator) @name)) @definition.enumMember
(gadt_constructor name: (constructor) @name) @definition.enumMember
(newtype_constructor name: (constructor) @name) @definition.enumMember
(field name: (field_name (variable) @name)) @definition.field
(type_synonym name: (name) @name) @definition.type
(type_family name: (name) @name) @definition.type
(data_family name: (name) @name) @definition.type
(class name: (name) @name) @definition.trait
(class_declarations (signature name: [(variable) @name (prefix_id (operator) @name)]) @definition.method)
(class_declarations (signature names: (binding_list (variable) @name)) @definition.method)
(instance patterns: (type_patterns . [
  (name) @name
  (apply constructor: (name) @name)
  (parens (apply constructor: (name) @name))
  (list (name) @name)
])) @scope

(declarations (signature name: [(variable) @name (prefix_id (operator) @name)]) @definition.function)
(declarations (signature names: (binding_list (variable) @name)) @definition.function)
(foreign_import signature: (signature name: (variable) @name)) @definition.declaration
(function name: [(variable) @name (prefix_id (operator) @name)]) @definition.function
(function (infix operator: (operator) @name)) @definition.function
(function (infix operator: (infix_id (variable) @name))) @definition.function
(declarations (bind name: [(variable) @name (prefix_id (operator) @name)]) @definition.function)
(instance_declarations (bind name: [(variable) @name (prefix_id (operator) @name)]) @definition.method)
(class_declarations (bind name: [(variable) @name (prefix_id (operator) @name)]) @definition.method)
(declarations (bind pattern: (tuple (variable) @name)) @definition.constant)
