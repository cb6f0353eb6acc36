//! What a command must not read: keys in the home folder, spelunk's own files, the person's tree where a copy stands for it.

#![cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "other systems take the list as it is"))]
#![expect(clippy::disallowed_methods, reason = "lists the folders on the way to what is hidden")]

use std::path::{Path, PathBuf};

use crate::config::Surroundings;

/// Folders of the home folder, with a dot, in which programs live that commands call. All others with a dot are hidden.
const PROGRAMS: &[&str] = &[
    ".asdf",
    ".bun",
    ".cabal",
    ".cargo",
    ".conda",
    ".deno",
    ".dotnet",
    ".elan",
    ".gem",
    ".ghcup",
    ".goenv",
    ".gradle",
    ".jdks",
    ".jenv",
    ".juliaup",
    ".local",
    ".m2",
    ".mise",
    ".nix-profile",
    ".nodenv",
    ".nuget",
    ".nvm",
    ".opam",
    ".proto",
    ".pub-cache",
    ".pyenv",
    ".rbenv",
    ".rustup",
    ".rvm",
    ".sdkman",
    ".stack",
    ".swiftly",
    ".volta",
    ".yarn",
];

/// Below these and the home folder in general: files with keys, and the data of other programs.
const KEYS: &[&str] = &[
    ".cargo/credentials",
    ".cargo/credentials.toml",
    ".gem/credentials",
    ".gradle/gradle.properties",
    ".local/share/keyrings",
    ".local/share/kwalletd",
    ".local/state",
    ".m2/settings-security.xml",
    ".m2/settings.xml",
    ".nuget/NuGet",
    ".stack/config.yaml",
    "Library/Keychains",
    "Library/Application Support",
    "_netrc",
];

/// Of the system.
const SYSTEM: &[&str] =
    &["/etc/gshadow", "/etc/shadow", "/etc/ssh", "/etc/sudoers", "/etc/sudoers.d", "/etc/krb5.keytab"];

/// What holds keys, in order and as canonical paths: only what exists.
pub(super) fn keys(surroundings: &Surroundings) -> Vec<PathBuf> {
    let mut hidden: Vec<PathBuf> = SYSTEM.iter().map(PathBuf::from).collect();
    hidden.extend(surroundings.own.iter().cloned());
    if let Some(home) = &surroundings.home {
        hidden.extend(KEYS.iter().map(|key| home.join(key)));
        hidden.extend(children(home).into_iter().filter(|child| !may_be_read(child, surroundings)));
    }
    // Keys of tools whose folder is elsewhere.
    let elsewhere = surroundings.tools.iter().filter(|(name, _)| *name == "CARGO_HOME");
    hidden.extend(elsewhere.flat_map(|(_, home)| ["credentials", "credentials.toml"].map(|name| home.join(name))));
    let mut hidden: Vec<PathBuf> = hidden.iter().filter_map(|path| path.canonicalize().ok()).collect();
    hidden.sort_unstable();
    hidden.dedup();
    hidden
}

fn may_be_read(child: &Path, surroundings: &Surroundings) -> bool {
    let name = child.file_name().unwrap_or_default().to_string_lossy();
    let holds_programs = || {
        let tools = surroundings.tools.iter().map(|(_, folder)| folder);
        surroundings.path.iter().chain(tools).any(|folder| folder.starts_with(child))
    };
    !name.starts_with('.') || PROGRAMS.contains(&&*name) || holds_programs()
}

/// The same without the way to `needed`: of a hidden folder above such a path, all the rest is hidden.
pub(super) fn but_for(hidden: &[PathBuf], needed: &[PathBuf]) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut queue: Vec<PathBuf> = hidden.iter().rev().cloned().collect();
    while let Some(path) = queue.pop() {
        if needed.contains(&path) {
            continue;
        }
        if needed.iter().any(|needed| needed.starts_with(&path)) {
            queue.extend(children(&path));
        } else {
            out.push(path);
        }
    }
    out
}

/// The biggest folders, and files, of the system with nothing hidden in them. No symlinks: what they lead to counts.
pub(super) fn visible(hidden: &[PathBuf]) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut queue = vec![PathBuf::from("/")];
    while let Some(path) = queue.pop() {
        if hidden.contains(&path) {
            continue;
        }
        if hidden.iter().any(|hidden| hidden.starts_with(&path)) {
            queue.extend(children(&path));
        } else {
            out.push(path);
        }
    }
    out.sort_unstable();
    out
}

/// What is in a folder, symlinks left out.
fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_symlink())).map(|entry| entry.path()).collect()
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;

    use super::*;

    /// A home folder with these files.
    fn home(files: &[&str]) -> std::io::Result<(tempfile::TempDir, Surroundings)> {
        let folder = tempfile::tempdir()?;
        let home = folder.path().canonicalize()?;
        for file in files {
            fs::create_dir_all(home.join(file).parent().unwrap_or(&home))?;
            fs::write(home.join(file), "")?;
        }
        let surroundings = Surroundings {
            path: vec![home.join(".odd/bin")],
            home: Some(home.clone()),
            own: vec![home.join("state")],
            ..Surroundings::default()
        };
        Ok((folder, surroundings))
    }

    fn below(paths: &[PathBuf], home: &Path) -> Vec<String> {
        let inside = paths.iter().filter_map(|path| path.strip_prefix(home).ok());
        let mut inside: Vec<String> = inside.map(|path| path.display().to_string()).collect();
        inside.sort_unstable();
        inside
    }

    const FILES: &[&str] = &[
        ".ssh/id_ed25519",
        ".netrc",
        ".config/gh/hosts.yml",
        ".cargo/bin/cargo",
        ".cargo/credentials.toml",
        ".odd/bin/tool",
        ".unheard-of/key",
        "state/runs/1",
        "state/verify/1/tree",
        "src/main.rs",
    ];

    #[test]
    fn keys_are_hidden_and_programs_are_not() {
        let (_folder, surroundings) = home(FILES).unwrap();
        let home = surroundings.home.clone().unwrap();
        let hidden = keys(&surroundings);
        assert_eq!(
            below(&hidden, &home),
            [".cargo/credentials.toml", ".config", ".netrc", ".ssh", ".unheard-of", "state"]
        );
        let needed = [home.join("state/verify/1"), home.join(".config/gh")];
        assert_eq!(
            below(&but_for(&hidden, &needed), &home),
            [".cargo/credentials.toml", ".netrc", ".ssh", ".unheard-of", "state/runs"]
        );
    }

    #[test]
    fn all_that_is_not_hidden_is_visible() {
        let (_folder, surroundings) = home(FILES).unwrap();
        let home = surroundings.home.clone().unwrap();
        std::os::unix::fs::symlink(home.join(".ssh"), home.join("link")).unwrap();
        let seen = visible(&keys(&surroundings));
        assert_eq!(below(&seen, &home), [".cargo/bin", ".odd", "src"]);
        assert!(seen.contains(&PathBuf::from("/usr")) && !seen.contains(&PathBuf::from("/")));
    }
}
