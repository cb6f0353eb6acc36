; What TypeScript adds to JavaScript's local names. Comes behind ecmascript/locals.scm.

; What is bound in a namespace is its member.
[(internal_module) (module)] @scope.type
