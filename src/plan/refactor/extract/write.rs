//! The text of the new function, and of the call in its place.

use crate::graph::meaning::Source;
use crate::plan::PlanError;
use crate::plan::refactor::imports::python::indent;
use crate::plan::refactor::refused;
use crate::syntax::{Family, walk};

use super::selection::{Home, Selection};
use super::variables::{Variable, Variables};

/// What is put in.
pub(super) struct Written {
    pub call: String,
    pub function: String,
    pub notes: Vec<String>,
}

pub(super) fn written(
    source: &Source,
    selection: &Selection,
    variables: &Variables,
    name: &str,
) -> Result<Written, PlanError> {
    let outer = indent(&source.text, selection.home.start());
    let unit = unit(source, selection);
    let inner = format!("{outer}{unit}");
    let body = body(source, selection, &inner)?;
    let mut notes = Vec::new();
    let method = matches!(selection.home, Home::Method { .. });
    let (function, call) = match source.family {
        Family::Python => python(selection, source, variables, name, method),
        Family::Rust => rust(source, selection, variables, name, method)?,
        _ => script(source, variables, name, method, &mut notes)?,
    };
    let gap = match (source.family, method) {
        (Family::Python, false) => "\n\n\n",
        _ => "\n\n",
    };
    let (head, ret) = function;
    let ret = ret.map_or(String::new(), |ret| format!("\n{inner}{ret}"));
    let close = if source.family == Family::Python { String::new() } else { format!("\n{outer}}}") };
    let function = format!("{gap}{outer}{head}\n{inner}{body}{ret}{close}");
    Ok(Written { call, function, notes })
}

type Function = (String, Option<String>);

