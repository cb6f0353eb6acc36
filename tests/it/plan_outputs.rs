//! Plans as patches, held against git itself, and as JSON, held against the schema.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::json;
use spelunk::plan::checks::Problem;
use spelunk::plan::verify::Verified;
use spelunk::plan::{Document, Doubt, Edit, FileChange, Step, diff};

/// A folder's files: what is in them, and whether they may be executed.
type Tree = BTreeMap<String, (Vec<u8>, bool)>;

/// git in a folder, with nobody's settings, given a text.
fn git(dir: &Path, arguments: &[&str], input: &str) -> Result<(), String> {
    let mut command = Command::new("git");
    command.current_dir(dir).args(arguments).env("HOME", dir);
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env_remove("GIT_DIR");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| e.to_string())?;
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // A git that has seen enough may close its end.
    let writer = std::thread::spawn(move || drop(std::io::Write::write_all(&mut stdin, input.as_bytes())));
    let output = child.wait_with_output().map_err(|e| e.to_string())?;
    writer.join().unwrap();
    output.status.success().then_some(()).ok_or_else(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

fn write(dir: &Path, tree: &Tree) {
    for (path, (bytes, executable)) in tree {
        let path = dir.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        let mode = if *executable { 0o755 } else { 0o644 };
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
}

fn read(dir: &Path) -> Tree {
    let (mut tree, mut folders) = (Tree::new(), vec![dir.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.extend((!path.ends_with(".git")).then_some(path));
                continue;
            }
            let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
            let executable = path.metadata().unwrap().permissions().mode() & 0o111 != 0;
            tree.insert(name, (std::fs::read(&path).unwrap(), executable));
        }
    }
    tree
}

/// A file before, with what happens to it.
#[derive(Debug, Clone)]
struct File {
    text: String,
    executable: bool,
    change: FileChange,
}

const BOM: &str = "\u{feff}";

fn bytes(change: &FileChange, text: &str) -> Vec<u8> {
    if change.bom { [BOM, text].concat().into_bytes() } else { text.as_bytes().to_vec() }
}

/// Has git check the plan's patch, apply it, and take it back.
fn check(files: &[File]) -> Result<(), String> {
    let texts: BTreeMap<&str, Arc<str>> =
        files.iter().filter_map(|file| Some((file.change.before.as_deref()?, file.text.as_str().into()))).collect();
    let document = Document { files: files.iter().map(|file| file.change.clone()).collect(), ..Document::default() };
    let patch = diff(&document, &|path| texts.get(path).cloned()).map_err(|error| error.to_string())?;
    let (mut before, mut after, mut back) = (Tree::new(), Tree::new(), Tree::new());
    for File { text, executable, change } in files {
        if let Some(path) = &change.before {
            before.insert(path.clone(), (bytes(change, text), *executable));
            // The plan does not know the mode of what it removes.
            back.insert(path.clone(), (bytes(change, text), *executable && change.after.is_some()));
        }
        if let Some(path) = &change.after {
            let text = change.apply(text).ok_or("the edits do not fit")?;
            after.insert(path.clone(), (bytes(change, &text), *executable));
        }
    }
    let dir = tempfile::tempdir().unwrap();
    git(dir.path(), &["init", "--quiet"], "")?;
    write(dir.path(), &before);
    if patch.is_empty() {
        return (before == after).then_some(()).ok_or_else(|| "the patch is empty".to_owned());
    }
    let run = |arguments: &[&str]| git(dir.path(), arguments, &patch).map_err(|error| format!("{error}\n{patch}"));
    let is = |expect: &Tree, what: &str| {
        let got = read(dir.path());
        let differ: Vec<_> = expect.iter().filter(|(path, file)| got.get(*path) != Some(file)).collect();
        let surplus: Vec<_> = got.keys().filter(|path| !expect.contains_key(*path)).collect();
        let same = differ.is_empty() && surplus.is_empty();
        same.then_some(()).ok_or_else(|| format!("{what}: not as expected {differ:?}, too much {surplus:?}\n{patch}"))
    };
    run(&["apply", "--check"])?;
    is(&before, "checked")?;
    run(&["apply", "--whitespace=nowarn"])?;
    is(&after, "applied")?;
    run(&["apply", "-R", "--whitespace=nowarn"])?;
    is(&back, "taken back")
}

fn texts(size: usize) -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "\n",
        "\n",
        "\n",
        "\r\n",
        "\r",
        "é",
        "a",
        "b",
        "+",
        "-",
        " ",
        "\t",
        "\\",
        "@@ -1 +1 @@",
        "diff --git a/x b/x\n",
        "😀",
        "--- a/x\n",
        "a\n",
        "b\n",
        "\n\n",
    ]);
    prop::collection::vec(pieces, 0..size).prop_map(|pieces| pieces.concat())
}

