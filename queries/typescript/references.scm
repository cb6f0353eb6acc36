; What only TypeScript and TSX have; it comes before ecmascript/references.scm, whose catch-alls are last.

(extends_clause value: [(identifier) @reference.type (member_expression property: (property_identifier) @reference.type)])
(type_identifier) @reference.type
(call_expression function: (non_null_expression [
  (identifier) @reference.call
  (member_expression property: [(property_identifier) (private_property_identifier)] @reference.call)
]))
(type_query (identifier) @reference.type)
