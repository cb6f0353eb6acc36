//! Which folders people would call the modules of a repository, or of a folder in it.

use std::collections::HashSet;

use super::folders::{Folder, Folders};
use super::role::Role;

/// More modules than this are not made by opening folders that are neither the biggest part nor needed.
const MOST: usize = 60;

/// Fewer modules of own code than this are too few to be told apart.
const FEWEST: usize = 5;

/// Weight in tokens below which a folder is not opened to have more modules.
const SMALL: u64 = 4_000;

/// Folders that hold modules more than being one.
const CONTAINERS: &[&str] = &[
    "src",
    "source",
    "lib",
    "libs",
    "crates",
    "packages",
    "apps",
    "services",
    "modules",
    "plugins",
    "extensions",
    "components",
    "internal",
    "pkg",
    "cmd",
    "projects",
    "main",
    "java",
    "kotlin",
    "scala",
];

/// A module's files: a folder with all that is below, or only what stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Folder(usize),
    Direct(usize),
}

pub(super) struct Level<'a> {
    folders: &'a Folders<'a>,
    /// Folders with a manifest.
    packages: &'a HashSet<&'a str>,
    /// Where the level starts; roles are told from here on.
    root: usize,
}

impl<'a> Level<'a> {
    pub fn new(folders: &'a Folders<'a>, packages: &'a HashSet<&'a str>, root: usize) -> Self {
        Self { folders, packages, root }
    }

    /// The modules in path order. Every file below the root is in one of them.
    pub fn places(&self) -> Vec<Place> {
        let mut places = self.inside(self.root);
        let mut closed = HashSet::new();
        loop {
            let own = |place: &Place| matches!(place, Place::Folder(at) if self.role(*at).is_none());
            let total: u64 = places.iter().filter(|place| self.is_own(**place)).map(|place| self.weight(*place)).sum();
            let count = places.iter().filter(|place| self.is_own(**place)).count();
            let next = places
                .iter()
                .enumerate()
                .filter(|(_, place)| own(place) && !closed.contains(&self.at(**place)))
                .filter(|(_, place)| self.opens(self.at(**place), total, count))
                .max_by_key(|(at, place)| (self.weight(**place), std::cmp::Reverse(*at)))
                .map(|(at, place)| (at, self.at(*place)));
            let Some((at, folder)) = next else { return places };
            let inside = self.inside(folder);
            let is_most = self.folders.get(folder).weight * 2 > total;
            if places.len() + inside.len() > MOST + 1 && !is_most {
                closed.insert(folder);
            } else {
                places.splice(at..=at, inside);
            }
        }
    }

    /// What the module is when it is not the program's own code.
    pub fn role_of(&self, place: Place) -> Option<Role> {
        self.role(self.at(place))
    }

    /// Whether to take a folder apart.
    fn opens(&self, at: usize, total: u64, count: usize) -> bool {
        let folder = self.folders.get(at);
        let below = folder.weight - folder.direct_weight;
        let share = |percent: u64| folder.weight * 100 > total * percent;
        if folder.folders.is_empty() {
            return false;
        }
        let is_package = self.is_package(folder);
        if !is_package {
            let children = || folder.folders.iter().map(|child| self.folders.get(*child));
            let is_wrapper = folder.direct_weight * 10 <= folder.weight;
            let has_main_child = children().any(|child| child.weight * 5 >= folder.weight * 4);
            let is_container = CONTAINERS.contains(&folder.name()) && folder.folders.len() > 1 && share(5);
            if is_wrapper && (has_main_child || is_container || self.holds_packages(folder)) {
                return true;
            }
        }
        let is_big = below * 2 >= folder.weight && share(if is_package { 40 } else { 33 });
        let is_needed = count < FEWEST && folder.weight > SMALL && below * 3 >= folder.weight;
        is_big || is_needed
    }

    /// Whether packages stand in a folder, or in folders of it that are none.
    fn holds_packages(&self, folder: &Folder) -> bool {
        folder
            .folders
            .iter()
            .map(|child| self.folders.get(*child))
            .any(|child| Role::of(child.name()).is_none() && (self.is_package(child) || self.holds_packages(child)))
    }

    fn is_package(&self, folder: &Folder) -> bool {
        self.packages.contains(folder.path)
    }

    fn inside(&self, at: usize) -> Vec<Place> {
        let folder = self.folders.get(at);
        let direct = (!folder.direct.is_empty()).then_some(Place::Direct(at));
        direct.into_iter().chain(folder.folders.iter().map(|child| Place::Folder(*child))).collect()
    }

    fn at(&self, place: Place) -> usize {
        let (Place::Folder(at) | Place::Direct(at)) = place;
        at
    }

    fn weight(&self, place: Place) -> u64 {
        match place {
            Place::Folder(at) => self.folders.get(at).weight,
            Place::Direct(at) => self.folders.get(at).direct_weight,
        }
    }

    fn is_own(&self, place: Place) -> bool {
        self.role_of(place).is_none()
    }

    fn role(&self, at: usize) -> Option<Role> {
        let root = self.folders.get(self.root).path;
        let path = self.folders.get(at).path;
        Role::of_path(path.strip_prefix(root).unwrap_or(path))
    }
}
