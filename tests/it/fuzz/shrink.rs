//! The smallest case that still goes wrong.

use std::path::Path;

use super::ask::Ask;
use super::standing::compare;
use super::world::{Files, Node, World};

/// How many smaller cases are tried.
const TRIES: usize = 600;

/// Shrinks a case that goes wrong, and shows what is left.
pub fn smallest(program: &Path, world: World, ask: Ask) -> String {
    let asks = std::slice::from_ref(&ask);
    let Err((_, what)) = compare(program, &world, asks) else {
        return format!("only after the questions before it: {ask:?}");
    };
    let mut case = Case { program, world, ask, what, tries: 0 };
    while case.smaller() {}
    case.shown()
}

struct Case<'a> {
    program: &'a Path,
    world: World,
    ask: Ask,
    what: String,
    tries: usize,
}

impl Case<'_> {
    /// Goes on with another case if that one goes wrong too.
    fn attempt(&mut self, world: World, ask: Ask) -> bool {
        self.tries += 1;
        if self.tries > TRIES || ask.pattern.is_empty() {
            return false;
        }
        let worse = compare(self.program, &world, std::slice::from_ref(&ask)).err();
        let is_wrong = worse.is_some();
        if let Some((_, what)) = worse {
            (self.world, self.ask, self.what) = (world, ask, what);
        }
        is_wrong
    }

    /// Tries everything once; whether something could go.
    fn smaller(&mut self) -> bool {
        let mut gone = false;
        while self.world.states.len() > 1 {
            let mut world = self.world.clone();
            world.states.remove(0);
            if !self.attempt(world, self.ask.clone()) {
                break;
            }
            gone = true;
        }
        let mut paths: Vec<String> = self.world.states.iter().flat_map(Files::keys).cloned().collect();
        paths.extend(self.world.buffers.keys().cloned());
        paths.sort_unstable();
        paths.dedup();
        for path in paths {
            gone |= self.edit(|world| {
                world.buffers.remove(&path);
            });
            gone |= self.edit(|world| world.states.iter_mut().for_each(|files| drop(files.remove(&path))));
        }
        for state in 0..self.world.states.len() {
            let paths: Vec<String> = self.world.states[state].keys().cloned().collect();
            for path in paths {
                gone |= self.lines(state, &path);
            }
        }
        gone | self.simpler()
    }

    fn edit(&mut self, edit: impl FnOnce(&mut World)) -> bool {
        let mut world = self.world.clone();
        edit(&mut world);
        let is_less = world.states != self.world.states || world.buffers != self.world.buffers;
        is_less && self.attempt(world, self.ask.clone())
    }

    /// Cuts pieces of a file's bytes, smaller and smaller ones.
    fn lines(&mut self, state: usize, path: &str) -> bool {
        let mut gone = false;
        let bytes = |case: &Self| match case.world.states[state].get(path) {
            Some(Node::File(bytes)) => bytes.clone(),
            _ => Vec::new(),
        };
        let mut piece = bytes(self).len();
        while piece > 0 {
            let mut at = 0;
            while at < bytes(self).len() {
                let mut less = bytes(self);
                less.drain(at..less.len().min(at + piece));
                let cut = self.edit(|world| drop(world.states[state].insert(path.to_owned(), Node::File(less))));
                gone |= cut;
                at += if cut { 0 } else { piece };
            }
            piece = if piece > 64 { piece / 8 } else { piece / 2 };
        }
        gone
    }

    fn simpler(&mut self) -> bool {
        let mut gone = false;
        let edits: [fn(&mut Ask); 8] = [
            |ask| ask.globs.clear(),
            |ask| ask.context = 0,
            |ask| ask.word = false,
            |ask| ask.ignore_case = false,
            |ask| ask.hidden = false,
            |ask| ask.limit = 10_000,
            |ask| ask.folder = None,
            |ask| drop(ask.globs.pop()),
        ];
        for edit in edits {
            let mut ask = self.ask.clone();
            edit(&mut ask);
            if format!("{ask:?}") != format!("{:?}", self.ask) {
                gone |= self.attempt(self.world.clone(), ask);
            }
        }
        let mut at = 0;
        while at < self.ask.pattern.chars().count() {
            let mut ask = self.ask.clone();
            ask.pattern = ask.pattern.chars().enumerate().filter(|(place, _)| *place != at).map(|(_, c)| c).collect();
            let cut = self.attempt(self.world.clone(), ask);
            gone |= cut;
            at += usize::from(!cut);
        }
        gone
    }

    fn shown(&self) -> String {
        let mut text = format!("{}\n{:?}\n", self.what, self.ask);
        for (number, files) in self.world.states.iter().enumerate() {
            text += &format!("state {number}, below {:?}:\n", self.world.root);
            for (path, node) in files {
                text += &match node {
                    Node::File(bytes) => format!("  {path:?}: {} bytes, {}\n", bytes.len(), start(bytes)),
                    Node::Link(target) => format!("  {path:?} -> {target}\n"),
                };
            }
        }
        for (path, buffer) in &self.world.buffers {
            text += &format!("open {path:?}: {}\n", start(buffer.as_bytes()));
        }
        text
    }
}

fn start(bytes: &[u8]) -> String {
    bytes[..bytes.len().min(300)].escape_ascii().to_string()
}
