//! Eviction: the oldest runs, and the blobs that only they name, make room for new ones.

use std::collections::{HashMap, HashSet};
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;

use super::blobs::Blobs;
use super::files;

/// Bytes that all runs and blobs of a state directory may take on disk.
pub const MAX_TOTAL: u64 = 1 << 30;

/// What an eviction removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evicted {
    pub runs: u64,
    pub blobs: u64,
    /// Of both together.
    pub bytes: u64,
}

/// Keeps a state directory within `max` bytes. Above that, the newest runs that fit in four fifths of it stay, and
/// those that are being written; the others go, and then every blob that no run names.
pub fn evict(state_dir: &Path, max: u64) -> io::Result<Evicted> {
    let blobs = Blobs::new(state_dir);
    let total = |sizes: &mut dyn Iterator<Item = u64>| sizes.sum::<u64>();
    let in_runs = total(&mut files::list(&files::runs_dir(state_dir))?.iter().map(|run| run.1));
    let in_blobs = total(&mut blobs.list()?.iter().map(|blob| blob.2));
    if in_runs + in_blobs <= max {
        return Ok(Evicted::default());
    }

    let _alone = blobs.hold_alone()?;
    let stored = blobs.list()?;
    let sizes: HashMap<&str, u64> =
        stored.iter().filter_map(|(_, hash, size)| Some((hash.as_deref()?, *size))).collect();
    let mut evicted = Evicted::default();
    let mut kept: HashSet<String> = HashSet::new();
    let (mut used, mut full) = (0, false);
    for (path, size) in files::list(&files::runs_dir(state_dir))?.iter().rev() {
        if files::run_id(path).is_none() {
            continue;
        }
        let busy = !files::try_claim(&files::open(path)?);
        let named = if full && !busy { HashSet::new() } else { named_blobs(path)? };
        let new = named.difference(&kept).filter_map(|hash| sizes.get(hash.as_str())).sum::<u64>();
        full |= used + size + new > max / 5 * 4;
        if busy || !full {
            used += size + new;
            kept.extend(named);
        } else {
            files::remove(path)?;
            evicted.runs += 1;
            evicted.bytes += size;
        }
    }
    for (path, hash, size) in &stored {
        if hash.as_ref().is_none_or(|hash| !kept.contains(hash)) {
            files::remove(path)?;
            evicted.blobs += 1;
            evicted.bytes += size;
        }
    }
    Ok(evicted)
}

/// Evicts on a thread of its own. A process that ends before it is done leaves the rest to the next one.
pub(super) fn in_background(state_dir: &Path) {
    let state_dir = state_dir.to_owned();
    let work = move || match evict(&state_dir, MAX_TOTAL) {
        Ok(evicted) if evicted == Evicted::default() => {}
        Ok(evicted) => tracing::debug!(?evicted, "old runs made room"),
        Err(error) => tracing::debug!("old runs could not be evicted: {error}"),
    };
    if let Err(error) = std::thread::Builder::new().name("journal-evict".into()).spawn(work) {
        tracing::debug!("no thread for eviction: {error}");
    }
}

/// The blobs that a journal names. Looks at the bytes only, so that events of newer versions count too.
fn named_blobs(path: &Path) -> io::Result<HashSet<String>> {
    const KEY: &[u8] = br#""blob":""#;
    let mut named = HashSet::new();
    let mut lines = BufReader::new(files::open(path)?);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        for start in memchr::memmem::find_iter(&line, KEY) {
            let hash = line.get(start + KEY.len()..start + KEY.len() + 64);
            if let Some(hash) = hash.and_then(|hash| std::str::from_utf8(hash).ok()) {
                named.insert(hash.to_owned());
            }
        }
        line.clear();
    }
    Ok(named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Body, Event, Header, Journal, list, read};
    use std::borrow::Cow;

    fn text(seed: u64, bytes: usize) -> String {
        // Does not compress to much less than half.
        let mut state = seed * 2 + 1;
        let next = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            char::from(b'!' + (state >> 58) as u8)
        };
        (0..bytes).map(next).collect()
    }

    fn run(dir: &Path, texts: &[String]) -> Journal {
        let journal = Journal::create(dir, |text| Cow::Borrowed(text), Header::default());
        for text in texts {
            journal.write(Event::Cell { cell: 0, code: text.clone().into() });
        }
        journal
    }

    #[test]
    fn oldest_runs_go_first_and_shared_blobs_stay() {
        let dir = tempfile::tempdir().unwrap();
        let shared = text(0, 40_000);
        let mut ids = Vec::new();
        for n in 0..10 {
            ids.push(run(dir.path(), &[shared.clone(), text(n + 1, 40_000)]).id().unwrap().to_owned());
            // Names that sort: ids of one millisecond would be in random order.
            let (old, new) = (ids[n as usize].clone(), format!("2026010{n}-000000000-aaaaaa"));
            let runs = dir.path().join("runs");
            std::fs::rename(runs.join(old + ".jsonl"), runs.join(new.clone() + ".jsonl")).unwrap();
            ids[n as usize] = new;
        }
        let total: u64 = Blobs::new(dir.path()).list().unwrap().iter().map(|blob| blob.2).sum();
        assert_eq!(evict(dir.path(), total * 2).unwrap(), Evicted::default());

        let evicted = evict(dir.path(), total / 2).unwrap();
        let left: Vec<String> = list(dir.path()).unwrap().into_iter().map(|run| run.id).collect();
        let expected: Vec<String> = ids.iter().rev().take(left.len()).cloned().collect();
        assert_eq!(left, expected);
        assert!((2..=4).contains(&left.len()), "{left:?}");
        assert_eq!(evicted.runs, 10 - left.len() as u64);
        assert_eq!(evicted.blobs, evicted.runs);
        for id in left {
            let run = read(&files::run_path(dir.path(), &id)).unwrap();
            for mut line in run.lines {
                for body in line.event.bodies_mut() {
                    assert!(matches!(body, Body::Blob { .. }));
                    assert_eq!(Blobs::new(dir.path()).text(body).unwrap().len(), 40_000);
                }
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_run_that_is_being_written_stays() {
        let dir = tempfile::tempdir().unwrap();
        let open = run(dir.path(), &[text(1, 40_000)]);
        drop(run(dir.path(), &[text(2, 40_000)]));
        let evicted = evict(dir.path(), 1).unwrap();
        assert_eq!((evicted.runs, evicted.blobs), (1, 1));
        let left = list(dir.path()).unwrap();
        assert_eq!(left.len(), 1);
        assert_eq!(Some(left[0].id.as_str()), open.id());
        assert_eq!(Blobs::new(dir.path()).list().unwrap().len(), 1);
        open.write(Event::Cell { cell: 1, code: text(3, 40_000).into() });
        assert!(open.is_on());
    }
}
