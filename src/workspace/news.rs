//! News of the disk: which of the changes that were heard of say something about a state of the workspace, and what.

use std::collections::HashMap;
use std::path::Path;

use super::base::{Base, find};
use super::walk::{Listing, Rules, is_ignore_file};
use super::{RelPath, secrets};

/// What is to be followed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// Files whose contents changed, or that are gone.
    pub changed: Vec<RelPath>,
    /// Files came or went, or what is ignored changed.
    pub listing: bool,
}

/// Looks at what is on disk under the paths that were heard of.
pub(super) fn sift(base: &Base, heard: impl IntoIterator<Item = RelPath>) -> News {
    let mut news = News::default();
    let mut rules: HashMap<(Option<&str>, bool), Rules<'_>> = HashMap::new();
    let heard: Vec<RelPath> = heard.into_iter().collect();
    base.tier.hear(&heard);
    for path in heard {
        let Ok((folder, name)) = base.jail.locate(&path) else { continue };
        if name.ends_with(".git/info/exclude") {
            news.listing = true;
        }
        if secrets::is_secret(&name.to_string_lossy()) {
            continue;
        }
        let (listing, hidden) = base.made(&path).unzip();
        let hidden = hidden == Some(true);
        let is_listed = listing.is_some_and(|listing| find(&listing.files, &path).is_some());
        let kind = folder.kind(&name);
        let is_file = kind.is_some_and(|kind| kind.is_file());
        let is_folder = kind.is_some_and(|kind| kind.is_dir());
        if !news.listing {
            let mut would_list = |name: &Path, is_folder| {
                let rules =
                    rules.entry((folder.prefix.as_deref(), hidden)).or_insert_with(|| Rules::of(folder, hidden));
                rules.list(name, is_folder)
            };
            // What is in a folder that comes or goes may not be told one by one.
            news.listing = if is_ignore_file(&name) {
                name.parent().is_none_or(|parent| parent == Path::new("") || would_list(parent, true))
            } else if is_listed {
                !is_file
            } else if is_file || is_folder {
                listing.is_some() && would_list(&name, is_folder)
            } else {
                listing.is_some_and(|listing| has_below(listing, &path))
            };
        }
        // A symlink is not listed, and yet its file may have been read by that name.
        if is_listed || base.pins.get(&path).is_some() {
            news.changed.push(path);
        }
    }
    news
}

fn has_below(listing: &Listing, path: &RelPath) -> bool {
    let folder = format!("{path}/");
    let at = listing.files.partition_point(|entry| entry.path.as_str() < folder.as_str());
    listing.files.get(at).is_some_and(|entry| entry.path.as_str().starts_with(&folder))
}
