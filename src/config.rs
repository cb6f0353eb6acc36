//! The configuration: every setting, where it may come from, and the only reader of environment variables.
//!
//! Nothing here is ever read from a workspace: a repository that could set a base URL could steal a key. Command-line
//! flags win over the environment, the environment over what an editor passes on from the machine's settings, that over
//! the machine's file, and that over the defaults.

mod editor;
mod machine;
mod schema;
mod settings;
mod surroundings;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use etcetera::BaseStrategy as _;
use serde::Deserialize;

pub use editor::{EditorSettings, Feature, Navigation};
pub use schema::json_schema;
pub use settings::{EDITOR_SETTINGS, EditorSetting, Kind, SETTINGS, Scope, Setting};
pub use surroundings::Surroundings;

/// Everything that can be set. `SETTINGS` describes each key.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// `provider/model` of the root model.
    pub model: String,
    /// `provider/model` of the models behind `llm`; the root model when not set.
    pub leaf_model: Option<String>,
    pub max_turns: u32,
    pub max_calls: u32,
    pub max_tokens: u64,
    /// US dollars; `None` for no bound.
    pub max_usd: Option<f64>,
    /// US dollars above which a run's estimate has to be confirmed; `None` asks nobody.
    pub confirm_usd: Option<f64>,
    pub max_time: Duration,
    pub concurrency: usize,
    /// Levels of children below the root.
    pub max_depth: u32,
    /// Workers of a run that live at once.
    pub workers: usize,
    /// Writable memory of all workers of a run together, in bytes.
    pub workers_memory: u64,
    /// How long a model may send nothing before its request counts as lost.
    pub idle: Duration,
    /// A scope with at most this many bytes is answered by one plain call; 0 switches that off.
    pub plain_below: u64,
    /// Tokens that a prompt and its reply may have together; 0: what the model's window has.
    pub max_context: u64,
    /// Characters of data that one sub-call may carry.
    pub max_data: usize,
    /// Computing time of one cell.
    pub cell_time: Duration,
    /// V8 heap of a worker in bytes.
    pub heap: u64,
    /// Writable memory of a worker (`RLIMIT_DATA`) in bytes.
    pub memory: u64,
    /// Whether summaries of modules are kept for later questions.
    pub orientation: bool,
    /// Whether runs are recorded.
    pub journal: bool,
    /// Whether replies of models are kept and used again.
    pub cache: bool,
    /// Bytes that kept replies may take; 0 keeps none.
    pub cache_size: u64,
    /// The command line that tells whether a tree is sound; `None`: there is none.
    pub verify: Option<String>,
    /// How long that command may take.
    pub verify_time: Duration,
    /// Whether that command may use the network.
    pub verify_network: bool,
    /// Endpoints by provider.
    pub providers: BTreeMap<String, Provider>,
    /// What an editor's user has set for it.
    pub editor: EditorSettings,
    /// Bytes that the indexes of all workspaces may take; 0 keeps none.
    pub index_size: u64,
    /// Where journals, kept replies and the installation's key are kept.
    pub state_dir: PathBuf,
    /// Where is kept what can be made anew: the indexes of workspaces.
    pub cache_dir: PathBuf,
    /// The machine's file, whether it exists or not.
    pub file: PathBuf,
    /// Who decided on `model`.
    pub model_from: ModelFrom,
}

/// Who decided on the root model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ModelFrom {
    /// Nobody.
    #[default]
    Default,
    /// An editor that lends its own.
    Editor,
    /// The machine's file.
    File,
    /// An editor's settings of the machine.
    Client,
    /// Wins over all others.
    Environment,
}

/// Where a provider is and the key for it. The two belong together: a key is only ever sent to its own base URL.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Provider {
    /// `None`: the provider's own.
    pub base_url: Option<String>,
    pub key: Option<String>,
    /// The environment variable that the key comes from, or would come from if it were set.
    pub key_env: Option<String>,
    /// Plain http beyond loopback.
    pub allow_http: bool,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.key.as_ref().map(|_| "[set]");
        f.debug_struct("Provider").field("base_url", &self.base_url).field("key", &key).finish_non_exhaustive()
    }
}

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    #[error("{path}: {reason}")]
    File { path: String, reason: String },
    #[error("{name}={value:?} cannot be used: {reason}")]
    Variable { name: String, value: String, reason: String },
    #[error("initializationOptions.machine: {reason}")]
    Machine { reason: String },
    #[error("no home folder is known; set SPELUNK_STATE_DIR and SPELUNK_CONFIG")]
    NoHome,
}

