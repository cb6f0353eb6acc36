//! How data of a sub-call is written into its prompt: strings as they are, structures as JSON with readable long texts.

use serde_json::Value;

/// Renders `data`. Deterministic; nothing is cut.
pub fn render(data: &Value) -> String {
    match data {
        Value::String(text) => text.clone(),
        other => {
            let mut out = String::new();
            write(&mut out, other, 0);
            out
        }
    }
}

fn write(out: &mut String, value: &Value, depth: usize) {
    let pad = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    match value {
        // Escaped newlines cost tokens and hide lines from whoever has to cite them.
        Value::String(text) if text.contains('\n') => {
            out.push_str("\"\"\"\n");
            out.push_str(text);
            out.push_str("\n\"\"\"");
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array() || is_long(item)) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                pad(out, depth + 1);
                write(out, item, depth + 1);
                if at + 1 < items.len() {
                    out.push(',');
                }
            }
            pad(out, depth);
            out.push(']');
        }
        Value::Object(fields) if fields.values().any(is_long) => {
            out.push('{');
            for (at, (name, item)) in fields.iter().enumerate() {
                pad(out, depth + 1);
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push_str(": ");
                write(out, item, depth + 1);
                if at + 1 < fields.len() {
                    out.push(',');
                }
            }
            pad(out, depth);
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

fn is_long(value: &Value) -> bool {
    match value {
        Value::String(text) => text.len() > 60 || text.contains('\n'),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => fields.len() > 4 || fields.values().any(is_long),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rendering() {
        let check = |value: Value, expect: &str| assert_eq!(render(&value), expect);
        check(json!("a\nb"), "a\nb");
        check(json!([1, 2]), "[1,2]");
        check(json!({"a": 1}), r#"{"a":1}"#);
        check(
            json!([{"path": "a.rs", "text": "x\ny"}]),
            "[\n  {\n    \"path\": \"a.rs\",\n    \"text\": \"\"\"\nx\ny\n\"\"\"\n  }\n]",
        );
    }
}
