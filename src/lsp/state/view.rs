//! What one request sees of the workspace and the open documents.

use std::collections::HashMap;
use std::sync::Arc;

use tower_lsp::ls_types::{ClientCapabilities, Uri};

use crate::config::EditorSettings;
use crate::graph::Symbols;
use crate::lsp::Error;
use crate::lsp::catalogue::Catalogue;
use crate::lsp::documents::{Document, Documents};
use crate::lsp::files::{file_path, file_uri};
use crate::lsp::lines::{Encoding, Lines};
use crate::lsp::reading::{LONG, Reading};
use crate::syntax::{Extracted, Language};
use crate::workspace::{RelPath, Snapshot};

/// What one request sees: the text of the moment at which it arrived. Cheap to clone.
#[derive(Clone)]
pub struct View {
    pub snapshot: Snapshot,
    pub documents: Documents,
    /// Views of later folders and documents have higher ones.
    pub version: u64,
    pub encoding: Encoding,
    pub client: Arc<ClientCapabilities>,
    pub settings: EditorSettings,
    pub symbols: Arc<Symbols>,
    pub catalogue: Arc<Catalogue>,
    /// The open documents that are files of the workspace, under the URIs that the client gave them.
    pub(super) open: Arc<HashMap<RelPath, Uri>>,
}

/// A text with its lines, open or on disk.
#[derive(Clone)]
pub struct Text {
    /// The workspace's path; `None` for a document outside of every folder.
    pub path: Option<RelPath>,
    pub text: Arc<str>,
    pub lines: Arc<Lines>,
    pub language: Option<Language>,
    /// What is known of it, when it is an open document's.
    pub reading: Option<Arc<Reading>>,
}

impl View {
    /// The workspace's path of a URI, whether or not there is such a file. `None` outside of every folder.
    pub fn path(&self, uri: &Uri) -> Option<RelPath> {
        self.snapshot.relative(&file_path(uri)?)
    }

    /// The URI of a file of the workspace. An open document keeps the URI that the client gave it.
    pub fn uri(&self, path: &RelPath) -> Option<Uri> {
        self.open.get(path).cloned().or_else(|| file_uri(&self.snapshot.absolute(path)?))
    }

    /// The text behind a URI: the open document's, else the file's.
    ///
    /// # Errors
    /// When it is neither open nor a readable file of the workspace.
    pub fn text(&self, uri: &Uri) -> Result<Text, Error> {
        let path = self.path(uri);
        if let Some(document) = self.documents.get(uri) {
            return Ok(document.view(path));
        }
        match path {
            Some(path) => self.file(&path),
            None => Err(Error::params(format!("{} is neither open nor in a folder of the workspace", uri.as_str()))),
        }
    }

    /// The text of a file of the workspace, open or not.
    pub fn file(&self, path: &RelPath) -> Result<Text, Error> {
        let text = self.snapshot.text(path)?;
        let lines = Arc::new(Lines::new(&text));
        let language = Language::detect(path.as_str(), &text);
        Ok(Text { path: Some(path.clone()), text, lines, language, reading: None })
    }
}

impl Text {
    /// The definitions, which are read now unless they were before. A language without any has none.
    pub fn definitions(&self, language: Language, symbols: &Symbols) -> Arc<Extracted> {
        match &self.reading {
            Some(reading) => reading.found(language, &self.text, symbols),
            None => symbols.of(language, &self.text),
        }
    }

    /// Has an open document's tree at hand for what is asked about it next on this thread.
    pub fn parse(&self, language: Language, symbols: &Symbols) {
        if let Some(reading) = self.reading.as_ref().filter(|_| language.has_grammar() && self.text.len() <= LONG) {
            reading.found(language, &self.text, symbols);
            reading.lend();
        }
    }
}

impl Document {
    fn view(&self, path: Option<RelPath>) -> Text {
        Text {
            path,
            text: self.text.clone(),
            lines: self.lines.clone(),
            language: self.language(),
            reading: Some(self.reading.clone()),
        }
    }

    /// The language goes by the file's name, then by what the client calls it.
    pub fn language(&self) -> Option<Language> {
        Language::detect(self.uri.path().as_str(), &self.text).or_else(|| Language::named(&self.language_id))
    }
}
