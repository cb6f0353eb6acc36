//! The table of the repository engine's speed: `make table`, or `cargo bench --bench engine -- [ROW …]` for some of its rows.
//!
//! What is needed beside this program, and how each row is measured, is in `benches/README.md`.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for people who measure"
)]

#[path = "../lsp.rs"]
mod lsp;
mod measure;
mod own;
mod peers;
mod trees;

use std::path::Path;

use measure::{Bound, quantile, row, run, shown, skipped};
use own::command;

const NO_LITERAL: &str = r"[A-Z][a-z]+_[a-z]+\(\w+\)";

/// Names that are defined once in Linux, of each kind.
const LINUX: &[&str] = &["tcp_v4_connect", "ext4_fill_super", "task_struct", "vfs_fallocate", "NETLINK_CB"];

fn main() {
    // Cargo adds `--bench`; other words name the rows to measure.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if words.first().is_some_and(|word| word == own::OWN) {
        return own::serve(&words[1..]);
    }
    let (linux, v8) = (trees::linux(), trees::v8());
    let rows: [(&str, &dyn Fn()); 9] = [
        ("first", &|| first(&[("K", linux.as_deref(), "tcp_v4_connect"), ("V", v8.as_deref(), "NewSyntheticModule")])),
        ("searches", &|| on(linux.as_deref(), "K: searches", searches)),
        ("regex", &|| on(linux.as_deref(), "K: a regex without a literal", regex)),
        ("definition", &|| on(linux.as_deref(), "K: where is X defined", definition)),
        ("tier", &|| on(linux.as_deref(), "K: the text tier", tier)),
        ("everything", &|| on(linux.as_deref(), "K: every definition and reference", everything)),
        ("parse", &|| parse(linux.as_deref(), v8.as_deref())),
        ("edits", &edits),
        ("hostile", &|| on(v8.as_deref(), "V with hostile files", hostile)),
    ];
    println!("| what | ours | beside | | bound | verdict |\n|---|---|---|---|---|---|");
    for (name, measure) in rows {
        if words.is_empty() || words.iter().any(|word| word == name) {
            measure();
        }
    }
}

/// Measures on a tree, if it is there.
fn on(tree: Option<&Path>, what: &str, measure: fn(&Path)) {
    match tree {
        Some(tree) => measure(tree),
        None => skipped(what, "the tree is not there"),
    }
}

fn first(trees: &[(&str, Option<&Path>, &str)]) {
    for &(name, tree, pattern) in trees {
        let what = format!("{name}: first search after start, `{pattern}`");
        let (Some(tree), Some(rg)) = (tree, peers::rg()) else {
            skipped(&what, "no tree or no rg");
            continue;
        };
        let (mut ours, mut beside) = (Vec::new(), Vec::new());
        for round in 0..9 {
            let ran = run(command("search", tree).arg(pattern)).unwrap();
            let (peer, lines) = peers::rg_count(&rg, pattern, false, tree);
            assert_eq!(ran.number("lines"), lines as f64, "{what}");
            // The first round warms the page cache.
            if round > 0 {
                ours.push(ran.wall.as_secs_f64());
                beside.push(peer.wall.as_secs_f64());
            }
        }
        let (ours, beside) = (quantile(&ours, 0.5), quantile(&beside, 0.5));
        row(
            &what,
            &shown(ours),
            &format!("rg {}", shown(beside)),
            ours / beside,
            "x its time",
            Bound::AtMost(1.1),
            0.8,
        );
    }
}

fn searches(tree: &Path) {
    let words = run(command("words", tree).arg("200")).unwrap();
    let drawn = |which: &str| words.said(which).unwrap_or_default().split(' ').map(str::to_owned).collect::<Vec<_>>();
    searched(tree, "K: warm selective search, 200 identifiers", &drawn("selective"), true);
    searched(tree, "K: warm search, 200 identifiers of any frequency", &drawn("any"), false);
}

/// Searches for words, each once. Selective ones are compared with ripgrepx too.
fn searched(tree: &Path, what: &str, words: &[String], selective: bool) {
    let ran = run(command("searches", tree).args(["1", "fixed"]).args(words)).unwrap();
    let (seconds, lines) = (ran.numbers("seconds"), ran.numbers("lines"));
    let (middle, late) = (quantile(&seconds, 0.5), quantile(&seconds, 0.99));
    let ours = format!("p50 {}, p99 {}", shown(middle), shown(late));
    // A few of them say what rg takes: it reads everything whatever is looked for.
    let some = words.iter().zip(&lines).step_by(words.len() / 20);
    match peers::rg() {
        None => skipped(what, "no rg"),
        Some(rg) => {
            let times: Vec<f64> = some
                .clone()
                .map(|(word, ours)| {
                    let (ran, lines) = peers::rg_count(&rg, word, true, tree);
                    assert_eq!(lines as f64, *ours, "{word}");
                    ran.wall.as_secs_f64()
                })
                .collect();
            let peer = quantile(&times, 0.5);
            row(what, &ours, &format!("rg {}", shown(peer)), peer / middle, "x faster", Bound::AtLeast(30.0), 100.0);
        }
    }
    if !selective {
        return;
    }
    match peers::Rgx::start(tree) {
        None => skipped(what, "no ripgrepx"),
        Some(rgx) => {
            let times: Vec<f64> = words
                .iter()
                .zip(&lines)
                .step_by(2)
                .map(|(word, ours)| {
                    let (ran, lines) = rgx.count(word);
                    assert_eq!(lines as f64, *ours, "{word}");
                    ran.wall.as_secs_f64()
                })
                .collect();
            let peer = quantile(&times, 0.5);
            let beside = format!("ripgrepx, warm, {}", shown(peer));
            row(what, &ours, &beside, peer / middle, "x faster", Bound::AtLeast(5.0), 5.0);
        }
    }
    row("K: the same, p99", &shown(late), "", late * 1e3, " ms", Bound::Aim, 10.0);
}

