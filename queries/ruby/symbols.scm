; Ruby definitions. The vocabulary is described in queries/README.md.

(class name: (_) @name) @definition.class
(module name: (_) @name) @definition.module
(assignment left: (constant) @name right: (call receiver: (constant) @_struct method: (identifier) @_new
  (#any-of? @_struct "Struct" "Class" "Data") (#any-of? @_new "new" "define"))) @definition.class
(assignment left: (constant) @_name right: (call receiver: (constant) @_struct method: (identifier) @_new
  arguments: (argument_list (simple_symbol) @name @definition.property)
  (#any-of? @_struct "Struct" "Data") (#any-of? @_new "new" "define")))
(assignment left: (constant) @name) @definition.constant
(assignment left: (scope_resolution) @name) @definition.constant
(assignment left: (left_assignment_list (constant) @name)) @definition.constant
(operator_assignment left: (constant) @name) @definition.constant

(method name: (setter) @name) @definition.method
(method name: (_) @name) @definition.function
(singleton_method object: (self) name: (_) @name) @definition.method
(singleton_method object: [(constant) (identifier) (scope_resolution)] @qualifier name: (_) @name) @definition.method
(alias name: (_) @name) @definition.method
(call method: (identifier) @_alias arguments: (argument_list . (simple_symbol) @name)
  (#any-of? @_alias "alias_method" "define_method" "define_singleton_method" "delegate_missing_to")) @definition.method
(call method: (identifier) @_attr arguments: (argument_list (simple_symbol) @name)
  (#any-of? @_attr "attr_accessor" "attr_reader" "attr_writer" "attr" "cattr_accessor" "mattr_accessor"
    "class_attribute")) @definition.property

; Scopes of Rails are methods of the class.
(call !receiver method: (identifier) @_scope arguments: (argument_list . (simple_symbol) @name . (lambda))
  (#eq? @_scope "scope")) @definition.method

(assignment left: (instance_variable) @name) @definition.field
(operator_assignment left: (instance_variable) @name) @definition.field
(assignment left: (left_assignment_list (instance_variable) @name)) @definition.field
(assignment left: (class_variable) @name) @definition.field
(assignment left: (global_variable) @name) @definition.variable
(program (assignment left: (identifier) @name) @definition.variable)
