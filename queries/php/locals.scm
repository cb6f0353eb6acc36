; Names that PHP binds inside functions: every variable that is assigned there. The vocabulary is described in
; queries/README.md.

[(function_definition) (method_declaration) (anonymous_function)] @scope.function
(arrow_function) @scope
[(class_declaration) (interface_declaration) (trait_declaration) (enum_declaration) (anonymous_class)] @scope.type

(simple_parameter name: (variable_name (name) @bound))
(variadic_parameter name: (variable_name (name) @bound))
(property_promotion_parameter name: (variable_name (name) @bound))
(assignment_expression left: (variable_name (name) @bound.function))
(assignment_expression left: (list_literal (variable_name (name) @bound.function)))
(reference_assignment_expression left: (variable_name (name) @bound.function))
(augmented_assignment_expression left: (variable_name (name) @bound.function))
(foreach_statement (variable_name (name) @bound.function) body: (_))
(foreach_statement (pair (variable_name (name) @bound.function)))
(catch_clause name: (variable_name (name) @bound.function))
(static_variable_declaration name: (variable_name (name) @bound.function))
; A closure's own copy, or the outer one by reference: one name for both.
(anonymous_function_use_clause) @nonlocal
(global_declaration) @global

(member_access_expression name: (name) @skip)
(scoped_property_access_expression name: (variable_name (name) @skip))
(property_element name: (variable_name (name) @skip))
(variable_name (name) @name)