fn regex(tree: &Path) {
    let what = format!("K: `{NO_LITERAL}`, warm");
    let Some(rg) = peers::rg() else { return skipped(&what, "no rg") };
    let ran = run(command("searches", tree).args(["3", "regex", NO_LITERAL])).unwrap();
    let (ours, lines) = (quantile(&ran.numbers("seconds"), 0.5), ran.numbers("lines")[0]);
    let times: Vec<f64> = (0..3)
        .map(|_| {
            let (ran, found) = peers::rg_count(&rg, NO_LITERAL, false, tree);
            assert_eq!(found as f64, lines, "{what}");
            ran.wall.as_secs_f64()
        })
        .collect();
    let peer = quantile(&times, 0.5);
    row(&what, &shown(ours), &format!("rg {}", shown(peer)), ours / peer, "x its time", Bound::AtMost(1.0), 0.5);
}

fn definition(tree: &Path) {
    let what = "K: cold \"where is X defined\", nothing saved";
    let Some(ctags) = peers::ctags() else { return skipped(what, "no ctags") };
    let tags = peers::Tags::of(&ctags, tree, &["--fields=+n"]);
    let (mut times, mut looks) = (Vec::new(), Vec::new());
    for name in LINUX {
        let runs: Vec<_> = (0..3).map(|_| run(command("definition", tree).arg(name)).unwrap()).collect();
        times.extend(runs.iter().map(|ran| ran.wall.as_secs_f64()));
        let Some((look, places)) = tags.look_up(name, tree) else { return skipped(what, "no readtags") };
        looks.push(look.as_secs_f64());
        let first = runs[0].said("first").unwrap_or_default();
        assert!(places.iter().any(|place| place == first), "{name}: {first} is none of {places:?}");
    }
    let (ours, look) = (quantile(&times, 0.5), quantile(&looks, 0.5));
    let peer = tags.built.as_secs_f64() + look;
    let beside = format!("ctags -R and readtags {}", shown(peer));
    row(what, &shown(ours), &beside, peer / ours, "x faster", Bound::AtLeast(15.0), 30.0);
    saved(tree, look);
}

/// The same with what `spelunk index` keeps.
fn saved(tree: &Path, look: f64) {
    let what = "K: \"where is X defined\", index kept, process start to answer";
    let cache = tempfile::tempdir().unwrap();
    let kept = run(command("keep", tree).arg(cache.path())).unwrap();
    if kept.said("kept") != Some("true") {
        return skipped(what, "nothing was kept");
    }
    let times: Vec<f64> = LINUX
        .iter()
        .flat_map(|name| std::iter::repeat_n(name, 5))
        .map(|name| run(command("definition", tree).arg(name).arg(cache.path())).unwrap())
        .map(|ran| ran.wall.as_secs_f64())
        .collect();
    let ours = quantile(&times, 0.5);
    let beside = format!("readtags {}, once ctags has built", shown(look));
    row(what, &shown(ours), &beside, ours * 1e3, " ms", Bound::AtMost(300.0), 80.0);
}

fn tier(tree: &Path) {
    let ours = run(&mut command("tier", tree)).unwrap();
    let source = ours.number("source");
    let (build, memory) = ("K: text tier built, processor time", "K: memory per MB of source, contents apart");
    let shown_ours = format!(
        "{:.2} s ({:.0} MB/s), wall {:.2} s",
        ours.number("cpu"),
        source / 1e6 / ours.number("cpu"),
        ours.number("wall")
    );
    let per = |bytes: f64| bytes / source;
    let with = per(ours.number("resident"));
    let apart = with - per(ours.number("texts"));
    let shown_memory =
        format!("{apart:.3} MB, of that the index {:.3}; with texts {with:.3}", per(ours.number("index")));
    let memories = |beside: &str| {
        row(memory, &shown_memory, beside, apart, " MB", Bound::AtMost(0.2), 0.12);
        row("K: the same with contents", &format!("{with:.3} MB"), beside, with, " MB", Bound::AtMost(1.25), 0.6);
    };
    match peers::Rgx::start(tree) {
        None => {
            skipped(build, "no ripgrepx");
            memories("no ripgrepx");
        }
        Some(rgx) => {
            let (cpu, wall) = rgx.built;
            let beside = format!("ripgrepx {cpu:.1} s, wall {}", shown(wall.as_secs_f64()));
            row(build, &shown_ours, &beside, cpu / ours.number("cpu"), "x less", Bound::AtLeast(7.0), 12.0);
            memories(&format!("ripgrepx {:.3} MB", per(rgx.memory() as f64)));
        }
    }
    println!("<!-- the most while building: {:.3} MB per MB -->", per(ours.peak as f64));
}

