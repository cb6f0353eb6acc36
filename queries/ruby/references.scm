; Uses of names in Ruby. A name without a receiver and without arguments may be a variable or a call: it is a read.

((call !receiver method: (identifier) @_require) @import
  (#any-of? @_require "require" "require_relative" "load" "autoload"))

(call receiver: (constant) @reference.call method: (identifier) @_new (#eq? @_new "new"))
(call receiver: (scope_resolution name: (constant) @reference.call) method: (identifier) @_new (#eq? @_new "new"))
(call method: [(identifier) (constant)] @reference.call)
(yield) @skip

(assignment left: [
  (identifier) @reference.write
  (instance_variable) @reference.write
  (class_variable) @reference.write
  (global_variable) @reference.write
  (call method: (identifier) @reference.write)
])
(left_assignment_list [
  (identifier) @reference.write
  (instance_variable) @reference.write
])
(operator_assignment left: [
  (identifier) @reference.write
  (instance_variable) @reference.write
  (class_variable) @reference.write
  (global_variable) @reference.write
  (call method: (identifier) @reference.write)
])
(pair key: (hash_key_symbol) @reference.write)

(superclass [(constant) @reference.type (scope_resolution name: (constant) @reference.type)])
(call method: (identifier) @_include arguments: (argument_list [
  (constant) @reference.type
  (scope_resolution name: (constant) @reference.type)
]) (#any-of? @_include "include" "extend" "prepend"))
(exceptions [(constant) @reference.type (scope_resolution name: (constant) @reference.type)])

; `&:name`, `before_action :name`, `send(:name)`: methods by their names.
(simple_symbol) @reference.read
[(identifier) (constant) (instance_variable) (class_variable) (global_variable)] @reference.read
