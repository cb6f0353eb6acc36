//! What an index of a workspace has, for people.

use std::fmt;
use std::io::Read as _;

use super::RelPath;
use super::jail::Jail;
use super::standing::Standing;
use super::tier::MOST_BYTES;

/// An index in numbers.
#[derive(Debug, Clone)]
pub struct Indexed {
    pub files: usize,
    /// How many of the others have a NUL byte.
    pub binary: usize,
    /// Files that every search opens, and why.
    pub always: Vec<(RelPath, Why)>,
    /// What is kept in memory, and how many bytes each takes.
    pub sizes: Vec<(&'static str, usize)>,
}

/// Why nothing can be known of a file without opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    Unreadable,
    TooBig,
    Utf16,
    /// It has endless words, or too many.
    NoWords,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "unreadable",
            Self::TooBig => "over 64 MiB",
            Self::Utf16 => "UTF-16",
            Self::NoWords => "data without words",
        })
    }
}

impl Indexed {
    pub(super) fn of(standing: &Standing, jail: &Jail) -> Self {
        let paths = &standing.paths;
        // UTF-16 is full of NUL bytes, and yet text.
        let mut binary = standing.binary.clone();
        let mut always = Vec::new();
        for file in standing.index.always().map(|file| file as usize).filter(|&file| file < paths.len()) {
            binary[file] = false;
            always.push((paths[file].clone(), Why::of(&paths[file], jail)));
        }
        let mut sizes = standing.index.sizes().to_vec();
        sizes.push(("paths", paths.iter().map(|path| path.as_str().len() + size_of::<RelPath>()).sum()));
        sizes.push(("stamps", size_of_val(&*standing.stamps) + standing.binary.len()));
        let binary = binary.into_iter().filter(|binary| *binary).count();
        Self { files: paths.len(), binary, always, sizes }
    }
}

impl Why {
    fn of(path: &RelPath, jail: &Jail) -> Self {
        let mut mark = [0; 2];
        let Ok(mut opened) = jail.open(path) else { return Self::Unreadable };
        match opened.file.metadata() {
            Ok(found) if found.len() > MOST_BYTES => Self::TooBig,
            Ok(_) => match opened.file.read(&mut mark) {
                Ok(2) if mark == *b"\xff\xfe" || mark == *b"\xfe\xff" => Self::Utf16,
                Ok(_) => Self::NoWords,
                Err(_) => Self::Unreadable,
            },
            Err(_) => Self::Unreadable,
        }
    }
}