/// Providers whose base URL and key may come from `NAME_BASE_URL` and `NAME_API_KEY`.
const KNOWN_PROVIDERS: [(&str, &str); 7] = [
    ("openai", "OPENAI"),
    ("anthropic", "ANTHROPIC"),
    ("openrouter", "OPENROUTER"),
    ("ollama", "OLLAMA"),
    ("vllm", "VLLM"),
    ("lmstudio", "LMSTUDIO"),
    ("llamacpp", "LLAMACPP"),
];

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileProvider {
    base_url: Option<String>,
    key: Option<String>,
    /// Name of the environment variable that holds the key.
    key_env: Option<String>,
    #[serde(default)]
    allow_http: bool,
}

impl Config {
    /// Reads the machine's file and the environment.
    pub fn load() -> Result<Self, ConfigError> {
        Self::load_from(&variable)
    }

    fn load_from(env: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let home = etcetera::base_strategy::choose_base_strategy().ok();
        let file = match (env("SPELUNK_CONFIG"), &home) {
            (Some(path), _) => PathBuf::from(path),
            (None, Some(home)) => home.config_dir().join("spelunk").join("config.toml"),
            (None, None) => return Err(ConfigError::NoHome),
        };
        let state_dir = match (env("SPELUNK_STATE_DIR"), &home) {
            (Some(path), _) => PathBuf::from(path),
            (None, Some(home)) => home.state_dir().unwrap_or_else(|| home.data_dir()).join("spelunk"),
            (None, None) => return Err(ConfigError::NoHome),
        };
        let text = read_file(&file, env("SPELUNK_CONFIG").is_some())?;
        let mut config = Self::from_parts(file, state_dir, text.as_deref().unwrap_or(""), env)?;
        // Who says where the state is wants the rest there too.
        if let (None, None, Some(home)) = (env("SPELUNK_CACHE_DIR"), env("SPELUNK_STATE_DIR"), &home) {
            config.cache_dir = home.cache_dir().join("spelunk");
        }
        Ok(config)
    }

    pub(crate) fn from_parts(
        file: PathBuf,
        state_dir: PathBuf,
        text: &str,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let in_file = |reason: String| ConfigError::File { path: file.display().to_string(), reason };
        let mut settings: BTreeMap<String, toml::Value> =
            toml::from_str(text).map_err(|error| in_file(error.to_string()))?;
        let mut providers = BTreeMap::new();
        if let Some(table) = settings.remove("providers") {
            let table: BTreeMap<String, FileProvider> = table
                .try_into()
                .map_err(|error: toml::de::Error| in_file(format!("[providers]: {}", error.message())))?;
            for (name, provider) in table {
                let FileProvider { base_url, key, key_env, allow_http } = provider;
                let key = key.or_else(|| key_env.as_deref().and_then(env));
                let provider = Provider { base_url, key, key_env, allow_http };
                providers.insert(name, provider);
            }
        }
        for (name, upper) in KNOWN_PROVIDERS {
            environment_provider(&mut providers, name, upper, env);
        }
        if let Some(unknown) = settings.keys().find(|key| !SETTINGS.iter().any(|s| s.key == key.as_str())) {
            let known: Vec<&str> = SETTINGS.iter().map(|s| s.key).chain(["providers"]).collect();
            return Err(in_file(format!("unknown setting {unknown:?}; settings are {}", known.join(", "))));
        }
        let mut config = Self {
            model: "builtin".to_owned(),
            leaf_model: None,
            max_turns: 24,
            max_calls: 120,
            max_tokens: 4_000_000,
            max_usd: Some(2.0),
            confirm_usd: None,
            max_time: Duration::from_secs(1200),
            concurrency: 8,
            max_depth: 2,
            workers: 6,
            workers_memory: 4096 << 20,
            idle: Duration::from_secs(120),
            plain_below: 48_000,
            max_context: 0,
            max_data: 400_000,
            cell_time: Duration::from_secs(10),
            heap: 512 << 20,
            memory: 1536 << 20,
            orientation: true,
            journal: true,
            cache: true,
            cache_size: 256 << 20,
            verify: None,
            verify_time: Duration::from_secs(300),
            verify_network: false,
            providers,
            editor: EditorSettings::default(),
            index_size: 4096 << 20,
            cache_dir: env("SPELUNK_CACHE_DIR").map_or_else(|| state_dir.clone(), PathBuf::from),
            state_dir,
            file: file.clone(),
            model_from: ModelFrom::Default,
        };
        for setting in SETTINGS {
            let expected =
                || format!("{}: it has to be {} (default {})", setting.meaning, setting.kind, setting.default);
            if let Some(value) = env(setting.variable) {
                config.set(setting.key, &value).ok_or_else(|| ConfigError::Variable {
                    name: setting.variable.to_owned(),
                    value,
                    reason: expected(),
                })?;
                config.model_set(setting.key, ModelFrom::Environment);
            } else if let Some(value) = settings.get(setting.key) {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                config
                    .set(setting.key, &text)
                    .ok_or_else(|| in_file(format!("{} = {value} cannot be used; {}", setting.key, expected())))?;
                config.model_set(setting.key, ModelFrom::File);
            }
        }
        Ok(config)
    }

