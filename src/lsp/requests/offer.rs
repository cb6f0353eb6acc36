//! Whether a method is answered: what the settings say of it, and whether the language has a server of its own.

use tower_lsp::ls_types::Uri;

use crate::config::{Feature, Navigation};
use crate::lsp::files::file_path;
use crate::lsp::state::View;
use crate::syntax::Language;

/// Whether a feature is offered for a document; without one, at all.
///
/// With navigation on `auto` a language in `served` is left to its own server, with `off` every language is. Symbols of
/// the whole workspace and code actions are no server's alone: only `features` switches them off.
pub fn is_offered(view: &View, feature: Feature, uri: Option<&Uri>) -> bool {
    let settings = &view.settings;
    if !settings.has(feature) {
        return false;
    }
    let shared = matches!(feature, Feature::WorkspaceSymbol | Feature::CodeAction);
    shared
        || match settings.navigation {
            Navigation::On => true,
            Navigation::Off => false,
            Navigation::Auto => settings.served.is_empty() || !uri.is_some_and(|uri| is_served(view, uri)),
        }
}

fn is_served(view: &View, uri: &Uri) -> bool {
    let open = view.documents.get(uri).map(|document| &*document.language_id);
    let named = || Language::of(file_path(uri)?.to_str()?);
    view.settings.served.iter().any(|id| match open {
        Some(language) => id == language,
        None => Language::named(id).is_some_and(|served| named() == Some(served)),
    })
}
