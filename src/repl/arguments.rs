//! The arguments of a call, taken one by one, with errors that name the binding and the argument.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Call, CallError};

/// The JSON array of a call's arguments. Absent ones are `null`.
pub struct Arguments<'a> {
    call: &'a str,
    values: std::vec::IntoIter<Value>,
}

impl<'a> Arguments<'a> {
    pub fn parse(call: &'a Call) -> Result<Self, CallError> {
        let values: Vec<Value> =
            serde_json::from_str(&call.args).map_err(|error| type_error(&call.name, "arguments", &error))?;
        Ok(Self { call: &call.name, values: values.into_iter() })
    }

    /// The next argument.
    pub fn next<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, CallError> {
        let value = self.values.next().unwrap_or(Value::Null);
        serde_json::from_value(value).map_err(|error| type_error(self.call, name, &error))
    }

    /// The next argument, or its default when it is absent.
    pub fn or_default<T: DeserializeOwned + Default>(&mut self, name: &str) -> Result<T, CallError> {
        Ok(self.next::<Option<T>>(name)?.unwrap_or_default())
    }
}

fn type_error(call: &str, name: &str, error: &serde_json::Error) -> CallError {
    CallError { name: "TypeError", message: format!("{call}: {name}: {error}") }
}

/// The JSON of a call's result.
pub fn to_json(value: &impl serde::Serialize) -> Result<String, CallError> {
    serde_json::to_string(value).map_err(|error| CallError { name: "Error", message: error.to_string() })
}