    /// Notes who set a key, if it is the model's.
    fn model_set(&mut self, key: &str, from: ModelFrom) {
        if key == "model" {
            self.model_from = from;
        }
    }

    /// Takes this model if nothing has set one.
    #[must_use]
    pub fn with_default_model(mut self, name: &str) -> Self {
        if self.model_from == ModelFrom::Default {
            name.clone_into(&mut self.model);
            self.model_from = ModelFrom::Editor;
        }
        self
    }

    /// Sets one key of the table. `None`, and no change, when the text cannot be its value.
    fn set(&mut self, key: &str, text: &str) -> Option<()> {
        match key {
            "model" => self.model = text_value(text)?,
            "leaf_model" => self.leaf_model = Some(text_value(text)?),
            "max_turns" => self.max_turns = number(text, key)?,
            "max_calls" => self.max_calls = number(text, key)?,
            "max_tokens" => self.max_tokens = number(text, key)?,
            "max_usd" => self.max_usd = amount(text)?,
            "confirm_usd" => self.confirm_usd = amount(text)?,
            "max_seconds" => self.max_time = Duration::from_secs(number(text, key)?),
            "concurrency" => self.concurrency = number(text, key)?,
            "max_depth" => self.max_depth = number(text, key)?,
            "workers" => self.workers = number(text, key)?,
            "workers_mib" => self.workers_memory = number::<u64>(text, key)? << 20,
            "idle_seconds" => self.idle = Duration::from_secs(number(text, key)?),
            "plain_below" => self.plain_below = number(text, key)?,
            "max_context" => self.max_context = number(text, key)?,
            "max_data" => self.max_data = number(text, key)?,
            "cell_seconds" => self.cell_time = Duration::from_secs(number(text, key)?),
            "heap_mib" => self.heap = number::<u64>(text, key)? << 20,
            "memory_mib" => self.memory = number::<u64>(text, key)? << 20,
            "orientation" => self.orientation = text.parse().ok()?,
            "journal" => self.journal = text.parse().ok()?,
            "cache" => self.cache = text.parse().ok()?,
            "cache_mib" => self.cache_size = number::<u64>(text, key)? << 20,
            "index_mib" => self.index_size = number::<u64>(text, key)? << 20,
            "verify" => self.verify = Some(text_value(text)?),
            "verify_seconds" => self.verify_time = Duration::from_secs(number(text, key)?),
            "verify_network" => self.verify_network = text.parse().ok()?,
            _ => return None,
        }
        Some(())
    }
}

/// A provider's base URL and key from the environment: a key never travels to a base URL that came from elsewhere.
fn environment_provider(
    providers: &mut BTreeMap<String, Provider>,
    name: &str,
    upper: &str,
    env: &dyn Fn(&str) -> Option<String>,
) {
    let variable = format!("{upper}_API_KEY");
    let (base_url, key) = (env(&format!("{upper}_BASE_URL")), env(&variable));
    let key_env = key.is_some().then_some(variable);
    match (base_url, providers.get(name).and_then(|p| p.base_url.as_ref())) {
        (Some(base_url), _) => {
            let allow_http =
                providers.get(name).is_some_and(|p| p.allow_http && p.base_url.as_ref() == Some(&base_url));
            providers.insert(name.to_owned(), Provider { base_url: Some(base_url), key, key_env, allow_http });
        }
        (None, Some(_)) => {}
        (None, None) => {
            if let Some(key) = key {
                let provider = providers.entry(name.to_owned()).or_default();
                (provider.key, provider.key_env) = (Some(key), key_env);
            }
        }
    }
}

