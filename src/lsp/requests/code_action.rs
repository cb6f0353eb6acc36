//! `textDocument/codeAction`: questions about what is under the cursor, ready to be edited and asked.

use serde_json::json;
use tower_lsp::ls_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, CodeActionResponse, Command,
};

use super::symbol_at;
use crate::cancel::Cancel;
use crate::lsp::Error;
use crate::lsp::state::View;

/// The kind of all of ours. They mend nothing, so they are none of the protocol's own kinds.
pub const KIND: CodeActionKind = CodeActionKind::new("spelunk");

/// Answers with the questions that make sense at a name or a selection, none where there is neither.
pub fn handle(view: &View, params: CodeActionParams, _: &Cancel) -> Result<Option<CodeActionResponse>, Error> {
    let wanted = |kind: &CodeActionKind| {
        let kind = kind.as_str();
        kind.is_empty() || kind == KIND.as_str() || KIND.as_str().starts_with(&format!("{kind}."))
    };
    if params.context.only.as_ref().is_some_and(|only| !only.iter().any(wanted)) {
        return Ok(None);
    }
    let uri = params.text_document.uri;
    let text = view.text(&uri)?;
    // Questions are about the repository; a document outside of it has no place there.
    if text.path.is_none() {
        return Ok(None);
    }
    let client = view.client.text_document.as_ref().and_then(|client| client.code_action.as_ref());
    let literals = client.is_some_and(|client| client.code_action_literal_support.is_some());
    let action = |title: String, question: String| {
        let argument = json!({ "question": question, "at": { "uri": uri, "range": params.range } });
        let (command, arguments) = ("spelunk.ask".to_owned(), Some(vec![argument]));
        let command = Command { title: title.clone(), command, arguments };
        if literals {
            let kind = Some(KIND);
            let action = CodeAction { title, kind, command: Some(command), ..CodeAction::default() };
            CodeActionOrCommand::CodeAction(action)
        } else {
            CodeActionOrCommand::Command(command)
        }
    };
    let mut actions = Vec::new();
    let name = symbol_at(view, &text, params.range);
    match name {
        // The question goes to the model as the user's own words: only what is a name may come into it from the repository.
        Some(name) if is_name(&name) => {
            actions.push(action(format!("Ask spelunk about {name}"), format!("How does `{name}` work?")));
            let title = format!("Explain how {name} is used across the repository");
            actions.push(action(title, format!("How is `{name}` used across the repository?")));
        }
        Some(_) => actions.push(action("Ask spelunk about this".to_owned(), "How does this work?".to_owned())),
        None if params.range.start != params.range.end => {
            let question = "What does the selected text do?".to_owned();
            actions.push(action("Ask spelunk about the selection".to_owned(), question));
        }
        None => {}
    }
    Ok((!actions.is_empty()).then_some(actions))
}

/// Whether a text is an identifier, perhaps with its qualifiers: no sentence fits into one.
fn is_name(text: &str) -> bool {
    const LONGEST: usize = 80;
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '#' | '.' | ':');
    text.len() <= LONGEST && text.chars().all(fits)
}
