//! From what a pattern requires to the files that may have it.

use super::columns::Index;
use super::files::Files;
use super::front::Text;
use super::need::Need;
use super::postings::List;
use super::seek::Seeker;

/// Decoding this many bytes of postings takes as long as looking into one file.
const BYTES_PER_FILE: usize = 8 << 10;

/// With so few bytes of postings it is not worth it to look for anything else in the dictionary.
const FEW: usize = 128;

/// The files that may match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Candidates {
    /// Any file: nothing is known.
    All,
    /// Only these, and not all of them have to.
    Files(Files),
}

impl Candidates {
    /// Whether a file has to be looked at.
    pub fn contains(&self, file: u32) -> bool {
        match self {
            Self::All => true,
            Self::Files(files) => files.contains(file),
        }
    }
}

/// What has to be there, ready to be looked for.
pub(super) enum Sought {
    Free,
    Run(Box<Seeker>),
    All(Vec<Sought>),
    Any(Vec<Sought>),
}

impl Sought {
    pub(super) fn new(need: &Need) -> Self {
        match need {
            Need::Free => Self::Free,
            Need::Run(run) => Seeker::new(run).map_or(Self::Free, |seeker| Self::Run(Box::new(seeker))),
            Need::All(needs) => Self::All(needs.iter().map(Self::new).collect()),
            Need::Any(needs) => Self::Any(needs.iter().map(Self::new).collect()),
        }
    }

    /// Whether all is there, where `has` says whether a single run may be.
    pub(super) fn test(&self, has: &impl Fn(&Seeker) -> bool) -> bool {
        match self {
            Self::Free => true,
            Self::Run(seeker) => has(seeker),
            Self::All(parts) => parts.iter().all(|part| part.test(has)),
            Self::Any(parts) => parts.iter().any(|part| part.test(has)),
        }
    }

    /// How narrowly the blocks can be chosen in which it is looked for.
    fn grams(&self) -> usize {
        match self {
            Self::Free => 0,
            Self::Run(seeker) => seeker.grams.len(),
            Self::All(parts) => parts.iter().map(Self::grams).max().unwrap_or(0),
            Self::Any(parts) => parts.iter().map(Self::grams).min().unwrap_or(0),
        }
    }
}

/// What was found in the dictionary, before postings are decoded.
enum Found<'i> {
    Everything,
    Lists { lists: Vec<List<'i>>, windowed: bool, cost: usize },
    All(Vec<Found<'i>>),
    Any(Vec<Found<'i>>),
}

impl Found<'_> {
    /// About how many bytes have to be decoded.
    fn cost(&self) -> usize {
        match self {
            Self::Everything => usize::MAX,
            Self::Lists { cost, .. } => *cost,
            Self::All(parts) => parts.iter().map(Self::cost).min().unwrap_or(usize::MAX),
            Self::Any(parts) => parts.iter().map(Self::cost).fold(0, usize::saturating_add),
        }
    }
}

impl Index {
    /// The files that may have what is needed. A file that is not among them has no match.
    pub fn candidates(&self, need: &Need) -> Candidates {
        self.having(&Sought::new(need))
    }

    pub(super) fn having(&self, sought: &Sought) -> Candidates {
        match self.decode(self.find(sought)) {
            None => Candidates::All,
            Some(mut files) => {
                self.always().for_each(|file| files.insert(file));
                Candidates::Files(files)
            }
        }
    }

    fn find(&self, sought: &Sought) -> Found<'_> {
        match sought {
            Sought::Free => Found::Everything,
            // What cannot be read may be anything.
            Sought::Run(seeker) => self.find_run(seeker).unwrap_or(Found::Everything),
            Sought::Any(parts) => Found::Any(parts.iter().map(|part| self.find(part)).collect()),
            Sought::All(parts) => {
                let mut parts: Vec<_> = parts.iter().collect();
                parts.sort_by_key(|part| std::cmp::Reverse(part.grams()));
                let mut found = Vec::new();
                for part in parts {
                    let part = self.find(part);
                    let few = part.cost() <= FEW;
                    found.push(part);
                    if few {
                        break;
                    }
                }
                Found::All(found)
            }
        }
    }

    /// `None` when it is quicker not to look, or what is there is damaged.
    fn find_run(&self, seeker: &Seeker) -> Option<Found<'_>> {
        if seeker.grams.is_empty() && !self.is_small() {
            return None;
        }
        let most = self.files() as usize * 4;
        let (mut lists, mut cost) = (Vec::new(), 0);
        let mut text = Text::new();
        for block in self.with_grams(&seeker.grams)? {
            self.text(block, &mut text)?;
            let mut all = self.lists(block)?;
            let mut next = 0;
            for number in seeker.hits(text.bytes()) {
                if let Some(list) = all.nth(number - next) {
                    cost += list.cost();
                    lists.push(list);
                }
                next = number + 1;
            }
            if cost > most {
                return None;
            }
        }
        Some(Found::Lists { lists, windowed: seeker.outreaches, cost })
    }

    fn decode(&self, found: Found<'_>) -> Option<Files> {
        match found {
            Found::Everything => None,
            Found::Lists { lists, windowed, .. } => {
                let mut files = Files::below(self.files());
                for file in lists.into_iter().flat_map(List::files).filter(|&file| file < self.files()) {
                    files.insert(file);
                }
                if windowed {
                    self.windowed().for_each(|file| files.insert(file));
                }
                Some(files)
            }
            Found::Any(parts) => {
                let mut files = Files::below(self.files());
                for part in parts {
                    files.unite(&self.decode(part)?);
                }
                Some(files)
            }
            Found::All(mut parts) => {
                parts.sort_by_key(Found::cost);
                let mut files: Option<Files> = None;
                for part in parts {
                    match &mut files {
                        None => files = Some(self.decode(part)?),
                        Some(files) if part.cost() / BYTES_PER_FILE > files.len() => break,
                        Some(files) => {
                            if let Some(other) = self.decode(part) {
                                files.intersect(&other);
                            }
                        }
                    }
                }
                files
            }
        }
    }
}