fn text_value(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// An amount of money, or none.
fn amount(text: &str) -> Option<Option<f64>> {
    if text == "none" {
        return Some(None);
    }
    text.parse().ok().filter(|usd: &f64| usd.is_finite() && *usd >= 0.0).map(Some)
}

/// A whole number within the bounds that the table has for the key.
fn number<T: TryFrom<u64>>(text: &str, key: &str) -> Option<T> {
    let number: u64 = text.replace('_', "").parse().ok()?;
    let within = SETTINGS.iter().any(|setting| match setting.kind {
        Kind::Integer(least, most) => setting.key == key && (least..=most).contains(&number),
        _ => false,
    });
    T::try_from(number).ok().filter(|_| within)
}

#[expect(clippy::disallowed_methods, reason = "the one reader of environment variables")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether the environment asks for no colours (<https://no-color.org>).
pub fn no_color() -> bool {
    variable("NO_COLOR").is_some()
}

/// The filter of log lines, in `tracing`'s syntax.
pub fn log_filter() -> Option<String> {
    variable("SPELUNK_LOG")
}

/// Whether long work is to last until it is cancelled, for a test: `SPELUNK_STALL` is set. Never in the release profile.
pub fn stalls_on_purpose() -> bool {
    cfg!(debug_assertions) && variable("SPELUNK_STALL").is_some()
}

/// Panics where a test asks for it: `SPELUNK_FAIL_IN` names places, with commas between, or `*` for each of them. Never in
/// the release profile.
pub fn fail_on_purpose(place: &str) {
    if cfg!(debug_assertions)
        && let Some(asked) = variable("SPELUNK_FAIL_IN")
    {
        assert!(asked != "*" && !asked.split(',').any(|name| name == place), "{place} fails on purpose");
    }
}

#[expect(clippy::disallowed_methods, reason = "the one reader of the machine's file")]
fn read_file(path: &Path, named: bool) -> Result<Option<String>, ConfigError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => Ok(None),
        Err(error) => Err(ConfigError::File { path: path.display().to_string(), reason: error.to_string() }),
    }
}

/// Whether files can be made in a folder, which is made when it is not there.
#[expect(clippy::disallowed_methods, reason = "it tries what the state folder is for")]
pub fn try_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let probe = folder.join(format!(".{}.tmp", std::process::id()));
    std::fs::write(&probe, b"")?;
    std::fs::remove_file(&probe)
}

/// The installation's key under which fence delimiters are derived; made on first use.
///
/// Where the state folder cannot be written, the key lasts for this process only.
#[expect(clippy::disallowed_methods, reason = "the one reader and writer of the installation's key")]
pub fn install_key(state_dir: &Path) -> [u8; 32] {
    let path = state_dir.join("fence.key");
    if let Some(key) = std::fs::read(&path).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()) {
        return key;
    }
    let key = random_bytes();
    let kept = std::fs::create_dir_all(state_dir).and_then(|()| write_private(&path, &key));
    if let Err(error) = kept {
        tracing::debug!(path = %path.display(), %error, "the installation's key could not be kept");
    }
    key
}

#[expect(clippy::disallowed_methods, reason = "the one writer of the installation's key")]
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}

/// Bytes that cannot be guessed: the standard library's hasher keys come from the system.
fn random_bytes() -> [u8; 32] {
    use std::hash::{BuildHasher as _, RandomState};
    let mut hasher = blake3::Hasher::new();
    for at in 0..8_u64 {
        hasher.update(&RandomState::new().hash_one(at).to_le_bytes());
    }
    *hasher.finalize().as_bytes()
}

