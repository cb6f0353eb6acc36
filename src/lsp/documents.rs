//! The open documents: texts that belong to the client, kept as it changes them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use tower_lsp::ls_types::{TextDocumentContentChangeEvent, Uri};

use super::lines::{Encoding, Lines};
use super::pieces::Pieces;
use super::reading::{Reading, Shelf};

/// One open document at one version. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Document {
    /// As the client spells it.
    pub uri: Uri,
    /// The client's name of the language.
    pub language_id: Arc<str>,
    /// The client's number of this text.
    pub version: i32,
    /// The whole text.
    pub text: Arc<str>,
    /// The text's lines.
    pub lines: Arc<Lines>,
    /// The text's definitions.
    pub reading: Arc<Reading>,
}

/// Why a notification about a document was not followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stray {
    /// A change of a document that the client has not opened, or has closed.
    #[error("{0} is not open")]
    NotOpen(String),
    /// A change to a version that is not above the one that is known.
    #[error(
        "{uri} has version {have}; a change to version {got} comes too late, and the text may differ from the client's \
         until the document is opened again"
    )]
    Stale { uri: String, have: i32, got: i32 },
}

/// The documents that something was said about already, so that a client that goes on and on does not fill the log.
#[derive(Debug, Default)]
pub struct Said(Mutex<BTreeSet<Uri>>);

/// Documents that are remembered as such.
const REMEMBERED: usize = 1000;

impl Said {
    /// Whether it is the first time since the document was opened.
    pub fn is_first(&self, uri: &Uri) -> bool {
        let mut said = self.lock();
        said.len() < REMEMBERED && said.insert(uri.clone())
    }

    /// Forgets a document.
    pub fn forget(&self, uri: &Uri) {
        self.lock().remove(uri);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<Uri>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All open documents. Changes make new documents, so whoever holds a clone keeps what it saw.
#[derive(Debug, Clone, Default)]
pub struct Documents {
    open: Arc<BTreeMap<Uri, Document>>,
    shelf: Arc<Shelf>,
}

impl Documents {
    /// The document behind a URI; `None` when it is not open.
    pub fn get(&self, uri: &Uri) -> Option<&Document> {
        self.open.get(uri)
    }

    /// All of them, in the order of their URIs.
    pub fn iter(&self) -> impl Iterator<Item = &Document> {
        self.open.values()
    }

    /// Opens a document; one that is open already is replaced.
    pub fn open(&mut self, uri: Uri, language: &str, version: i32, text: String) {
        let lines = Arc::new(Lines::new(&text));
        let (language_id, text, reading) = (language.into(), text.into(), Reading::new(&self.shelf));
        let document = Document { uri: uri.clone(), language_id, version, text, lines, reading };
        Arc::make_mut(&mut self.open).insert(uri, document);
    }

    /// Applies changes in their order.
    ///
    /// # Errors
    /// When the document is not open, or has this version or a later one already; nothing changes then.
    pub fn change(
        &mut self,
        uri: &Uri,
        version: i32,
        changes: &[TextDocumentContentChangeEvent],
        encoding: Encoding,
    ) -> Result<(), Stray> {
        let documents = Arc::make_mut(&mut self.open);
        let document = documents.get_mut(uri).ok_or_else(|| Stray::NotOpen(uri.as_str().to_owned()))?;
        if version <= document.version {
            return Err(Stray::Stale { uri: uri.as_str().to_owned(), have: document.version, got: version });
        }
        let text = edited(&document.text, &document.lines, changes, encoding);
        document.version = version;
        document.lines = Arc::new(match changes {
            [TextDocumentContentChangeEvent { range: Some(range), text: new, .. }] => {
                let at = |position| document.lines.offset(&document.text, position, encoding);
                let (a, b) = (at(range.start), at(range.end));
                document.lines.edited(&text, a.min(b)..a.max(b), new.len())
            }
            _ => Lines::new(&text),
        });
        document.text = text.into();
        document.reading = document.reading.next();
        Ok(())
    }

    /// Closes a document. False when it was not open.
    pub fn close(&mut self, uri: &Uri) -> bool {
        Arc::make_mut(&mut self.open).remove(uri).is_some()
    }
}

/// Bytes of a piece of a text that is changed in several places at once.
const PIECE: usize = 4 << 10;

/// A text after changes, each of which counts positions in the text that the one before left. Positions beyond the text
/// are clamped, a range whose ends are the wrong way round is turned. `lines` are those of the text.
pub fn edited(text: &str, lines: &Lines, changes: &[TextDocumentContentChangeEvent], encoding: Encoding) -> String {
    match changes {
        [] => text.to_owned(),
        [change] => match change.range {
            None => change.text.clone(),
            Some(range) => {
                let (a, b) = (lines.offset(text, range.start, encoding), lines.offset(text, range.end, encoding));
                [&text[..a.min(b)], &change.text, &text[a.max(b)..]].concat()
            }
        },
        changes => {
            let mut pieces = Pieces::new(text, encoding, PIECE);
            changes.iter().for_each(|change| pieces.apply(change));
            pieces.text()
        }
    }
}
