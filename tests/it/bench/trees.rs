//! What the shipped sets of tasks are made from: trees of text in which every answer is known, since it was put there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The files of a set by their paths in its folder.
pub type Files = BTreeMap<String, String>;

/// All sets that are made here, by name.
pub fn sets() -> [(&'static str, Files); 4] {
    [("needle", needle()), ("count", count()), ("pairs", pairs()), ("hops", hops())]
}

/// The same numbers everywhere and always (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

const MADE: &str = "# Made by tests/it/bench/trees.rs: change it there, and run the test with UPDATE_EXPECT=1.\n";

/// One fact in many notes that look like it.
fn needle() -> Files {
    const HOSTS: [&str; 12] =
        ["alder", "birch", "cedar", "dogwood", "elm", "fir", "gorse", "hazel", "juniper", "larch", "maple", "oak"];
    const PEOPLE: [&str; 8] = ["Amara", "Bela", "Chidi", "Dunja", "Emre", "Freya", "Goro", "Hana"];
    let mut dice = Dice(11);
    let mut files = Files::new();
    let facts: &[(usize, &str)] = &[
        (7, "The relay marten listens on port 47113 since the move."),
        (18, "Change CR-4471 was approved by Ilse Novak, who also wrote its rollback."),
        (29, "The quill cluster was switched off for good on 2025-08-19."),
        (3, "Audit logs are kept for 180 days."),
        (44, "From today on audit logs are kept for 400 days; what was written about this before no longer holds."),
        (36, "The spare key of the vault lies with the night porter, in the drawer marked Tidewater."),
        (12, "For the record: the flaky test was caused by a leap second table that ended in 2016."),
    ];
    for note in 1..=48 {
        let mut text = format!("# Note {note:02}, 2025-{:02}-{:02}\n\n", 1 + note / 5, 1 + note * 7 % 28);
        let fact = facts.iter().find(|(at, _)| *at == note).map(|(_, fact)| *fact);
        let place = 4 + dice.below(14);
        for line in 0..22 {
            if line == place {
                text.extend(fact.map(|fact| format!("{fact}\n")));
            }
            let (host, who) = (dice.pick(&HOSTS), dice.pick(&PEOPLE));
            let _ = match dice.below(6) {
                0 => writeln!(text, "{who} moved {host} to rack {} without trouble.", 1 + dice.below(40)),
                1 => writeln!(text, "The relay {host} listens on port {}.", 20_000 + dice.below(20_000)),
                2 => writeln!(text, "Change CR-{} was approved by {who}.", 4_000 + dice.below(400)),
                3 => writeln!(text, "Backups of {host} are kept for {} days.", 10 + dice.below(80)),
                4 => writeln!(text, "{host} was restarted twice; {who} is looking into why."),
                _ => writeln!(text, "{who} and {} swapped their shifts.", dice.pick(&PEOPLE)),
            };
        }
        files.insert(format!("tree/notes/{note:02}.md"), text);
    }
    let tasks = "\
about = \"One fact in 48 notes, among sentences that look like it.\"
path = \"tree\"

[[task]]
id = \"port\"
question = \"On which port does the relay marten listen? End with a line `Answer: <port>`.\"
number = 47113
citation = \"notes/07.md: marten\"

[[task]]
id = \"approval\"
question = \"Who approved change CR-4471? End with a line `Answer: <first name and surname>`.\"
exact = \"Ilse Novak\"
citation = \"notes/18.md: CR-4471\"

[[task]]
id = \"retired\"
question = \"On which day was the quill cluster switched off? End with a line `Answer: YYYY-MM-DD`.\"
exact = \"2025-08-19\"

[[task]]
id = \"superseded\"
question = \"For how many days are audit logs kept now? End with a line `Answer: <days>`.\"
number = 400
citation = \"notes/44.md: audit logs\"

[[task]]
id = \"drawer\"
question = \"How is the drawer marked in which the spare key of the vault lies?\"
contains = \"Tidewater\"
citation = \"notes/36.md: spare key\"

[[task]]
id = \"cause\"
question = \"What caused the flaky test: a race, a leap second table, a full disk, or a proxy?\"
choice = { of = [\"race\", \"leap second table\", \"full disk\", \"proxy\"], is = \"leap second table\" }
";
    files.insert("tasks.toml".to_owned(), format!("{MADE}{tasks}"));
    files
}

/// Lines of logs, to be counted exactly.
fn count() -> Files {
    const SERVICES: [&str; 5] = ["billing", "gateway", "indexer", "mailer", "search"];
    let mut dice = Dice(23);
    let mut files = Files::new();
    let (mut errors, mut slow_billing, mut bytes) = (0, 0, 0);
    let mut clean_days = BTreeSet::new();
    let mut refused = BTreeSet::new();
    let mut errors_of: BTreeMap<&str, u32> = BTreeMap::new();
    for day in 1..=10 {
        let (mut text, mut clean) = (String::new(), true);
        for line in 0..110 {
            let time = format!("{:02}:{:02}:{:02}", line / 5, line % 5 * 12, dice.below(60));
            let service = dice.pick(&SERVICES);
            let user = format!("u{:03}", dice.below(60));
            // Three days have no error at all.
            let kind = if day % 3 == 0 { 2 + dice.below(18) } else { dice.below(20) };
            let _ = match kind {
                0 | 1 => {
                    errors += 1;
                    clean = false;
                    *errors_of.entry(service).or_default() += 1;
                    writeln!(text, "{time} ERROR {service} request of {user} failed")
                }
                2 | 3 => {
                    let ms = 100 + dice.below(4_900);
                    slow_billing += u32::from(service == "billing" && ms > 1_000);
                    writeln!(text, "{time} WARN {service} slow answer: {ms} ms")
                }
                4 => {
                    refused.insert(user.clone());
                    writeln!(text, "{time} INFO {service} refused login of {user}")
                }
                5..=8 => {
                    let sent = 1 + dice.below(9_000);
                    bytes += sent;
                    writeln!(text, "{time} INFO {service} sent {sent} bytes to {user}")
                }
                // The word alone is no error line.
                9 => writeln!(text, "{time} INFO {service} no ERROR since midnight"),
                _ => writeln!(text, "{time} INFO {service} served {user}"),
            };
        }
        if clean {
            clean_days.insert(day);
        }
        files.insert(format!("tree/logs/day-{day:02}.log"), text);
    }
    let (most, _) = errors_of.iter().max_by_key(|(_, count)| **count).expect("there are errors");
    assert_eq!(errors_of.values().filter(|count| **count == errors_of[most]).count(), 1, "one service has most");
    let (clean, refused) = (clean_days.len(), refused.len());
    let tasks = format!(
        "\
about = \"Ten days of logs, 1,100 lines. Close is not right.\"
path = \"tree\"

[[task]]
id = \"errors\"
question = \"How many log lines have the level ERROR? End with a line `Answer: <number>`.\"
number = {errors}

[[task]]
id = \"slow-billing\"
question = \"How many WARN lines of the service billing tell of a slow answer of more than 1000 ms? End with a line `Answer: <number>`.\"
number = {slow_billing}

[[task]]
id = \"clean-days\"
question = \"How many days have no line of the level ERROR? End with a line `Answer: <number>`.\"
number = {clean}

[[task]]
id = \"refused\"
question = \"How many different users were refused a login at least once? End with a line `Answer: <number>`.\"
number = {refused}

[[task]]
id = \"bytes\"
question = \"How many bytes were sent in all? End with a line `Answer: <number>`.\"
number = {bytes}

[[task]]
id = \"most-errors\"
question = \"Which service has the most ERROR lines: billing, gateway, indexer, mailer or search? End with a line `Answer: <service>`.\"
choice = {{ of = [\"billing\", \"gateway\", \"indexer\", \"mailer\", \"search\"], is = \"{most}\" }}
"
    );
    files.insert("tasks.toml".to_owned(), format!("{MADE}{tasks}"));
    files
}

/// Questions that people asked, without labels: what kind each is of has to be read, and then people are paired.
fn pairs() -> Files {
    const KINDS: [&str; 4] = ["number", "place", "person", "abbreviation"];
    const QUESTIONS: [[&str; 6]; 4] = [
        [
            "How many strings does a viola have?",
            "What is the boiling point of ethanol in kelvin?",
            "How far is it from the quay to the lighthouse?",
            "In what year did the canal freeze over?",
            "How tall is the old water tower?",
            "How many pages has the harbour master's log?",
        ],
        [
            "Where do the storks go in autumn?",
            "Which town lies at the mouth of the Aller?",
            "In which country is the longest tunnel for trains?",
            "Where was the lost bell found?",
            "What valley does the narrow-gauge line end in?",
            "On which island do the ferries turn round?",
        ],
        [
            "Who wrote the ferry song?",
            "Which painter signed with a snail?",
            "Who was the first woman to steer the pilot boat?",
            "Which mayor had the bridge built?",
            "Who invented the folding oar?",
            "Who keeps the clock in the tower running?",
        ],
        [
            "What does RNLI stand for?",
            "What is the full form of AIS?",
            "VHF is short for what?",
            "What do the letters SOLAS mean?",
            "What does the T in MMT stand for?",
            "How is EPIRB spelled out?",
        ],
    ];
    let mut dice = Dice(31);
    let mut files = Files::new();
    // What each person asked, by kind.
    let mut asked: BTreeMap<String, [u32; 4]> = BTreeMap::new();
    for part in 1..=4 {
        let mut text = String::new();
        for line in 0..26 {
            let person = format!("p{:02}", 1 + dice.below(24));
            let kind = dice.below(KINDS.len());
            asked.entry(person.clone()).or_default()[kind] += 1;
            let question = dice.pick(&QUESTIONS[kind]);
            let _ = writeln!(text, "2025-{:02}-{:02} | {person} | {question}", part * 3, 1 + line);
        }
        files.insert(format!("tree/asked/{part}.txt"), text);
    }
    let pairs = |fits: &dyn Fn(&[u32; 4], &[u32; 4]) -> bool| {
        let people: Vec<_> = asked.iter().collect();
        let mut found = Vec::new();
        for (at, (a, of_a)) in people.iter().enumerate() {
            let with = people[at + 1..].iter().filter(|(_, of_b)| fits(of_a, of_b) || fits(of_b, of_a));
            found.extend(with.map(|(b, _)| format!("\"{a} {b}\"")));
        }
        assert!((3..=30).contains(&found.len()), "{} pairs", found.len());
        found.join(", ")
    };
    const NUMBER: usize = 0;
    const PLACE: usize = 1;
    const PERSON: usize = 2;
    const ABBREVIATION: usize = 3;
    let two_numbers = pairs(&|a, b| a[NUMBER] >= 2 && b[NUMBER] >= 2);
    let none = pairs(&|a, b| a[PERSON] == 0 && b[PERSON] == 0);
    let one_each = pairs(&|a, b| a[PLACE] >= 3 && b[ABBREVIATION] >= 3);
    let equal = pairs(&|a, b| a[PLACE] == b[PLACE] && a[PLACE] >= 1 && a[PERSON] >= 2 && b[PERSON] >= 2);
    let kinds = "Every line tells on which day which person asked which question. A question asks for a number (also a \
                 date or measure), a place, a person, or what an abbreviation means.";
    let how = "List each pair once, as a Markdown list with items such as `p01 p02`, the smaller name first.";
    let tasks = format!(
        "\
about = \"104 questions of 24 people. Pairs of people, by the kinds of what they asked: as OOLONG-Pairs does it.\"
path = \"tree\"

[[task]]
id = \"two-numbers\"
question = \"{kinds} Which pairs of people are there in which both asked for a number at least twice? {how}\"
set = [{two_numbers}]

[[task]]
id = \"no-person\"
question = \"{kinds} Which pairs of people are there, among those who asked anything, in which neither ever asked for a person? {how}\"
set = [{none}]

[[task]]
id = \"places-and-abbreviations\"
question = \"{kinds} Which pairs of people are there in which one asked for a place at least three times and the other for an abbreviation at least three times? {how}\"
set = [{one_each}]

[[task]]
id = \"equal-places\"
question = \"{kinds} Which pairs of people are there in which both asked for a person at least twice, and both asked for a place equally often, at least once? {how}\"
set = [{equal}]
"
    );
    files.insert("tasks.toml".to_owned(), format!("{MADE}{tasks}"));
    files
}

/// A program in which the way from a name to an answer leads through several files.
fn hops() -> Files {
    const AREAS: [&str; 8] = ["mail", "upload", "export", "search", "login", "report", "backup", "import"];
    const STEPS: [&str; 8] = ["drain", "pack", "spool", "rank", "verify", "render", "mirror", "parse"];
    let mut dice = Dice(47);
    let mut files = Files::new();
    // Which step an area's handler takes, and which limit bounds that step: both shuffled, so that names say nothing.
    let mut shuffled = |mut order: Vec<usize>| {
        for at in (1..order.len()).rev() {
            order.swap(at, dice.below(at + 1));
        }
        order
    };
    let step_of = shuffled((0..8).collect());
    let limit_of = shuffled((0..8).collect());
    let limit_name =
        |limit: usize| format!("{}_{}", ["MAX", "CAP", "TOP", "MOST"][limit % 4], AREAS[limit].to_uppercase());
    let values: [u64; 8] = [48, 1_500, 96, 7, 640, 33, 12, 250];
    let mut limits =
        "//! All limits in one place. Areas do not use the limit that is named after them: it is history.\n\n"
            .to_owned();
    for (limit, number) in values.iter().enumerate() {
        // Half of them are multiples of a base in another file.
        let _ = match limit % 2 {
            0 => writeln!(limits, "pub const {}: u64 = {};", limit_name(limit), number),
            _ => writeln!(limits, "pub const {}: u64 = {} * crate::base::UNIT;", limit_name(limit), number),
        };
    }
    const UNIT: u64 = 6;
    let value = |limit: usize| values[limit] * if limit.is_multiple_of(2) { 1 } else { UNIT };
    files.insert("tree/src/limits.rs".to_owned(), limits);
    files.insert(
        "tree/src/base.rs".to_owned(),
        format!(
            "//! The unit that limits are counted in.\n\npub const UNIT: u64 = {UNIT};\npub const OLD_UNIT: u64 = 4;\n"
        ),
    );
    for area in 0..8 {
        let (name, step) = (AREAS[area], STEPS[step_of[area]]);
        let other = STEPS[step_of[(area + 3) % 8]];
        files.insert(
            format!("tree/src/handlers/{name}.rs"),
            format!(
                "//! Handles {name}.\n\nuse crate::steps::{step};\n\n/// Entry point of {name}.\npub fn handle_{name}(items: &[u64]) -> u64 {{\n    \
                 // It was {other} once; see the minutes.\n    let kept = {step}::{step}(items);\n    note_{name}(kept)\n}}\n\n\
                 fn note_{name}(kept: u64) -> u64 {{\n    kept + {}\n}}\n",
                area + 1
            ),
        );
    }
    for step in 0..8 {
        let (name, limit) = (STEPS[step], limit_name(limit_of[step]));
        files.insert(
            format!("tree/src/steps/{name}.rs"),
            format!(
                "//! The step {name}.\n\nuse crate::limits;\n\n/// Takes items as long as the limit allows.\npub fn {name}(items: &[u64]) -> u64 {{\n    \
                 let mut taken = 0;\n    for item in items {{\n        if taken >= limits::{limit} {{\n            break;\n        }}\n        \
                 taken += item;\n    }}\n    taken\n}}\n"
            ),
        );
    }
    let list = |folder: &str, names: &[&str]| {
        let lines: String = names.iter().map(|name| format!("pub mod {name};\n")).collect();
        format!("//! All {folder}.\n\n{lines}")
    };
    files.insert("tree/src/handlers/mod.rs".to_owned(), list("handlers", &AREAS));
    files.insert("tree/src/steps/mod.rs".to_owned(), list("steps", &STEPS));
    files.insert(
        "tree/src/lib.rs".to_owned(),
        "//! A service with eight areas.\n\npub mod base;\npub mod handlers;\npub mod limits;\npub mod steps;\n"
            .to_owned(),
    );
    let of = |area: usize| limit_of[step_of[area]];
    let plain = (0..8).find(|&area| of(area) % 2 == 0).expect("half of the limits are numbers");
    let scaled = (0..8).find(|&area| of(area) % 2 == 1).expect("half of the limits are multiples");
    let user = |limit: usize| (0..8).find(|&area| of(area) == limit).expect("each limit is used");
    let most = (0..8).max_by_key(|&area| value(of(area))).expect("there are areas");
    let small: Vec<String> =
        (0..8).filter(|&area| value(of(area)) < 50).map(|area| format!("\"{}\"", AREAS[area])).collect();
    assert!((2..=5).contains(&small.len()));
    let all = AREAS.map(|area| format!("\"{area}\"")).join(", ");
    let tasks = format!(
        "\
about = \"Questions about a small program whose answers lie several files away from the name they begin with.\"
path = \"tree\"

[[task]]
id = \"constant\"
question = \"Which constant limits the step that `handle_{plain_name}` calls? End with a line `Answer: <its name>`.\"
exact = \"{plain_limit}\"
citation = [\"src/handlers/{plain_name}.rs: {plain_step}::{plain_step}(\", \"src/steps/{plain_step}.rs: limits::\"]

[[task]]
id = \"value\"
question = \"How many may the step take at most that `handle_{scaled_name}` calls? Work its limit out to a number. End with a line `Answer: <number>`.\"
number = {scaled_value}

[[task]]
id = \"back\"
question = \"Which handler's step is limited by the constant `{back_limit}`? End with a line `Answer: <function>`.\"
exact = \"handle_{back_name}\"

[[task]]
id = \"largest\"
question = \"The step of which area has the largest limit, worked out to a number? End with a line `Answer: <area>`.\"
choice = {{ of = [{all}], is = \"{most_name}\" }}

[[task]]
id = \"small\"
question = \"The steps of which areas are limited to fewer than 50, worked out to numbers? Answer with a Markdown list of the areas' names.\"
set = [{small}]

[[task]]
id = \"sum\"
question = \"What is the sum of the limits, worked out to numbers, of the steps that `handle_mail` and `handle_import` call? End with a line `Answer: <number>`.\"
number = {sum}
",
        plain_name = AREAS[plain],
        plain_limit = limit_name(of(plain)),
        plain_step = STEPS[step_of[plain]],
        scaled_name = AREAS[scaled],
        scaled_value = value(of(scaled)),
        back_limit = limit_name(4),
        back_name = AREAS[user(4)],
        most_name = AREAS[most],
        small = small.join(", "),
        sum = value(of(0)) + value(of(7)),
    );
    files.insert("tasks.toml".to_owned(), format!("{MADE}{tasks}"));
    files
}
