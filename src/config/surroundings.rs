//! What of the environment a command of the machine's owner gets to know: where programs are, and nothing that is a key.

use std::path::PathBuf;

use super::{Config, variable};

/// Folders that tools keep in the home folder and find by a variable, which has to be set once the home is another one.
const TOOLS: &[(&str, &str)] =
    &[("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup"), ("GOMODCACHE", "go/pkg/mod"), ("PYENV_ROOT", ".pyenv")];

/// The environment of commands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Absolute folders of programs, in order.
    pub path: Vec<PathBuf>,
    pub lang: Option<String>,
    /// The person's home folder.
    pub home: Option<PathBuf>,
    /// Variables that name a tool's folder, and the folder, which exists.
    pub tools: Vec<(&'static str, PathBuf)>,
    /// Where the machine's settings and spelunk's state are.
    pub own: Vec<PathBuf>,
}

impl Config {
    /// What commands get of this process's environment.
    pub fn surroundings(&self) -> Surroundings {
        let home = etcetera::home_dir().ok();
        self.surroundings_in(home, &variable)
    }

    fn surroundings_in(&self, home: Option<PathBuf>, env: &dyn Fn(&str) -> Option<String>) -> Surroundings {
        let tools = TOOLS.iter().filter_map(|(name, folder)| {
            let set = env(name).map(PathBuf::from);
            let path = set.or_else(|| home.as_deref().map(|home| home.join(folder)))?;
            (path.is_absolute() && path.is_dir()).then_some((*name, path))
        });
        let tools = tools.collect();
        let path = env("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".to_owned());
        let path = std::env::split_paths(&path).filter(|folder| folder.is_absolute()).collect();
        let mut own = vec![self.file.clone(), self.state_dir.clone()];
        if !self.cache_dir.starts_with(&self.state_dir) {
            own.push(self.cache_dir.clone());
        }
        Surroundings { path, lang: env("LC_ALL").or_else(|| env("LANG")), home, tools, own }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_are_taken_over() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(home.path().join(".cargo")).unwrap();
        let config = Config::from_parts("/c/config.toml".into(), "/s".into(), "", &|_| None).unwrap();
        let env = |name: &str| match name {
            "PATH" => Some(".:/bin:bin:/usr/bin".to_owned()),
            "RUSTUP_HOME" => Some("/no/such/folder".to_owned()),
            "OPENAI_API_KEY" => Some("sk-1".to_owned()),
            _ => None,
        };
        let found = config.surroundings_in(Some(home.path().to_owned()), &env);
        assert_eq!(found.path, [PathBuf::from("/bin"), PathBuf::from("/usr/bin")]);
        assert_eq!(found.tools, [("CARGO_HOME", home.path().join(".cargo"))]);
        assert_eq!(found.own, [PathBuf::from("/c/config.toml"), PathBuf::from("/s")]);
        assert!(!format!("{found:?}").contains("sk-1"));
    }
}
