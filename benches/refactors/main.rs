//! What the program says a definition's places are, for comparison with other tools over real packages.
//!
//! `definitions FOLDER` prints every definition as a line of JSON. `uses FOLDER` reads lines of `{"path", "offset"}` and prints for each
//! the places that have the definition's name.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for people who measure"
)]

use std::io::BufRead as _;
use std::path::Path;

use serde_json::{Value, json};
use spelunk::cancel::Cancel;
use spelunk::graph::Symbols;
use spelunk::graph::meaning::{Program, Spot, uses};
use spelunk::syntax::Language;
use spelunk::workspace::{Snapshot, Workspace};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["definitions", folder] => definitions(&open(folder)),
        ["uses", folder] => places(&open(folder)),
        _ => println!("definitions FOLDER, or uses FOLDER"),
    }
}

fn open(folder: &str) -> Snapshot {
    Workspace::open(Path::new(folder)).unwrap().snapshot()
}

fn definitions(snapshot: &Snapshot) {
    let cache = Symbols::default();
    for file in snapshot.files().unwrap() {
        let Ok(text) = snapshot.text(&file.path) else { continue };
        let Some(language) = Language::detect(file.path.as_str(), &text).filter(|language| language.has_grammar())
        else {
            continue;
        };
        for symbol in &cache.of(language, &text).symbols {
            let spot = Spot::of(file.path.as_str(), &text, symbol);
            println!(
                "{}",
                json!({ "path": spot.path, "offset": spot.offset, "line": symbol.line, "column": symbol.column,
                    "name": symbol.name, "kind": symbol.kind, "qualified": symbol.qualified, "language": language.name() })
            );
        }
    }
}

fn places(snapshot: &Snapshot) {
    let (cache, cancel) = (Symbols::default(), Cancel::new());
    let program = Program::new(snapshot, &cache, &cancel).unwrap();
    for line in std::io::stdin().lock().lines() {
        let asked: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let spot = Spot {
            path: asked["path"].as_str().unwrap().to_owned(),
            offset: asked["offset"].as_u64().unwrap() as usize,
        };
        let answer = match uses(&program, &spot) {
            Ok(found) => {
                let places: Vec<Value> = found
                    .places
                    .iter()
                    .map(|place| {
                        json!({ "path": place.path, "start": place.range.start, "end": place.range.end, "line": place.line,
                            "text": place.text, "role": format!("{:?}", place.role), "shape": format!("{:?}", place.shape),
                            "doubt": place.doubt })
                    })
                    .collect();
                let kin: Vec<Value> = found
                    .kin
                    .members
                    .iter()
                    .map(|member| json!({ "path": member.path, "offset": member.offset }))
                    .collect();
                json!({ "word": found.word, "kin": kin, "bound": found.kin.bound, "doubts": found.kin.doubts, "places": places })
            }
            Err(error) => json!({ "error": error.to_string() }),
        };
        println!("{answer}");
    }
}