fn everything(tree: &Path) {
    let what = "K: every definition and reference, all threads";
    let ours = run(&mut command("everything", tree)).unwrap();
    let (wall, megabytes) = (ours.number("wall"), ours.number("bytes") / 1e6);
    let shown_ours = format!("{} ({:.1} MB/s and core)", shown(wall), megabytes / ours.number("cpu"));
    println!("<!-- {} definitions, {} uses, {megabytes:.0} MB -->", ours.number("definitions"), ours.number("uses"));
    let Some(ctags) = peers::ctags() else { return skipped(what, "no ctags") };
    let languages = "--languages=C,C++,Java,JavaScript,TypeScript,Python,Rust,Go,Sh,Ruby,PHP,Lua";
    let peer = peers::Tags::of(&ctags, tree, &["--sort=no", languages]).built.as_secs_f64();
    let beside = format!("ctags, definitions only, {}", shown(peer));
    row(what, &shown_ours, &beside, wall / peer, "x its time", Bound::AtMost(1.5), 1.0);
}

fn parse(linux: Option<&Path>, v8: Option<&Path>) {
    let Some(peer) = peers::ast_grep() else { return skipped("parse and extract", "no ast-grep") };
    let (mut product, mut count) = (1.0, 0);
    for (language, tree) in trees::samples(linux, v8) {
        let what = format!("parse and extract, {language}");
        let ours = run(&mut command("extract", tree.path())).unwrap();
        let megabytes = ours.number("bytes") / 1e6;
        let mut outline = std::process::Command::new(&peer);
        outline.args(["outline", "-j", "1", "--items", "all", "--view", "expanded", "--no-ignore", "hidden"]);
        let theirs = run(outline.arg(tree.path())).unwrap();
        let both = ours.number("both");
        let shown_ours = format!(
            "{:.1} MB/s with references, {:.1} without, the parse alone {:.1}",
            megabytes / both,
            megabytes / ours.number("definitions"),
            megabytes / ours.number("parse")
        );
        let beside = format!("ast-grep outline {:.1} MB/s", megabytes / theirs.cpu);
        row(&what, &shown_ours, &beside, theirs.cpu / both, "x faster", Bound::AtLeast(1.3), 2.0);
        product *= theirs.cpu / both;
        count += 1;
    }
    if count > 0 {
        let mean = f64::powf(product, 1.0 / f64::from(count));
        row("parse and extract, geometric mean", "", "", mean, "x faster", Bound::AtLeast(1.3), 2.0);
    }
}

fn edits() {
    let what = "an edit of a 200 KB file to its symbols, p99";
    let seconds = |times: Vec<std::time::Duration>| times.iter().map(|time| time.as_secs_f64()).collect::<Vec<_>>();
    let ours = seconds(lsp::edits(200, lsp::ours()));
    let late = quantile(&ours, 0.99);
    let beside = lsp::peer().map_or("no basedpyright".to_owned(), |peer| {
        let theirs = seconds(lsp::edits(30, peer));
        format!("basedpyright p50 {}, p99 {}", shown(quantile(&theirs, 0.5)), shown(quantile(&theirs, 0.99)))
    });
    let shown_ours = format!("p50 {}, p99 {}", shown(quantile(&ours, 0.5)), shown(late));
    row(what, &shown_ours, &beside, late * 1e3, " ms", Bound::AtMost(10.0), 5.0);
}

fn hostile(v8: &Path) {
    let what = "28 MB generated parser and 5 MB on one line: other questions' p99";
    let names = ["NewSyntheticModule", "HeapObject", "kMaxRegularHeapObjectSize", "CreateFillerObjectAt"];
    let (quiet, hostile) = (trees::part_of(v8), trees::part_of(v8));
    if !trees::add_hostile(hostile.path()) {
        return skipped(what, "no big parser among cargo's sources");
    }
    let (mut without, mut with, mut more) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..3 {
        let ran = [&quiet, &hostile].map(|tree| run(command("beside", tree.path()).args(names)).unwrap());
        without.push(ran[0].number("p99"));
        with.push(ran[1].number("p99"));
        more.push(ran[1].peak as f64 - ran[0].peak as f64);
    }
    let (without, with) = (quantile(&without, 0.5), quantile(&with, 0.5));
    row(what, &shown(with), &format!("without them {}", shown(without)), with / without, "x", Bound::AtMost(2.0), 1.1);
    println!("<!-- memory: {:+.0} MB at most -->", quantile(&more, 0.5) / 1e6);
}
