//! `textDocument/codeAction`: questions about what is under the cursor, ready to be edited and asked, and refactorings.

use serde_json::{Value, json};
use tower_lsp::ls_types::{
    ClientCapabilities, CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, CodeActionResponse, Command,
    Range,
};

use super::plan_action::{self, EXTRACT, MOVE, REMOVE, offers};
use super::symbol_at;
use crate::cancel::Cancel;
use crate::lsp::Error;
use crate::lsp::state::{Text, View};

/// The kind of questions. They mend nothing, so they are none of the protocol's own kinds.
pub const KIND: CodeActionKind = CodeActionKind::new("spelunk");

/// Answers with the questions and the refactorings that make sense at a name or a selection, none where there is neither.
pub fn handle(view: &View, params: CodeActionParams, _: &Cancel) -> Result<Option<CodeActionResponse>, Error> {
    let wanted = |kind: &CodeActionKind| {
        let fits = |only: &CodeActionKind| {
            let rest = kind.as_str().strip_prefix(only.as_str());
            only.as_str().is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        params.context.only.as_ref().is_none_or(|only| only.iter().any(fits))
    };
    if ![KIND, MOVE, REMOVE, EXTRACT].iter().any(wanted) {
        return Ok(None);
    }
    let uri = params.text_document.uri;
    let text = view.text(&uri)?;
    // Both are about the repository; a document outside of it has no place there.
    if text.path.is_none() {
        return Ok(None);
    }
    let client = view.client.text_document.as_ref().and_then(|client| client.code_action.as_ref());
    let literals = client.is_some_and(|client| client.code_action_literal_support.is_some());
    let action = |title: String, kind: CodeActionKind, command: &str, argument: Value| {
        let command = Command { title: title.clone(), command: command.to_owned(), arguments: Some(vec![argument]) };
        if literals {
            let action = CodeAction { title, kind: Some(kind), command: Some(command), ..CodeAction::default() };
            CodeActionOrCommand::CodeAction(action)
        } else {
            CodeActionOrCommand::Command(command)
        }
    };
    let mut actions = Vec::new();
    if wanted(&KIND) {
        actions.extend(questions(view, &text, params.range).into_iter().map(|(title, question)| {
            let argument = json!({ "question": question, "at": { "uri": uri, "range": params.range } });
            action(title, KIND, "spelunk.ask", argument)
        }));
    }
    for offer in offers(view, &uri, &text, params.range).into_iter().filter(|offer| wanted(&offer.kind)) {
        actions.push(match &offer.lines {
            Some(lines) if literals && resolves(&view.client) => {
                let (kind, data) = (Some(offer.kind), Some(json!(lines)));
                CodeActionOrCommand::CodeAction(CodeAction { title: offer.title, kind, data, ..CodeAction::default() })
            }
            _ => {
                let argument = plan_action::argument(&offer, &uri, params.range);
                action(offer.title, offer.kind, "spelunk.plan", argument)
            }
        });
    }
    Ok((!actions.is_empty()).then_some(actions))
}

/// Whether a client asks for the edit of an action when it is chosen.
pub fn resolves(client: &ClientCapabilities) -> bool {
    let client = client.text_document.as_ref().and_then(|client| client.code_action.as_ref());
    let asks = |properties: &[String]| properties.iter().any(|property| property == "edit");
    client.is_some_and(|client| {
        client.data_support == Some(true)
            && client.resolve_support.as_ref().is_some_and(|support| asks(&support.properties))
    })
}

/// Questions with their titles.
fn questions(view: &View, text: &Text, range: Range) -> Vec<(String, String)> {
    match symbol_at(view, text, range) {
        // The question goes to the model as the user's own words: only what is a name may come into it from the repository.
        Some(name) if is_name(&name) => vec![
            (format!("Ask spelunk about {name}"), format!("How does `{name}` work?")),
            (
                format!("Explain how {name} is used across the repository"),
                format!("How is `{name}` used across the repository?"),
            ),
        ],
        Some(_) => vec![("Ask spelunk about this".to_owned(), "How does this work?".to_owned())],
        None if range.start != range.end => {
            vec![("Ask spelunk about the selection".to_owned(), "What does the selected text do?".to_owned())]
        }
        None => Vec::new(),
    }
}

/// Whether a text is an identifier, perhaps with its qualifiers: no sentence fits into one.
fn is_name(text: &str) -> bool {
    const LONGEST: usize = 80;
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '#' | '.' | ':');
    text.len() <= LONGEST && text.chars().all(fits)
}
