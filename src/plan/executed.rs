//! Files that tools execute, or take commands from, without anybody calling them: each with the sentence for people.

use std::sync::Arc;

use serde_json::Value;

/// Where in a path a rule looks. Names are compared in lower case.
enum At {
    /// The file's name.
    Name(&'static str),
    /// How the name begins and ends.
    Like(&'static str, &'static str),
    /// A folder with everything in it, at any depth; `a/b` is a folder in a folder.
    In(&'static str),
    /// The file's name, in the root of the workspace alone.
    Root(&'static str),
    /// The last components of the path.
    Last(&'static str),
}

use At::{In, Last, Like, Name, Root};

/// The first that fits counts.
const RULES: &[(At, &str)] = &[
    // Rust
    (Name("build.rs"), "cargo runs it before it builds"),
    (Last(".cargo/config"), "cargo takes commands from it: runners, linkers, wrappers"),
    (Last(".cargo/config.toml"), "cargo takes commands from it: runners, linkers, wrappers"),
    (Name("rust-toolchain"), "rustup chooses and installs the toolchain by it"),
    (Name("rust-toolchain.toml"), "rustup chooses and installs the toolchain by it"),
    // JavaScript and TypeScript
    (Like("webpack.", ""), "webpack runs it to build"),
    (Like("vite.config.", ""), "vite runs it to build"),
    (Like("vitest.", ""), "vitest runs it before the tests"),
    (Like("rollup.config.", ""), "rollup runs it to build"),
    (Like("esbuild.", ""), "node runs it to build"),
    (Like("jest.", ""), "jest runs it before the tests"),
    (Like("karma.conf.", ""), "karma runs it before the tests"),
    (Like("playwright.config.", ""), "playwright runs it before the tests"),
    (Like("cypress.config.", ""), "cypress runs it before the tests"),
    (Like(".mocharc", ""), "mocha loads what it names before the tests"),
    (Like("eslint.config.", ""), "eslint and editors run it"),
    (Like(".eslintrc", ""), "eslint and editors run it, or load what it names"),
    (Like("prettier.config.", ""), "prettier and editors run it"),
    (Like(".prettierrc", ""), "prettier and editors load the plugins that it names"),
    (Like("stylelint.config.", ""), "stylelint and editors run it"),
    (Like("babel.config.", ""), "babel runs it to build"),
    (Like(".babelrc", ""), "babel loads the plugins that it names"),
    (Like("postcss.config.", ""), "postcss runs it to build"),
    (Like(".postcssrc", ""), "postcss loads the plugins that it names"),
    (Like("tailwind.config.", ""), "tailwind and editors run it"),
    (Like("next.config.", ""), "next runs it to build"),
    (Like("nuxt.config.", ""), "nuxt runs it to build"),
    (Like("svelte.config.", ""), "svelte runs it to build"),
    (Like("astro.config.", ""), "astro runs it to build"),
    (Like("metro.config.", ""), "metro runs it to build"),
    (Like("commitlint.config.", ""), "commitlint runs it at each commit"),
    (Like("lint-staged.config.", ""), "lint-staged runs it at each commit"),
    (Like(".lintstagedrc", ""), "lint-staged runs its commands at each commit"),
    (Like("gulpfile.", ""), "gulp runs it"),
    (Like("gruntfile.", ""), "grunt runs it"),
    (Name(".pnpmfile.cjs"), "pnpm runs it at each installation"),
    (Name("pnpm-workspace.yaml"), "pnpm allows scripts of packages by it"),
    (Name(".yarnrc"), "yarn takes the program to run from it"),
    (Name(".yarnrc.yml"), "yarn takes the program to run and its plugins from it"),
    (In(".yarn"), "yarn runs it"),
    (Name("deno.json"), "deno takes tasks and imports from it"),
    (Name("deno.jsonc"), "deno takes tasks and imports from it"),
    (Name("bunfig.toml"), "bun loads what it names before it runs"),
    (Name("nx.json"), "nx runs its targets"),
    (Name("angular.json"), "Angular runs the builders that it names"),
    (Name(".angular-cli.json"), "Angular runs the builders that it names"),
    (Like("vue.config.", ""), "vue runs it to build"),
    (Like("remix.config.", ""), "remix runs it to build"),
    (Like("gatsby-", ""), "gatsby runs it to build"),
    (Like("quasar.config.", ""), "quasar runs it to build"),
    (Like("ember-cli-build.", ""), "ember runs it to build"),
    (Like("tsup.config.", ""), "tsup runs it to build"),
    (Like("wdio.conf.", ""), "webdriver runs it before the tests"),
    (Like("protractor.conf.", ""), "protractor runs it before the tests"),
    (Like(".nycrc", ""), "nyc loads what it names before the tests"),
    (Like(".c8rc", ""), "c8 loads what it names before the tests"),
    (Like(".stylelintrc", ""), "stylelint and editors run it, or load what it names"),
    (Like(".swcrc", ""), "swc loads the plugins that it names"),
    (Like(".parcelrc", ""), "parcel loads the plugins that it names"),
    (Like(".releaserc", ""), "semantic-release loads what it names"),
    (Like("release.config.", ""), "semantic-release runs it"),
    (Name("lerna.json"), "lerna takes commands from it"),
    (In(".storybook"), "storybook runs it to build"),
    (Name("turbo.json"), "turbo runs its tasks"),
    // Python
    (Name("setup.py"), "pip runs it to install"),
    (Name("conftest.py"), "pytest runs it before the tests"),
    (Name("pytest.ini"), "pytest loads what it names before the tests"),
    (Name("noxfile.py"), "nox runs it"),
    (Name("dodo.py"), "doit runs it"),
    (Name(".pylintrc"), "pylint and editors run and load what it names"),
    (Name("pylintrc"), "pylint and editors run and load what it names"),
    (Name("mypy.ini"), "mypy and editors load the plugins that it names"),
    (Name(".mypy.ini"), "mypy and editors load the plugins that it names"),
    (Name(".flake8"), "flake8 and editors load the plugins that it names"),
    (Name(".coveragerc"), "coverage loads the plugins that it names"),
    (Name(".pdbrc"), "pdb runs it when it starts there"),
    (Name("pipfile"), "pipenv runs its scripts"),
    (Name("wscript_build"), "waf runs it"),
    (Name("tox.ini"), "tox runs its commands"),
    (Root("tasks.py"), "invoke runs it"),
    (Name("fabfile.py"), "fabric runs it"),
    (Name("sitecustomize.py"), "python runs it whenever it starts there"),
    (Name("usercustomize.py"), "python runs it whenever it starts there"),
    (Like("", ".pth"), "python runs its import lines whenever it starts"),
    (Name("manage.py"), "django runs it for each command"),
    // Others' build tools
    (Name("makefile"), "make runs its commands"),
    (Name("gnumakefile"), "make runs its commands"),
    (Name("bsdmakefile"), "make runs its commands"),
    (Like("makefile.", ""), "make runs its commands"),
    (Like("", ".mk"), "make runs its commands"),
    (Like("", ".mak"), "make runs its commands"),
    (Name("cmakelists.txt"), "cmake runs it to configure"),
    (Like("", ".cmake"), "cmake runs it to configure"),
    (Like("cmake", "presets.json"), "cmake and editors take commands from it"),
    (Name("meson.build"), "meson runs its commands to configure"),
    (Name("configure"), "it is run to configure the build"),
    (Name("configure.ac"), "autoconf makes a script of it"),
    (Name("sconstruct"), "scons runs it"),
    (Name("sconscript"), "scons runs it"),
    (Name("wscript"), "waf runs it"),
    (Name("build.ninja"), "ninja runs its commands"),
    (Name("build"), "bazel runs it to build"),
    (Name("build.bazel"), "bazel runs it to build"),
    (Name("workspace"), "bazel runs it to build"),
    (Name("workspace.bazel"), "bazel runs it to build"),
    (Name("module.bazel"), "bazel runs it to build"),
    (Like("", ".bzl"), "bazel runs it to build"),
    (Name(".bazelrc"), "bazel takes options from it, commands among them"),
    (Name("justfile"), "just runs its commands"),
    (Name(".justfile"), "just runs its commands"),
    (Like("", ".just"), "just runs its commands"),
    (Like("taskfile.", ""), "task runs its commands"),
    (Name("magefile.go"), "mage runs it"),
    (Name("rakefile"), "rake runs it"),
    (Like("", ".rake"), "rake runs it"),
    (Name("gemfile"), "bundler runs it"),
    (Like("", ".gemspec"), "bundler and gem run it"),
    (Name("guardfile"), "guard runs it"),
    (Name("brewfile"), "brew runs it"),
    (Name("podfile"), "cocoapods runs it"),
    (In("fastlane"), "fastlane runs it"),
    (Name("package.swift"), "swift runs it to build"),
    (Like("", ".gradle"), "gradle runs it to build"),
    (Like("", ".gradle.kts"), "gradle runs it to build"),
    (Name("gradle.properties"), "gradle takes options from it, agents among them"),
    (Name("gradlew"), "gradle's wrapper is run to build"),
    (Name("gradlew.bat"), "gradle's wrapper is run to build"),
    (In("gradle/wrapper"), "gradle's wrapper downloads and runs what it names"),
    (In("buildsrc"), "gradle runs it to build"),
    (Name("pom.xml"), "maven runs the plugins that it names"),
    (In(".mvn"), "maven takes extensions and options from it"),
    (Name("mvnw"), "maven's wrapper is run to build"),
    (Name("mvnw.cmd"), "maven's wrapper is run to build"),
    (Name("build.xml"), "ant runs its commands"),
    (Name("build.sbt"), "sbt runs it to build"),
    (Name("build.sc"), "mill runs it to build"),
    (Name("build.zig"), "zig runs it to build"),
    (Like("", ".tf"), "terraform runs the providers and commands that it names"),
    (Like("", ".tf.json"), "terraform runs the providers and commands that it names"),
    (Name("terragrunt.hcl"), "terragrunt runs its commands"),
    (Name(".rspec"), "rspec loads what it names before the tests"),
    (Like(".rubocop", ".yml"), "rubocop and editors load what it names"),
    (Name(".simplecov"), "simplecov runs it before the tests"),
    (Name("config.ru"), "rack runs it"),
    (Like("", ".csproj"), "msbuild runs its tasks"),
    (Like("directory.build.", ""), "msbuild runs its tasks"),
    (Like("", ".targets"), "msbuild runs its tasks"),
    (Like("", ".nix"), "nix evaluates and builds it"),
    // Services
    (In(".github/workflows"), "GitHub runs it on its machines, with the repository's secrets"),
    (In(".github/actions"), "GitHub runs it on its machines, with the repository's secrets"),
    (Name("action.yml"), "GitHub runs it on its machines"),
    (Name("action.yaml"), "GitHub runs it on its machines"),
    (Name(".gitlab-ci.yml"), "GitLab runs it on its machines"),
    (In(".gitlab"), "GitLab may run it on its machines"),
    (In(".circleci"), "CircleCI runs it on its machines"),
    (In(".buildkite"), "Buildkite runs it on its machines"),
    (In(".woodpecker"), "Woodpecker runs it on its machines"),
    (In(".forgejo/workflows"), "Forgejo runs it on its machines"),
    (In(".gitea/workflows"), "Gitea runs it on its machines"),
    (In(".semaphore"), "Semaphore runs it on its machines"),
    (In(".teamcity"), "TeamCity runs it on its machines"),
    (In(".tekton"), "Tekton runs it on its machines"),
    (In(".azuredevops"), "Azure runs it on its machines"),
    (Name("buildspec.yml"), "AWS runs it on its machines"),
    (Name("netlify.toml"), "Netlify runs its commands"),
    (Name("vercel.json"), "Vercel runs its commands"),
    (Name(".travis.yml"), "Travis runs it on its machines"),
    (Name(".drone.yml"), "Drone runs it on its machines"),
    (Name(".cirrus.yml"), "Cirrus runs it on its machines"),
    (Name("appveyor.yml"), "AppVeyor runs it on its machines"),
    (Name("bitbucket-pipelines.yml"), "Bitbucket runs it on its machines"),
    (Like("azure-pipelines", ".yml"), "Azure runs it on its machines"),
    (Like("azure-pipelines", ".yaml"), "Azure runs it on its machines"),
    (Name("jenkinsfile"), "Jenkins runs it on its machines"),
    (Like("jenkinsfile.", ""), "Jenkins runs it on its machines"),
    (Name("cloudbuild.yaml"), "Google Cloud runs it on its machines"),
    (Name("renovate.json"), "Renovate changes the repository by it"),
    (Name("dockerfile"), "docker runs its commands to build"),
    (Like("dockerfile.", ""), "docker runs its commands to build"),
    (Like("", ".dockerfile"), "docker runs its commands to build"),
    (Name("containerfile"), "podman runs its commands to build"),
    (Like("docker-compose", ".yml"), "docker runs what it names, with what it mounts"),
    (Like("docker-compose", ".yaml"), "docker runs what it names, with what it mounts"),
    (Like("compose.", ".yml"), "docker runs what it names, with what it mounts"),
    (Like("compose.", ".yaml"), "docker runs what it names, with what it mounts"),
    (Like("compose.y", ""), "docker runs what it names, with what it mounts"),
    (In(".devcontainer"), "editors build a container by it, and run its commands"),
    (Name(".devcontainer.json"), "editors build a container by it, and run its commands"),
    (Name("vagrantfile"), "vagrant runs it"),
    (Name("procfile"), "servers run its commands"),
    (Name("tiltfile"), "tilt runs it"),
    (Name("earthfile"), "earthly runs its commands"),
    (Name(".gitpod.yml"), "Gitpod runs its commands"),
    // Editors and shells
    (In(".vscode"), "VS Code takes tasks, launches and programs from it"),
    (Like("", ".code-workspace"), "VS Code takes tasks, launches and programs from it"),
    (In(".idea"), "JetBrains editors take run configurations and programs from it"),
    (In(".run"), "JetBrains editors take run configurations from it"),
    (In(".zed"), "Zed takes tasks and programs from it"),
    (In(".helix"), "Helix takes programs from it"),
    (In(".vs"), "Visual Studio takes tasks and programs from it"),
    (In(".fleet"), "Fleet takes run configurations from it"),
    (Name("rust-analyzer.toml"), "rust-analyzer takes commands from it"),
    (Name(".rust-analyzer.toml"), "rust-analyzer takes commands from it"),
    (Name(".clangd"), "clangd takes the compiler to ask from it"),
    (Name("compile_commands.json"), "clangd asks the compilers that it names"),
    (Name(".nvim.lua"), "Neovim runs it when it opens the folder"),
    (Name(".nvimrc"), "Neovim runs it when it opens the folder"),
    (Name(".exrc"), "Vim runs it when it opens the folder"),
    (Name(".vimrc"), "Vim runs it"),
    (Name(".lvimrc"), "Vim runs it when it opens a file"),
    (Name("_vimrc"), "Vim runs it"),
    (Name(".dir-locals.el"), "Emacs runs it when it opens a file"),
    (Name(".dir-locals-2.el"), "Emacs runs it when it opens a file"),
    (Like("", ".sublime-project"), "Sublime Text takes build commands from it"),
    (Name(".envrc"), "direnv runs it when a shell enters the folder"),
    (Name(".mise.toml"), "mise takes tools, tasks and hooks from it"),
    (Name("mise.toml"), "mise takes tools, tasks and hooks from it"),
    (Name(".tool-versions"), "asdf and mise choose tools by it"),
    (Name(".bashrc"), "shells run it"),
    (Name(".bash_profile"), "shells run it"),
    (Name(".profile"), "shells run it"),
    (Name(".zshrc"), "shells run it"),
    (Name(".zshenv"), "shells run it"),
    (Name(".gdbinit"), "gdb runs it when it starts there"),
    (Name(".lldbinit"), "lldb runs it when it starts there"),
    (Name(".rprofile"), "R runs it when it starts there"),
    (Name(".irbrc"), "irb runs it when it starts there"),
    (Name(".pryrc"), "pry runs it when it starts there"),
    (Name(".iex.exs"), "iex runs it when it starts there"),
    (In(".claude"), "coding assistants take commands from it"),
    (In(".cursor"), "coding assistants take commands from it"),
    (In(".gemini"), "coding assistants take commands from it"),
    (In(".codex"), "coding assistants take commands from it"),
    (In(".continue"), "coding assistants take commands from it"),
    (In(".windsurf"), "coding assistants take commands from it"),
    (In(".roo"), "coding assistants take commands from it"),
    (In(".kiro"), "coding assistants take commands from it"),
    (In(".amazonq"), "coding assistants take commands from it"),
    (In(".opencode"), "coding assistants take commands from it"),
    (Name("opencode.json"), "coding assistants take commands from it"),
    (Like(".aider", ""), "coding assistants take commands from it"),
    (Name(".cursorrules"), "coding assistants do what it says"),
    (Name(".windsurfrules"), "coding assistants do what it says"),
    (Name(".clinerules"), "coding assistants do what it says"),
    (In(".clinerules"), "coding assistants do what it says"),
    (Name("agents.md"), "coding assistants do what it says"),
    (Name("claude.md"), "coding assistants do what it says"),
    (Name("gemini.md"), "coding assistants do what it says"),
    (Last(".github/copilot-instructions.md"), "coding assistants do what it says"),
    (In(".github/instructions"), "coding assistants do what it says"),
    (Name(".mcp.json"), "coding assistants start the programs that it names"),
    // Git
    (In(".husky"), "git runs it at commits and pushes"),
    (In(".githooks"), "git runs it at commits and pushes"),
    (In("githooks"), "git may run it at commits and pushes"),
    (In("hooks"), "git runs what is in a folder of hooks"),
    (Name(".pre-commit-config.yaml"), "pre-commit runs what it names at each commit"),
    (Name(".pre-commit-hooks.yaml"), "pre-commit runs what it names at each commit"),
    (Like("lefthook", ".yml"), "lefthook runs its commands at each commit"),
    (Like("lefthook", ".yaml"), "lefthook runs its commands at each commit"),
    (Like("lefthook", ".toml"), "lefthook runs its commands at each commit"),
    (Like("lefthook", ".json"), "lefthook runs its commands at each commit"),
    (Like(".lefthook", ""), "lefthook runs its commands at each commit"),
    (In(".lefthook"), "lefthook runs it at commits"),
    (Name(".overcommit.yml"), "overcommit runs its commands at each commit"),
    (Name(".gitattributes"), "git chooses filters and mergers by it, which are commands"),
    (Name(".gitmodules"), "git fetches other repositories by it"),
    (Name(".gitconfig"), "git takes commands from it"),
    (Name(".lfsconfig"), "git takes addresses from it"),
    // Scripts
    (Like("", ".sh"), "it is a shell script"),
    (Like("", ".bash"), "it is a shell script"),
    (Like("", ".zsh"), "it is a shell script"),
    (Like("", ".fish"), "it is a shell script"),
    (Like("", ".ksh"), "it is a shell script"),
    (Like("", ".ps1"), "it is a shell script"),
    (Like("", ".psm1"), "it is a shell script"),
    (Like("", ".bat"), "it is a shell script"),
    (Like("", ".cmd"), "it is a shell script"),
];

/// Extensions of React and of the like: a folder of `hooks` there is no folder of git hooks.
const HOOKS_OF_CODE: &[&str] =
    &["ts", "tsx", "js", "jsx", "mjs", "vue", "svelte", "rs", "go", "java", "kt", "php", "c", "h", "cpp"];

/// Which tool executes the file of a workspace path, in a sentence for people; `None` when none is known to. `before` and
/// `after` are its texts, `None` where it is created or removed. Letter case does not count, depth neither.
pub fn executed(path: &str, before: Option<&str>, after: Option<&str>) -> Option<String> {
    let path = path.to_lowercase();
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
    if let Some(why) = by_parts(name, before, after) {
        return Some(why);
    }
    let within = |rule: &str| format!("/{folder}/").contains(&format!("/{rule}/"));
    let fits = |at: &At| match at {
        Name(rule) => name == *rule,
        Root(rule) => path == *rule,
        Like(start, end) => name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end),
        In("hooks") => within("hooks") && !HOOKS_OF_CODE.contains(&extension(name)) && extension(name) != "py",
        In(rule) => within(rule),
        Last(rule) => path == *rule || path.ends_with(&format!("/{rule}")),
    };
    if let Some((_, why)) = RULES.iter().find(|(at, _)| fits(at)) {
        return Some((*why).to_owned());
    }
    // A folder with these is a repository, whose configuration names commands.
    if name == "head" && after.is_some() {
        return Some("git takes a folder with it for a repository, whose configuration names commands".to_owned());
    }
    let is_script = [before, after].into_iter().flatten().any(is_shell_script);
    is_script.then(|| "it is a shell script".to_owned())
}

/// Whether a JSON text with comments and spare commas has a key `plugins`, however it is escaped. What takes another one's
/// settings may have them from there, out of packages too.
fn names_plugins(text: &str) -> bool {
    let mut chars = text.char_indices().peekable();
    let mut strings = Vec::new();
    while let Some((at, c)) = chars.next() {
        match (c, chars.peek().map(|(_, next)| *next)) {
            ('/', Some('/')) => while chars.next().is_some_and(|(_, c)| c != '\n' && c != '\r') {},
            ('/', Some('*')) => {
                chars.next();
                let mut last = ' ';
                for (_, c) in chars.by_ref() {
                    if last == '*' && c == '/' {
                        break;
                    }
                    last = c;
                }
            }
            ('"', _) => {
                while let Some((end, c)) = chars.next() {
                    if c == '\\' {
                        chars.next();
                    } else if c == '"' {
                        strings.push(&text[at..=end]);
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    strings.into_iter().any(|string| serde_json::from_str::<String>(string).is_ok_and(|key| key == "plugins"))
}

/// Which tool executes a Rust file by the word of the manifest above it: a build script of another name, a procedural
/// macro's source. `read` gives the texts of workspace paths. What such a file takes in from elsewhere is not followed.
pub fn executed_by_manifest(path: &str, read: &dyn Fn(&str) -> Option<Arc<str>>) -> Option<String> {
    // Where no file can come to be, nothing is looked for.
    if path.split('/').nth(128).is_some() {
        return None;
    }
    let mut folder = path;
    loop {
        let parent = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
        let manifest = if parent.is_empty() { "Cargo.toml".to_owned() } else { format!("{parent}/Cargo.toml") };
        if let Some(text) = read(&manifest) {
            let inside = path.strip_prefix(parent)?.trim_start_matches('/');
            if let Some(why) = by_manifest(inside, &toml(Some(&text))) {
                return Some(why.to_owned());
            }
        }
        if parent.is_empty() {
            return None;
        }
        folder = parent;
    }
}

fn by_manifest(inside: &str, manifest: &Value) -> Option<&'static str> {
    let named = match &manifest["package"]["build"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let plain =
        |path: &str| path.split(['/', '\\']).filter(|part| !matches!(*part, "" | ".")).collect::<Vec<_>>().join("/");
    if named.iter().any(|named| plain(named).eq_ignore_ascii_case(inside)) {
        return Some("cargo runs it before it builds");
    }
    let lib = &manifest["lib"];
    let is_macro = ["proc-macro", "proc_macro"].iter().any(|key| lib[*key] == Value::Bool(true));
    let tests = ["tests/", "benches/", "examples/"].iter().any(|folder| inside.starts_with(folder));
    (is_macro && !tests && inside.to_lowercase().ends_with(".rs"))
        .then_some("the compiler runs it: its crate is a procedural macro")
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn is_shell_script(text: &str) -> bool {
    let Some(line) = text.strip_prefix("#!").and_then(|rest| rest.lines().next()) else { return false };
    let mut words = line.split(['/', ' ', '\t']);
    words.any(|word| matches!(word, "sh" | "bash" | "zsh" | "dash" | "ash" | "ksh" | "fish" | "pwsh" | "nu"))
}

/// Files of which some parts are executed, and are named.
fn by_parts(name: &str, before: Option<&str>, after: Option<&str>) -> Option<String> {
    let both = || [before, after].into_iter().flatten();
    match name {
        "package.json" => Some(changed_parts(
            "npm takes scripts, programs and dependencies from it",
            PACKAGE_JSON,
            &json(before),
            &json(after),
        )),
        "composer.json" => Some("composer runs its scripts".to_owned()),
        "cargo.toml" => Some(changed_parts(
            "cargo takes build scripts, macros and dependencies from it",
            CARGO_TOML,
            &toml(before),
            &toml(after),
        )),
        "pyproject.toml" => {
            Some(changed_parts("pip and tools run what it names", PYPROJECT, &toml(before), &toml(after)))
        }
        "setup.cfg" => Some("pip and tools take commands from it".to_owned()),
        // Beside HEAD it is a repository's.
        "config" => both()
            .any(|text| text.lines().any(|line| line.trim_start().to_lowercase().starts_with("[core")))
            .then(|| "git takes commands from it".to_owned()),
        _ if (name.starts_with("tsconfig") || name.starts_with("jsconfig")) && name.ends_with(".json") => {
            let plugins = both().any(names_plugins);
            plugins.then(|| "editors load the plugins that it names".to_owned())
        }
        _ => None,
    }
}

const PACKAGE_JSON: &[&str] = &[
    "scripts",
    "bin",
    "config",
    "main",
    "exports",
    "dependencies",
    "devDependencies",
    "optionalDependencies",
    "peerDependencies",
    "overrides",
    "resolutions",
    "workspaces",
    "packageManager",
    "husky",
    "lint-staged",
    "jest",
    "babel",
    "eslintConfig",
    "prettier",
    "pnpm",
    "gypfile",
    "directories",
];
const CARGO_TOML: &[&str] = &[
    "package",
    "lib",
    "bin",
    "dependencies",
    "dev-dependencies",
    "build-dependencies",
    "target",
    "patch",
    "replace",
    "workspace",
    "profile",
    "features",
    "lints",
];
const PYPROJECT: &[&str] = &["build-system", "project", "tool", "dependency-groups"];

/// The sentence, and which of the parts that count are changed.
fn changed_parts(sentence: &str, parts: &[&str], before: &Value, after: &Value) -> String {
    let changed: Vec<&str> = parts.iter().filter(|part| before.get(part) != after.get(part)).copied().collect();
    match &changed[..] {
        [] => sentence.to_owned(),
        changed => format!("{sentence}; this changes {}", changed.join(", ")),
    }
}

fn json(text: Option<&str>) -> Value {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

fn toml(text: Option<&str>) -> Value {
    text.and_then(|text| toml::from_str(text).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_named() {
        for (path, text, expect) in [
            ("build.rs", "", Some("cargo runs it before it builds")),
            ("crates/a/BUILD.RS", "", Some("cargo runs it before it builds")),
            ("src/build.rs.txt", "", None),
            ("src/rebuild.rs", "", None),
            (".cargo/config.toml", "", Some("cargo takes commands from it: runners, linkers, wrappers")),
            ("a/.Cargo/Config", "", Some("cargo takes commands from it: runners, linkers, wrappers")),
            ("config.toml", "", None),
            (".github/workflows/x/ci.yml", "", Some("GitHub runs it on its machines, with the repository's secrets")),
            (".github/CODEOWNERS", "", None),
            ("a/conftest.py", "", Some("pytest runs it before the tests")),
            ("Makefile", "", Some("make runs its commands")),
            ("rules.MK", "", Some("make runs its commands")),
            ("Makefile.am", "", Some("make runs its commands")),
            ("app.gradle.kts", "", Some("gradle runs it to build")),
            ("Jenkinsfile.release", "", Some("Jenkins runs it on its machines")),
            (".vscode/settings.json", "", Some("VS Code takes tasks, launches and programs from it")),
            (".envrc", "", Some("direnv runs it when a shell enters the folder")),
            ("x/vite.config.mts", "", Some("vite runs it to build")),
            ("tsconfig.json", "{}", None),
            ("tsconfig.base.json", "{\"plugins\": []}", Some("editors load the plugins that it names")),
            ("scripts/run", "#!/usr/bin/env bash\n", Some("it is a shell script")),
            ("scripts/run", "#!/bin/sh -e\n", Some("it is a shell script")),
            ("scripts/run.py", "#!/usr/bin/env python3\n", None),
            ("a/deploy.sh", "", Some("it is a shell script")),
            ("git/hooks/pre-commit", "", Some("git runs what is in a folder of hooks")),
            ("src/hooks/useThing.ts", "", None),
            (
                "src/HEAD",
                "ref:",
                Some("git takes a folder with it for a repository, whose configuration names commands"),
            ),
            ("lib/x.pth", "", Some("python runs its import lines whenever it starts")),
            ("src/main.rs", "fn main() {}", None),
            ("tsconfig.json", "{ // \"plugins\"\n /* \"plugins\" */ \"a\": \"no \\\"plugins\\\"\" }", None),
            ("jsconfig.json", "{\"\\u0070lugins\": [],}", Some("editors load the plugins that it names")),
            ("x/config", "[core]\n\tbare = true\n", Some("git takes commands from it")),
            ("x/config", "[server]\n", None),
            (".storybook/main.ts", "", Some("storybook runs it to build")),
            ("lefthook-local.yaml", "", Some("lefthook runs its commands at each commit")),
            ("compose.override.yaml", "", Some("docker runs what it names, with what it mounts")),
            ("a/AGENTS.md", "", Some("coding assistants do what it says")),
            ("main.tf", "", Some("terraform runs the providers and commands that it names")),
            ("src/setup.rs", "", None),
            ("app/tasks.py", "", None),
            ("src/dockerfile_parser.rs", "", None),
        ] {
            assert_eq!(executed(path, None, Some(text)).as_deref(), expect, "{path}");
        }
    }

    #[test]
    fn manifests_name_what_cargo_runs() {
        let build = Some("cargo runs it before it builds");
        let mac = Some("the compiler runs it: its crate is a procedural macro");
        for (path, manifest, expect) in [
            ("c/tools/gen.rs", "[package]\nbuild = \"./tools/gen.rs\"", build),
            ("c/tools/gen.rs", "[package]\nbuild = [\"a.rs\", \"tools/gen.rs\"]", build),
            ("c/tools/other.rs", "[package]\nbuild = \"tools/gen.rs\"", None),
            ("c/src/deep/x.rs", "[lib]\nproc-macro = true", mac),
            ("c/src/x.rs", "[lib]\nproc-macro = false", None),
            ("c/README.md", "[lib]\nproc-macro = true", None),
            ("d/src/x.rs", "[lib]\nproc-macro = true", None),
        ] {
            let read = |path: &str| (path == "c/Cargo.toml").then(|| Arc::from(manifest));
            assert_eq!(executed_by_manifest(path, &read).as_deref(), expect, "{path} {manifest}");
        }
    }

    #[test]
    fn changed_parts_are_named() {
        let npm = "npm takes scripts, programs and dependencies from it";
        let cargo = "cargo takes build scripts, macros and dependencies from it";
        for (path, before, after, expect) in [
            ("package.json", Some("{}"), Some("{\"scripts\": {\"a\": \"b\"}}"), format!("{npm}; this changes scripts")),
            ("package.json", Some("{\"name\": 1}"), Some("{\"name\": 2}"), npm.to_owned()),
            ("package.json", Some("{"), Some("{"), npm.to_owned()),
            ("a/Cargo.toml", None, Some("[patch.crates-io]\na = \"1\""), format!("{cargo}; this changes patch")),
        ] {
            assert_eq!(executed(path, before, after), Some(expect));
        }
    }
}