/// A seed for a run's repeatable randomness.
pub fn random_seed() -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = random_bytes();
    // JavaScript numbers hold 53 bits.
    u64::from_le_bytes([a, b, c, d, e, f, g, h]) >> 11
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(file: &str, env: &[(&str, &str)]) -> Result<Config, String> {
        let env = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Config::from_parts("/c/config.toml".into(), "/s".into(), file, &env).map_err(|error| error.to_string())
    }

    #[test]
    fn defaults_match_the_table() {
        let config = load("", &[]).unwrap();
        let check = |key: &str, got: String| {
            let setting = SETTINGS.iter().find(|setting| setting.key == key).unwrap();
            assert_eq!(setting.default.parse::<f64>().unwrap(), got.parse::<f64>().unwrap(), "{key}");
        };
        check("max_turns", config.max_turns.to_string());
        check("max_calls", config.max_calls.to_string());
        check("max_tokens", config.max_tokens.to_string());
        check("max_usd", config.max_usd.unwrap().to_string());
        check("max_seconds", config.max_time.as_secs().to_string());
        check("concurrency", config.concurrency.to_string());
        check("max_depth", config.max_depth.to_string());
        check("workers", config.workers.to_string());
        check("workers_mib", (config.workers_memory >> 20).to_string());
        check("idle_seconds", config.idle.as_secs().to_string());
        check("plain_below", config.plain_below.to_string());
        check("max_data", config.max_data.to_string());
        check("cell_seconds", config.cell_time.as_secs().to_string());
        check("heap_mib", (config.heap >> 20).to_string());
        check("memory_mib", (config.memory >> 20).to_string());
        check("verify_seconds", config.verify_time.as_secs().to_string());
        assert_eq!(config.model, "builtin");
        assert!(config.journal);
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file = "model = \"openai/a\"\nmax_turns = 3\nmax_usd = \"none\"";
        let config = load(file, &[("SPELUNK_MODEL", "openai/b")]).unwrap();
        assert_eq!((config.model.as_str(), config.max_turns, config.max_usd), ("openai/b", 3, None));
    }

    #[test]
    fn a_default_model_gives_way_to_any_that_is_set() {
        let check = |file: &str, env: &[(&str, &str)], machine: serde_json::Value, expect: &str| {
            let config = load(file, env).unwrap().with_machine_in(&machine, &|_| None).unwrap();
            assert_eq!(config.with_default_model("editor").model, expect);
        };
        let null = serde_json::Value::Null;
        check("max_turns = 3", &[], null.clone(), "editor");
        check("model = \"builtin\"", &[], null.clone(), "builtin");
        check("", &[("SPELUNK_MODEL", "openai/a")], null, "openai/a");
        check("", &[], serde_json::json!({ "model": "builtin" }), "builtin");
        check("", &[], serde_json::json!({ "model": null, "maxTurns": 3 }), "editor");
    }

    #[test]
    fn errors_name_the_setting_and_the_place() {
        let check = |file: &str, env: &[(&str, &str)], expect: &str| {
            let error = load(file, env).unwrap_err();
            assert!(error.contains(expect), "{error}");
        };
        check("max_turn = 3", &[], "/c/config.toml: unknown setting \"max_turn\"");
        check("max_turns = \"many\"", &[], "max_turns = \"many\" cannot be used");
        check("", &[("SPELUNK_MAX_USD", "-1")], "SPELUNK_MAX_USD=\"-1\" cannot be used");
        check("model = ", &[], "/c/config.toml");
        check("[providers.openai]\nurl = \"x\"", &[], "[providers]");
    }

    #[test]
    fn a_key_stays_with_its_base_url() {
        let check = |file: &str, env: &[(&str, &str)], url: Option<&str>, key: Option<&str>| {
            let provider = load(file, env).unwrap().providers.get("openai").cloned().unwrap_or_default();
            assert_eq!((provider.base_url.as_deref(), provider.key.as_deref()), (url, key), "{file} {env:?}");
        };
        let file = "[providers.openai]\nbase_url = \"https://a\"\nkey = \"file\"";
        check("", &[("OPENAI_API_KEY", "env")], None, Some("env"));
        check(file, &[], Some("https://a"), Some("file"));
        check(file, &[("OPENAI_API_KEY", "env")], Some("https://a"), Some("file"));
        check(file, &[("OPENAI_BASE_URL", "https://b")], Some("https://b"), None);
        check(file, &[("OPENAI_BASE_URL", "https://b"), ("OPENAI_API_KEY", "env")], Some("https://b"), Some("env"));
        let anthropic = load("", &[("ANTHROPIC_API_KEY", "env"), ("OPENAI_API_KEY", "other")]).unwrap();
        assert_eq!(anthropic.providers["anthropic"].key.as_deref(), Some("env"));
        let named = "[providers.openai]\nbase_url = \"https://a\"\nkey_env = \"MY_KEY\"";
        check(named, &[("MY_KEY", "mine")], Some("https://a"), Some("mine"));
    }

    #[test]
    fn debug_output_holds_no_key() {
        let config = load("[providers.openai]\nkey = \"sk-secret\"", &[]).unwrap();
        assert!(!format!("{config:?}").contains("sk-secret"));
    }
}
