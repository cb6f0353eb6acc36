// The question that "Explain This" asks.

export const EXPLAIN = "Explain this: what it does, how it works with what is around it, and who uses it.";