/// Edits of a text: where they begin and how much they replace, each as a share of what is left.
fn edits(text: &str, script: &[(u16, u16, String)]) -> Vec<Edit> {
    let (mut edits, mut at) = (Vec::new(), 0);
    for (skip, length, new) in script {
        let part =
            |from: usize, share: u16| text.floor_char_boundary(from + (text.len() - from) * share as usize / 65536);
        let start = part(at, *skip);
        let end = part(start, *length);
        let line = text[..start].matches('\n').count() as u32 + 1;
        edits.push(Edit { start, line, old: text[start..end].to_owned(), new: new.clone(), steps: vec![1] });
        at = end;
    }
    edits
}

#[derive(Debug, Clone)]
struct Drawn {
    text: String,
    script: Vec<(u16, u16, String)>,
    /// Where it goes: 0 away, 1 to 3 nowhere, else to a name by chance.
    fate: u8,
    goal: prop::sample::Index,
    executable: bool,
    bom: bool,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let script = prop::collection::vec((any::<u16>(), 0_u16..20_000, texts(6)), 0..6);
    let flags = (0_u8..8, any::<prop::sample::Index>(), any::<bool>(), any::<bool>());
    (texts(60), script, flags).prop_map(|(text, script, (fate, goal, executable, bom))| Drawn {
        text,
        script,
        fate,
        goal,
        executable,
        bom,
    })
}

fn name() -> impl Strategy<Value = String> {
    let pieces = vec!["a", "b", " ", "é", "\"", "\\", "\t", "'", "😀", "\n", "-", "/", "\r", "$", "\u{7f}", "b/"];
    prop::collection::vec(prop::sample::select(pieces), 0..6).prop_map(|pieces| pieces.concat())
}

/// The files of a plan whose names are taken, left and exchanged.
fn plan() -> impl Strategy<Value = Vec<File>> {
    (prop::collection::vec(name(), 8), prop::collection::vec(drawn(), 1..6), prop::collection::vec(drawn(), 0..3))
        .prop_map(|(names, old, new)| {
            // Another number each: no two are the same, and none is the folder of another.
            let names: Vec<String> = names
                .iter()
                .enumerate()
                .map(|(at, name)| {
                    format!("{at}{}{at}", name.split('/').collect::<Vec<_>>().join(&format!("{at}/{at}")))
                })
                .collect();
            let mut free: Vec<&String> = names.iter().collect();
            let mut files: Vec<File> = Vec::new();
            // Those that stay have their names first.
            free.retain(|name| {
                !names.iter().zip(&old).any(|(old, drawn)| old == *name && (1..4).contains(&drawn.fate))
            });
            for (before, drawn) in names.iter().zip(&old) {
                let mut change = FileChange { before: Some(before.clone()), bom: drawn.bom, ..FileChange::default() };
                change.hash = Some(blake3::hash(drawn.text.as_bytes()).to_hex().to_string());
                change.after = match drawn.fate {
                    0 => None,
                    1..4 => Some(before.clone()),
                    _ => Some(free.remove(drawn.goal.index(free.len())).clone()),
                };
                change.edits = match change.after {
                    None => {
                        vec![Edit { start: 0, line: 1, old: drawn.text.clone(), new: String::new(), steps: vec![1] }]
                    }
                    Some(_) => edits(&drawn.text, &drawn.script),
                };
                files.push(File { text: drawn.text.clone(), executable: drawn.executable, change });
            }
            for drawn in &new {
                let after = Some(free.remove(drawn.goal.index(free.len())).clone());
                let edit = Edit { start: 0, line: 1, old: String::new(), new: drawn.text.clone(), steps: vec![1] };
                let change = FileChange { after, edits: vec![edit], bom: drawn.bom, ..FileChange::default() };
                files.push(File { text: String::new(), executable: false, change });
            }
            files
        })
}

/// Plans in one patch, each in a folder of its own, so that git starts once for all of them.
const AT_ONCE: usize = 30;

