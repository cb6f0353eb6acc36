; Uses of names in Lua.

(function_call name: [
  (identifier) @reference.call
  (dot_index_expression field: (identifier) @reference.call)
  (method_index_expression method: (identifier) @reference.call)
])

(assignment_statement (variable_list name: [
  (identifier) @reference.write
  (dot_index_expression field: (identifier) @reference.write)
]))
(field name: (identifier) @reference.write)

(attribute (identifier) @skip)
(label_statement (identifier) @skip)
(goto_statement (identifier) @skip)
(identifier) @reference.read
