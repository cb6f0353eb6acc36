; What only TypeScript and TSX have; it comes before ecmascript/references.scm, whose catch-alls are last.

(extends_clause value: [(identifier) @reference.type (member_expression property: (property_identifier) @reference.type)])
(type_identifier) @reference.type
(type_query (identifier) @reference.type)
