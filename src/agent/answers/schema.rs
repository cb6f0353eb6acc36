//! A JSON Schema that an answer or a reply has to satisfy.

use serde_json::Value;

/// Problems that are named at once.
const MOST_PROBLEMS: usize = 8;

/// A schema that was checked itself.
pub struct Schema {
    value: Value,
    validator: jsonschema::Validator,
}

impl Schema {
    /// # Errors
    /// When the value is no JSON Schema; the message says where.
    pub fn new(value: Value) -> Result<Self, String> {
        let validator =
            jsonschema::validator_for(&value).map_err(|error| format!("the schema is not a JSON Schema: {error}"))?;
        Ok(Self { value, validator })
    }

    /// The schema as it was given.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Why a value does not satisfy it, each with the JSON pointer of the part that is meant; empty when it does.
    pub fn problems(&self, value: &Value) -> Vec<String> {
        self.validator
            .iter_errors(value)
            .take(MOST_PROBLEMS)
            .map(|error| format!("at {:?}: {}", error.instance_path().to_string(), shortened(&error.to_string())))
            .collect()
    }
}

/// A problem quotes the value that it is about, however long that is.
fn shortened(problem: &str) -> String {
    const MOST: usize = 300;
    let size = problem.chars().count();
    if size <= MOST {
        return problem.to_owned();
    }
    let head: String = problem.chars().take(MOST / 2).collect();
    let tail: String = problem.chars().skip(size - MOST / 2).collect();
    format!("{head} [...] {tail}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn problems_name_their_place() {
        let schema = Schema::new(json!({ "type": "array", "items": { "type": "integer" } })).unwrap();
        let check = |value: Value, expect: &[&str]| assert_eq!(schema.problems(&value), expect);
        check(json!([1, 2]), &[]);
        check(json!([1, "two"]), &["at \"/1\": \"two\" is not of type \"integer\""]);
        check(json!("one"), &["at \"\": \"one\" is not of type \"array\""]);
    }

    #[test]
    fn a_schema_that_is_none_is_refused() {
        let error = Schema::new(json!({ "type": "integr" })).err().unwrap();
        assert!(error.starts_with("the schema is not a JSON Schema: "), "{error}");
    }
}
