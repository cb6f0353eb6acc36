//! Which paths are denied before they are read, since they may hold secrets. Names only: contents are redacted elsewhere.

/// Folders that are denied with everything in them.
const FOLDERS: &[&str] = &[
    ".git",
    ".hg",
    ".svn",
    ".jj",
    ".bzr", // what was deleted is still in there
    ".aws",
    ".azure",
    ".gnupg",
    ".password-store",
    ".secrets",
    ".ssh",
];

/// The last two components of a path.
const PAIRS: &[(&str, &str)] =
    &[(".docker", "config.json"), (".kube", "config"), ("gcloud", "access_tokens.db"), ("gh", "hosts.yml")];

const NAMES: &[&str] = &[
    ".authinfo",
    ".bash_history",
    ".boto",
    ".dockercfg",
    ".dockerconfigjson",
    ".git-credentials",
    ".htpasswd",
    ".my.cnf",
    ".mysql_history",
    ".netrc",
    ".node_repl_history",
    ".npmrc",
    ".pgpass",
    ".psql_history",
    ".pypirc",
    ".python_history",
    ".s3cfg",
    ".vault-token",
    ".vault_pass",
    ".zsh_history",
    "_netrc",
    "htpasswd",
    "kubeconfig",
];

const KEY_EXTENSIONS: &[&str] = &[
    "jks",
    "kdb",
    "kdbx",
    "key",
    "keychain",
    "keychain-db",
    "keystore",
    "keytab",
    "ovpn",
    "p12",
    "p8",
    "pem",
    "pfx",
    "pkcs12",
    "ppk",
    "tfstate",
];

/// Names of private keys that `ssh-keygen` gives, and what people append to them.
const SSH_KEYS: &[&str] = &["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "id_xmss"];

/// Extensions of data. A word like `credentials` denies these, and leaves source code and prose alone.
const DATA: &[&str] = &[
    "",
    "cfg",
    "conf",
    "config",
    "csv",
    "db",
    "enc",
    "env",
    "gpg",
    "ini",
    "json",
    "json5",
    "jsonc",
    "kv",
    "plist",
    "properties",
    "sqlite",
    "sqlite3",
    "toml",
    "tsv",
    "txt",
    "xml",
    "yaml",
    "yml",
];

/// What people append to a file that they set aside, and what editors append to theirs.
const COPIES: &[&str] =
    &[".backup", ".bak", ".copy", ".old", ".orig", ".save", ".swo", ".swp", ".tmp", "#", ".", " ", "~"];

/// Parts of a name that say that the file holds no real values.
const SAMPLES: &[&str] = &["example", "sample", "template"];

/// Whether a file may hold secrets by its path, whatever its case, at any depth. `/` separates components.
pub(super) fn is_secret(path: &str) -> bool {
    let path = fold(path);
    let mut names = path.rsplit('/').map(without_stream);
    let name = names.next().unwrap_or_default();
    let pair = names.clone().next().is_some_and(|folder| PAIRS.contains(&(folder, name)));
    pair || is_secret_name(name) || FOLDERS.contains(&name) || names.any(|folder| FOLDERS.contains(&folder))
}

/// Whether everything in a folder of this name is denied.
pub(crate) fn is_secret_folder(name: &str) -> bool {
    FOLDERS.contains(&without_stream(&fold(name)))
}

/// `name:stream` is a part of the file `name` where NTFS is.
fn without_stream(name: &str) -> &str {
    name.split_once(':').map_or(name, |(name, _)| name)
}

/// Lower case, without the characters that a file system may ignore in a name.
pub(super) fn fold(path: &str) -> String {
    if path.is_ascii() {
        return path.to_ascii_lowercase();
    }
    path.chars()
        .filter(
            |c| !matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}'),
        )
        .map(|c| if c == 'ſ' { 's' } else { c })
        .flat_map(char::to_lowercase)
        .collect()
}

fn is_secret_name(name: &str) -> bool {
    if names_a_secret(name) {
        return true;
    }
    let mut rest = name.strip_prefix(".#").or_else(|| name.strip_prefix('#')).unwrap_or(name);
    while let Some(shorter) = COPIES.iter().find_map(|suffix| rest.strip_suffix(suffix)) {
        rest = shorter;
    }
    // The swap file of `server.key` is `.server.key.swp`.
    rest.len() < name.len() && (names_a_secret(rest) || rest.strip_prefix('.').is_some_and(names_a_secret))
}

