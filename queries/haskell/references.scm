; Uses of names in Haskell. What is applied to something is called; operators are read.

; The names of signatures and equations are those of one definition.
(signature name: (variable) @skip)
(function name: (variable) @skip)
(function (infix operator: (operator) @skip))
(bind name: (variable) @skip)

(import) @import
(exports) @import

(apply function: [(variable) @reference.call (qualified id: (variable) @reference.call)])
(apply function: [(constructor) @reference.call (qualified id: (constructor) @reference.call)])
(infix operator: (infix_id [(variable) @reference.call (qualified id: (variable) @reference.call)]))
(infix operator: [(operator) @reference.call (qualified id: (operator) @reference.call)])
(field_update field: (field_name (variable) @reference.write))
(module (module_id) @reference.read)

(name) @reference.type
[(variable) (constructor) (constructor_operator) (operator)] @reference.read