fn list(names: &[Variable]) -> String {
    names.iter().map(|variable| variable.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn python(
    selection: &Selection,
    source: &Source,
    variables: &Variables,
    name: &str,
    method: bool,
) -> (Function, String) {
    let receiver = std::iter::successors(Some(selection.function), |node| node.parent())
        .filter(|node| node.kind() == "function_definition" && node.start_byte() >= selection.home.start())
        .last()
        .and_then(|node| node.child_by_field_name("parameters")?.named_child(0))
        .map_or("self".to_owned(), |first| source.text[first.byte_range()].to_owned());
    let typed = |variable: &Variable| match &variable.of_type {
        Some(of_type) => format!("{}: {of_type}", variable.name),
        None => variable.name.clone(),
    };
    let own = method.then(|| receiver.clone());
    let parameters: Vec<String> = own.into_iter().chain(variables.parameters.iter().map(typed)).collect();
    let front = if method { format!("{receiver}.") } else { String::new() };
    let results = list(&variables.results);
    let call = format!("{front}{name}({})", list(&variables.parameters));
    let of_class = method && source.text[..selection.home.end()][selection.home.start()..].starts_with("@classmethod");
    let decorator = if of_class {
        format!("@classmethod\n{}", indent(&source.text, selection.home.start()))
    } else {
        String::new()
    };
    let head = format!("{decorator}def {name}({}):", parameters.join(", "));
    match results.is_empty() {
        true => ((head, None), call),
        false => ((head, Some(format!("return {results}"))), format!("{results} = {call}")),
    }
}

fn script(
    source: &Source,
    variables: &Variables,
    name: &str,
    method: bool,
    notes: &mut Vec<String>,
) -> Result<(Function, String), PlanError> {
    let typed = source.language.name() != "JavaScript";
    let mut unknown: Vec<&str> = Vec::new();
    let parameters: Vec<String> = variables
        .parameters
        .iter()
        .map(|variable| match &variable.of_type {
            Some(of_type) => format!("{}: {of_type}", variable.name),
            None if typed => {
                unknown.push(&variable.name);
                format!("{}: any", variable.name)
            }
            None => variable.name.clone(),
        })
        .collect();
    if !unknown.is_empty() {
        notes.push(format!("the text does not tell the types of {}; they are `any`", unknown.join(", ")));
    }
    let front = if method { "this." } else { "" };
    let call = format!("{front}{name}({})", list(&variables.parameters));
    let word = if method { "" } else { "function " };
    let head = format!("{word}{name}({}) {{", parameters.join(", "));
    let results = list(&variables.results);
    let inside = variables.results.iter().filter(|variable| variable.inside).count();
    let declare = if variables.results.iter().any(|variable| variable.mutable) { "let" } else { "const" };
    Ok(match &variables.results[..] {
        [] => ((head, None), format!("{call};")),
        all if inside != 0 && inside != all.len() => {
            return refused(format!(
                "{}: the lines declare some of {results} and assign others; declare all of them before",
                source.path
            ));
        }
        [_] if inside == 0 => ((head, Some(format!("return {results};"))), format!("{results} = {call};")),
        [_] => ((head, Some(format!("return {results};"))), format!("{declare} {results} = {call};")),
        _ if inside == 0 => ((head, Some(format!("return {{ {results} }};"))), format!("({{ {results} }} = {call});")),
        _ => ((head, Some(format!("return {{ {results} }};"))), format!("{declare} {{ {results} }} = {call};")),
    })
}

const COPIED: [&str; 17] = [
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64", "bool",
    "char", "()",
];

fn rust(
    source: &Source,
    selection: &Selection,
    variables: &Variables,
    name: &str,
    method: bool,
) -> Result<(Function, String), PlanError> {
    let path = &source.path;
    let known = |variable: &Variable| match &variable.of_type {
        Some(of_type) => Ok(of_type.clone()),
        None => refused(format!("{path}: the text does not tell the type of {}; declare it", variable.name)),
    };
    let generics =
        selection.function.child_by_field_name("type_parameters").map_or("", |node| &source.text[node.byte_range()]);
    let generic: Vec<&str> =
        generics.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect();
    let mut parameters = Vec::new();
    for variable in &variables.parameters {
        let of_type = known(variable)?;
        let words = || of_type.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        if of_type.contains("impl ") || words().any(|word| generic.contains(&word)) {
            return refused(format!("{path}: {} has a type of its function alone, {of_type}", variable.name));
        }
        let is_result = variables.results.iter().any(|result| result.name == variable.name);
        let copied = COPIED.contains(&of_type.as_str()) || of_type.starts_with('&');
        let behind = crate::syntax::occurrences(&source.text, &variable.name)
            .any(|place| place.start >= selection.range.end && place.start < selection.function.end_byte());
        if !copied && behind && !is_result {
            return refused(format!(
                "{path}: {} would be moved into {name}, and is used behind the lines",
                variable.name
            ));
        }
        let mutable = if variable.mutable { "mut " } else { "" };
        parameters.push(format!("{mutable}{}: {of_type}", variable.name));
    }
    let mut types = Vec::new();
    for variable in &variables.results {
        let of_type = known(variable)?;
        if of_type.contains('&') {
            return refused(format!(
                "{path}: {} is a reference, whose lifetime as a result is not known",
                variable.name
            ));
        }
        types.push(of_type);
    }
    if method {
        let own = std::iter::successors(Some(selection.function), |node| node.parent())
            .find(|node| node.kind() == "function_item");
        let receiver = own.and_then(|own| own.child_by_field_name("parameters")).and_then(|list| list.named_child(0));
        let receiver = receiver
            .filter(|first| first.kind() == "self_parameter")
            .map(|first| source.text[first.byte_range()].to_owned());
        let uses = {
            let mut found = false;
            for statement in &selection.statements {
                walk(*statement, |cursor| {
                    found |= cursor.node().kind() == "self";
                    true
                });
            }
            found
        };
        match receiver {
            Some(receiver) if uses && receiver.starts_with('&') => parameters.insert(0, receiver),
            _ if uses => return refused(format!("{path}: the lines use a `self` that is not borrowed")),
            _ => {}
        }
    }
    let front = match (method, parameters.first().is_some_and(|first| first.ends_with("self"))) {
        (true, true) => "self.",
        (true, false) => "Self::",
        _ => "",
    };
    let call = format!("{front}{name}({})", list(&variables.parameters));
    let head = |result: &str| format!("fn {name}({}){result} {{", parameters.join(", "));
    let inside = variables.results.iter().filter(|variable| variable.inside).count();
    let mutable = |variable: &Variable| if variable.mutable { "mut " } else { "" };
    Ok(match &variables.results[..] {
        [] => ((head(""), None), format!("{call};")),
        [one] => {
            let declare = if one.inside { format!("let {}", mutable(one)) } else { String::new() };
            ((head(&format!(" -> {}", types[0])), Some(one.name.clone())), format!("{declare}{} = {call};", one.name))
        }
        all if inside != 0 && inside != all.len() => {
            return refused(format!(
                "{path}: the lines declare some of {} and assign others; declare all of them before",
                list(all)
            ));
        }
        all => {
            let names: Vec<String> = match inside {
                0 => all.iter().map(|one| one.name.clone()).collect(),
                _ => all.iter().map(|one| format!("{}{}", mutable(one), one.name)).collect(),
            };
            let declare = if inside == 0 { "" } else { "let " };
            let returned = format!("({})", list(all));
            (
                (head(&format!(" -> ({})", types.join(", "))), Some(returned)),
                format!("{declare}({}) = {call};", names.join(", ")),
            )
        }
    })
}

/// What a block is indented by.
fn unit(source: &Source, selection: &Selection) -> String {
    let own = indent(&source.text, selection.range.start);
    let first = selection.statements.first();
    let outer = first.and_then(|node| node.parent()).and_then(|block| block.parent());
    let outer = outer.map_or("", |outer| indent(&source.text, outer.start_byte()));
    own.strip_prefix(outer).filter(|unit| !unit.is_empty()).unwrap_or("    ").to_owned()
}

/// The statements, indented anew.
fn body(source: &Source, selection: &Selection, inner: &str) -> Result<String, PlanError> {
    let own = indent(&source.text, selection.range.start);
    let text = &source.text[selection.range.clone()];
    if own == inner {
        return Ok(text.to_owned());
    }
    let mut long = false;
    for statement in &selection.statements {
        walk(*statement, |cursor| {
            let node = cursor.node();
            let is_string = node.kind().contains("string") && node.kind() != "template_substitution";
            long |= is_string && source.text[node.byte_range()].contains('\n');
            true
        });
    }
    if long {
        return refused(format!(
            "{}: a string of several lines would be indented anew; leave it out of the lines",
            source.path
        ));
    }
    let line = |(at, line): (usize, &str)| match (at, line.strip_prefix(own)) {
        (0, _) => line.to_owned(),
        (_, Some(rest)) => format!("{inner}{rest}"),
        (_, None) => line.to_owned(),
    };
    Ok(text.split('\n').enumerate().map(line).collect::<Vec<_>>().join("\n"))
}
