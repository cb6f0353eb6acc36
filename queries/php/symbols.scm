; PHP definitions. The vocabulary is described in queries/README.md.

(namespace_definition name: (_) @name) @definition.module

(class_declaration name: (name) @name) @definition.class
(interface_declaration name: (name) @name) @definition.interface
(trait_declaration name: (name) @name) @definition.trait
(enum_declaration name: (name) @name) @definition.enum
(enum_case name: (name) @name) @definition.enumMember

(function_definition name: (name) @name) @definition.function
(function_definition body: (_) @local)
(method_declaration name: (name) @name) @definition.method
(method_declaration body: (_) @local)
(anonymous_function body: (_) @local)

(const_element . (name) @name) @definition.constant
((function_call_expression function: (name) @_define
  arguments: (arguments . (argument (string (string_content) @name)))) @definition.constant (#eq? @_define "define"))
((function_call_expression function: (name) @_define
  arguments: (arguments . (argument (encapsed_string (string_content) @name)))) @definition.constant
  (#eq? @_define "define"))
(property_declaration (property_element name: (variable_name (name) @name))) @definition.field
(property_promotion_parameter name: (variable_name (name) @name)) @definition.field
(program (expression_statement (assignment_expression left: (variable_name (name) @name)) @definition.variable))