fn many() -> impl Strategy<Value = Vec<File>> {
    prop::collection::vec(plan(), AT_ONCE).prop_map(|plans| {
        let mut files = Vec::new();
        for (at, plan) in plans.into_iter().enumerate() {
            for mut file in plan {
                let inside = |path: Option<String>| path.map(|path| format!("plan {at}/{path}"));
                (file.change.before, file.change.after) = (inside(file.change.before), inside(file.change.after));
                files.push(file);
            }
        }
        files.sort_by(|a, b| a.change.path().cmp(b.change.path()));
        files
    })
}

fn cases(plans: u32, seed: u64) -> ProptestConfig {
    let cases = plans.div_ceil(AT_ONCE as u32);
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        ..ProptestConfig::default()
    };
    // Each step of finding a smaller one starts git three times.
    ProptestConfig { max_shrink_iters: 200, ..config }
}

proptest! {
    #![proptest_config(cases(300, 11))]

    #[test]
    fn git_makes_of_a_patch_what_the_plan_says(files in many()) {
        check(&files).map_err(TestCaseError::fail)?;
    }
}

proptest! {
    #![proptest_config(cases(10_000, 12))]

    #[test]
    #[ignore = "minutes: 10,000 plans"]
    fn git_makes_of_ten_thousand_patches_what_the_plans_say(files in many()) {
        check(&files).map_err(TestCaseError::fail)?;
    }
}

fn file(before: Option<&str>, after: Option<&str>, text: &str, edits: Vec<(usize, &str, &str)>) -> File {
    let edit = |(start, old, new): (usize, &str, &str)| Edit {
        start,
        line: 1,
        old: old.to_owned(),
        new: new.to_owned(),
        steps: vec![1],
    };
    let change = FileChange {
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
        edits: edits.into_iter().map(edit).collect(),
        ..FileChange::default()
    };
    File { text: text.to_owned(), executable: false, change }
}

#[test]
fn paths_may_be_taken_over() {
    let plans: [Vec<File>; 6] = [
        // A removed file's path is moved to, and a moved file's path is created.
        vec![
            file(None, Some("a"), "", vec![(0, "", "new\n")]),
            file(Some("a"), Some("b"), "a\n", vec![(0, "a", "A")]),
            file(Some("b"), None, "b\n", vec![(0, "b\n", "")]),
        ],
        // Names are exchanged.
        vec![file(Some("a"), Some("b"), "a\n", vec![]), file(Some("b"), Some("a"), "b\n", vec![(1, "", "!")])],
        // A chain.
        vec![
            file(Some("a"), Some("b"), "a\n", vec![]),
            file(Some("b"), Some("c"), "b\n", vec![]),
            file(Some("c"), Some("d/c"), "c\n", vec![]),
        ],
        // A file becomes a folder, and a folder a file.
        vec![file(Some("m.rs"), Some("m/mod.rs"), "m\n", vec![]), file(Some("n/mod.rs"), Some("o.rs"), "n\n", vec![])],
        vec![file(Some("m"), Some("m/mod.rs"), "m\n", vec![])],
        vec![file(Some("a"), None, "a", vec![(0, "a", "")]), file(None, Some("a"), "", vec![(0, "", "b")])],
    ];
    for plan in plans {
        check(&plan).unwrap();
    }
}

#[test]
fn texts_at_the_limits() {
    let long = "x".repeat(3_000_000);
    let big: String = (0..250_000).map(|line| format!("let line_{line} = something({line}, \"text\");\n")).collect();
    let middle = big.len() / 2;
    let old = &big[middle..middle + 4];
    check(&[
        file(Some("long"), Some("long"), &long, vec![(0, "x", "y"), (long.len() - 1, "x", "z\n")]),
        file(
            Some("big"),
            Some("moved/big"),
            &big,
            vec![(0, "let", "var"), (middle, old, "a\rb"), (big.len() - 1, "\n", "")],
        ),
        file(Some("empty"), None, "", vec![]),
        file(Some("empty too"), Some("filled"), "", vec![(0, "", "text")]),
        file(Some("emptied"), Some("emptied"), "text\n", vec![(0, "text\n", "")]),
        file(None, Some("new and empty"), "", vec![(0, "", "")]),
        file(Some("touched"), Some("touched"), "text\n", vec![(0, "text", "text")]),
    ])
    .unwrap();
}

