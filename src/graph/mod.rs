//! Questions over many files: definitions, references, symbols by name.