fn names_a_secret(name: &str) -> bool {
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, extension),
        _ => (name, ""),
    };
    let is_data = DATA.contains(&extension);
    let sample = name.split('.').any(|part| SAMPLES.contains(&part)) || name.ends_with(".schema.json");
    let word = name.trim_start_matches('.').split('.').next().unwrap_or_default();
    NAMES.contains(&name)
        || KEY_EXTENSIONS.contains(&extension)
        || name.contains(".tfstate")
        || is_data && SSH_KEYS.iter().any(|key| stem.starts_with(key))
        || !sample
            && (name.starts_with(".env")
                || extension == "env"
                || is_data && is_secret_word(word, !extension.is_empty()))
}

/// `credentials`, `aws-credentials`, `secrets`, `app_secrets`, `client_secret_1`, `service-account`, ...
fn is_secret_word(word: &str, has_extension: bool) -> bool {
    let last = word.rsplit(['-', '_', ' ']).next().unwrap_or_default();
    // Without an extension it is a script as likely as not: `rotate-secrets`.
    let word_itself = if has_extension { last } else { word };
    word.starts_with("credential")
        || matches!(word_itself, "credential" | "credentials" | "secret" | "secrets")
        || ["client_secret", "client-secret", "service_account", "service-account"].iter().any(|w| word.starts_with(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_denied() {
        for path in [
            ".env",
            "a/b/.env.production",
            ".ENV.Local",
            ".envrc",
            ".env~",
            ".env.swp",
            "..env.swp",
            ".env:stream",
            ".env.",
            ".e\u{200d}nv",
            "config/prod.env",
            "server.pem",
            "x/SERVER.KEY",
            "server.key.bak",
            ".server.key.swp",
            "#server.key#",
            "example.com.pem",
            "id_rsa",
            "keys/id_ed25519",
            "id_rsa_work",
            "id_rsa.old",
            "store.p12",
            "store.pfx",
            "passwords.kdbx",
            "release.jks",
            ".netrc",
            "web/.npmrc",
            ".pypirc",
            ".git-credentials",
            ".git/config",
            "sub/.GIT/objects/ab/cd",
            ".git",
            ".aws/credentials",
            "home/.ssh/known_hosts",
            ".ſsh/config",
            ".gnupg/x",
            "terraform.tfstate",
            "terraform.tfstate.backup",
            "credentials",
            "credentials.json",
            "credentials.yml.enc",
            "credentials-prod.toml",
            "secrets",
            "aws_credentials.csv",
            "secrets.yaml",
            "secrets.prod.json",
            "k8s/secret.yml",
            "app-secrets.toml",
            "client_secret_12-ab.json",
            "service-account.json",
            ".secrets/db",
            ".docker/config.json",
            ".kube/config",
        ] {
            assert!(is_secret(path), "{path}");
        }
    }

    #[test]
    fn source_and_samples_are_not() {
        for path in [
            ".env.example",
            ".env.sample",
            ".env.template",
            ".env.local.example",
            "example.env",
            "secrets.example.yaml",
            "credentials.rs",
            "src/credentials/mod.rs",
            "src/secrets/mod.rs",
            "keys.py",
            "secrets.py",
            "secret.go",
            "secrets.md",
            "secrets.schema.json",
            "key.rs",
            "monkey.txt",
            "environment.ts",
            "id_rsa.pub",
            "id_rsa.rs",
            "id_rsa_test.go",
            ".gitignore",
            ".gitattributes",
            ".github/workflows/ci.yml",
            "gitconfig",
            "docker/config.json",
            "kube/config",
            "Cargo.toml",
            "a.env.rs",
            "secretary.json",
            "token.rs",
            "bin/rotate-secrets",
            "to-secret",
        ] {
            assert!(!is_secret(path), "{path}");
        }
    }

    #[test]
    fn folders_are_denied_by_their_own_names_only() {
        assert!(is_secret_folder(".git") && is_secret_folder(".SSH"));
        assert!(!is_secret_folder("secrets") && !is_secret_folder(".github") && !is_secret_folder(".env"));
    }
}
