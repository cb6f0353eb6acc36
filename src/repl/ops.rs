//! The operations that JavaScript's boot code can call in Rust, and the short list of deno_core's own that stay on.

use std::cell::RefCell;
use std::rc::Rc;

use deno_core::{Extension, OpDecl, OpState, op2};
use deno_error::JsErrorBox;
use serde_json::value::RawValue;

use super::bridge::{Answer, Bridge};
use super::wire::MAX_DATA;
use crate::text::grouped;

/// What deno_core needs to start and run, what formatting needs to look at a value without running its code, and what
/// the small part of the web platform in `boot.js` is made of. All others throw.
const KEPT: &[&str] = &[
    "op_decode",
    "op_drain_pending_rejections",
    "op_encode",
    "op_get_constructor_name",
    "op_get_ext_import_meta_proto",
    "op_get_extras_binding_object",
    "op_get_promise_details",
    "op_get_proxy_details",
    "op_immediate_check",
    "op_is_any_array_buffer",
    "op_is_arguments_object",
    "op_is_array_buffer",
    "op_is_array_buffer_view",
    "op_is_async_function",
    "op_is_big_int_object",
    "op_is_boolean_object",
    "op_is_boxed_primitive",
    "op_is_data_view",
    "op_is_date",
    "op_is_generator_function",
    "op_is_generator_object",
    "op_is_map",
    "op_is_map_iterator",
    "op_is_native_error",
    "op_is_number_object",
    "op_is_promise",
    "op_is_proxy",
    "op_is_reg_exp",
    "op_is_set",
    "op_is_set_iterator",
    "op_is_string_object",
    "op_is_symbol_object",
    "op_is_typed_array",
    "op_is_weak_map",
    "op_is_weak_set",
    "op_run_microtasks",
    "op_set_captured_bootstrap",
    "op_str_byte_length",
    "op_structured_clone",
];

type Shared = Rc<RefCell<Bridge>>;

pub fn extension(bridge: Shared) -> Extension {
    Extension {
        name: "spelunk",
        ops: std::borrow::Cow::Owned(vec![op_host_ask(), op_host_start(), op_host_write()]),
        op_state_fn: Some(Box::new(move |state| state.put(bridge))),
        middleware_fn: Some(Box::new(allow)),
        ..Extension::default()
    }
}

fn allow(op: OpDecl) -> OpDecl {
    let ours = ["op_host_ask", "op_host_start", "op_host_write"];
    if ours.contains(&op.name) || KEPT.contains(&op.name) { op } else { op.disable() }
}

/// A blocking call. The answer is `+` and JSON, `-` and a fault as JSON, or nothing when the cell was stopped.
#[op2]
#[string]
fn op_host_ask(state: &mut OpState, #[string] name: String, #[string] args: String) -> Result<String, JsErrorBox> {
    let args = data(&name, args)?;
    match bridge(state).borrow_mut().ask(name, args).map_err(|error| JsErrorBox::generic(error.to_string()))? {
        None => Ok(String::new()),
        Some(answer) => Ok(text(&answer)),
    }
}

/// Starts a call that does not block, and returns its number.
#[op2(fast)]
fn op_host_start(state: &mut OpState, #[string] name: String, #[string] args: String) -> Result<f64, JsErrorBox> {
    let args = data(&name, args)?;
    let id = bridge(state).borrow_mut().start(name, args).map_err(|error| JsErrorBox::generic(error.to_string()))?;
    Ok(id as f64)
}

/// Console output: `text`, then `skipped` bytes that JavaScript left out, then `tail`.
#[op2(fast)]
fn op_host_write(state: &mut OpState, #[string] text: &str, skipped: f64, #[string] tail: &str) {
    // A pipe that is closed ends the process from the thread that reads.
    let _ = bridge(state).borrow_mut().output(text, skipped as u64, tail);
}

/// An answer as `op_host_ask` and the boot code's `settle` take it.
pub fn text(answer: &Answer) -> String {
    match answer {
        Ok(json) => format!("+{}", json.get()),
        Err(fault) => format!("-{}", serde_json::to_string(fault).unwrap_or_default()),
    }
}

fn bridge(state: &OpState) -> Shared {
    Rc::clone(state.borrow::<Shared>())
}

fn data(name: &str, json: String) -> Result<Box<RawValue>, JsErrorBox> {
    if json.len() > MAX_DATA {
        let (bytes, most) = (grouped(json.len() as u64), grouped(MAX_DATA as u64));
        return Err(JsErrorBox::range_error(format!(
            "{name} was given {bytes} bytes of JSON; at most {most} can be passed at once: pass less, in several calls"
        )));
    }
    RawValue::from_string(json).map_err(|error| JsErrorBox::type_error(format!("{name}: {error}")))
}
