//! docs/protocol.md and the source say the same.

use std::collections::BTreeSet;
use std::path::Path;

use regex::Regex;
use spelunk::lsp::protocol::{Kind, MESSAGES, Sender};

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn camel(name: &str) -> String {
    let mut words = name.split('_').filter(|word| !word.is_empty());
    let mut text = words.next().unwrap_or_default().to_owned();
    for word in words {
        text.push_str(&word[..1].to_uppercase());
        text.push_str(&word[1..]);
    }
    text
}

#[test]
fn every_message_has_its_section() {
    let page = read("docs/protocol.md");
    let sections: BTreeSet<(String, String)> = Regex::new(r"(?m)^## (spelunk/\w+)\n\n(\w+ from the \w+)\b")
        .unwrap()
        .captures_iter(&page)
        .map(|found| (found[1].to_owned(), found[2].to_owned()))
        .collect();
    let messages: BTreeSet<(String, String)> = MESSAGES
        .iter()
        .map(|(method, sender, kind)| {
            let kind = if *kind == Kind::Request { "Request" } else { "Notification" };
            let sender = if *sender == Sender::Client { "client" } else { "server" };
            ((*method).to_owned(), format!("{kind} from the {sender}"))
        })
        .collect();
    assert_eq!(sections, messages);
    assert_eq!(page.matches("\n## spelunk/").count(), MESSAGES.len());
}

#[test]
fn every_field_and_every_event_is_described() {
    let page = read("docs/protocol.md");
    let types = Regex::new(r"(?s)```ts\n(.*?)```").unwrap();
    let types: String = types.captures_iter(&page).map(|block| block[1].to_owned()).collect();
    let described: BTreeSet<String> =
        Regex::new(r"\b(\w+)\??:").unwrap().captures_iter(&types).map(|found| found[1].to_owned()).collect();
    let field = Regex::new(r"(?m)^\s+(?:pub )?([a-z_]+): ").unwrap();
    // What follows the types are functions.
    let declaration = Regex::new(r"(?ms)^pub (?:struct|enum) \w+ \{\n.*?^\}").unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lsp/protocol");
    let protocol = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
    // What is told as another part has it.
    let parts = ["agent/choice.rs", "agent/doctor.rs"].map(|path| folder.join("../..").join(path));
    for source in protocol.chain([folder.with_file_name("options.rs")]).chain(parts) {
        let source = std::fs::read_to_string(source).unwrap();
        let declared: String = declaration.find_iter(&source).map(|found| format!("{}\n", found.as_str())).collect();
        let fields: BTreeSet<String> =
            field.captures_iter(&declared).map(|found| camel(&found[1])).filter(|name| name != "unknown").collect();
        assert!(!fields.is_empty());
        let missing: Vec<&String> = fields.difference(&described).collect();
        assert!(missing.is_empty(), "{missing:?} are not in docs/protocol.md");
    }
    let source = read("src/lsp/protocol/run.rs");
    let body = source.split("pub enum Event {").nth(1).unwrap().split("\n}\n").next().unwrap();
    let kinds: BTreeSet<String> = Regex::new(r"(?m)^    ([A-Z]\w+)")
        .unwrap()
        .captures_iter(body)
        .map(|found| found[1][..1].to_lowercase() + &found[1][1..])
        .collect();
    let listed: BTreeSet<String> =
        Regex::new(r#"kind: "(\w+)""#).unwrap().captures_iter(&types).map(|found| found[1].to_owned()).collect();
    let of_failures = ["noPermission"].map(str::to_owned).into();
    assert_eq!(listed.difference(&of_failures).cloned().collect::<BTreeSet<_>>(), kinds);
}