fn schema() -> jsonschema::Validator {
    let text = include_str!("../../docs/plan.schema.json");
    jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap()
}

/// Documents with everything that a plan may hold, and without.
fn document() -> impl Strategy<Value = Document> {
    let problem =
        (any::<bool>(), prop::option::of(1_u32..9), prop::option::of("[a-z]{1,9}"), prop::option::of(1_u32..99))
            .prop_map(|(fatal, step, path, line)| Problem {
                check: "parse".to_owned(),
                fatal,
                step,
                path,
                line,
                message: String::new(),
            });
    let verified = (any::<bool>(), texts(5), 0_u32..9999).prop_map(|(passed, output, seconds)| Verified {
        command: "cargo check".to_owned(),
        plan: Document::default().hash(),
        passed,
        how: "exit code 0".to_owned(),
        output,
        seconds: f64::from(seconds) / 4.0,
        confined: vec!["no network".to_owned()],
        ..Verified::default()
    });
    let rest =
        (prop::collection::vec(problem, 0..3), prop::option::of(verified), any::<bool>(), prop::option::of(texts(3)));
    (plan(), texts(5), rest).prop_map(|(plan, text, (problems, verified, doubtful, executed))| {
        let mut files: Vec<FileChange> = plan.into_iter().map(|file| file.change).collect();
        files[0].executed = executed;
        files[0].steps = problems.iter().filter_map(|problem| problem.step).collect();
        let edit = files[0].edits.first().cloned();
        let hash = edit.as_ref().map(|_| blake3::hash(b"a").to_hex().to_string());
        let doubt =
            Doubt { step: 1, path: "a".to_owned(), hash, line: 1, text: text.clone(), edit, ..Doubt::default() };
        Document {
            version: spelunk::plan::VERSION,
            request: text.clone(),
            summary: text.clone(),
            steps: vec![Step { id: 1, title: text.clone(), why: text }],
            files,
            doubts: doubtful.then_some(doubt).into_iter().collect(),
            problems,
            checked: vec!["parse".to_owned()],
            verified,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, rng_seed: RngSeed::Fixed(13), ..ProptestConfig::default() })]

    #[test]
    fn every_document_has_the_shape_that_is_described(document in document()) {
        thread_local!(static SCHEMA: jsonschema::Validator = schema());
        let json = serde_json::to_value(&document).unwrap();
        let errors: Vec<String> = SCHEMA.with(|schema| schema.iter_errors(&json).map(|error| error.to_string()).collect());
        prop_assert!(errors.is_empty(), "{errors:?} in {json}");
        prop_assert_eq!(serde_json::from_value::<Document>(json).unwrap(), document);
    }
}

#[test]
fn the_schema_says_no_to_other_shapes() {
    let good = || {
        let change =
            FileChange { hash: Some("0".repeat(64)), ..file(Some("a"), Some("a"), "", vec![(0, "b", "c")]).change };
        serde_json::to_value(Document { version: spelunk::plan::VERSION, files: vec![change], ..Document::default() })
            .unwrap()
    };
    let schema = schema();
    assert!(schema.is_valid(&good()));
    let bad: [(&str, serde_json::Value); 9] = [
        ("/version", json!(2)),
        ("/request", json!(null)),
        ("/files/0/hash", json!("abc")),
        ("/files/0/hash", json!(null)),
        ("/files/0/before", json!("")),
        ("/files/0/edits/0/start", json!(-1)),
        ("/files/0/edits/0/steps", json!([0])),
        ("/doubts", json!([{ "step": 1 }])),
        ("/files/0", json!({ "before": null, "after": null, "hash": null, "edits": [] })),
    ];
    for (pointer, value) in bad {
        let mut json = good();
        *json.pointer_mut(pointer).unwrap() = value;
        assert!(!schema.is_valid(&json), "{pointer} in {json}");
    }
    let mut json = good();
    json["more"] = json!(1);
    assert!(!schema.is_valid(&json));
}

#[test]
fn the_example_of_the_documentation_has_the_shape() {
    let page = include_str!("../../docs/plans.md");
    let example = page.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let json: serde_json::Value = serde_json::from_str(example).unwrap();
    assert!(schema().is_valid(&json));
    assert_eq!(serde_json::to_value(serde_json::from_value::<Document>(json.clone()).unwrap()).unwrap(), json);
}
