//! Phrasings and what they are taken for.

use super::intent::{Ask, Intent, Relation};
use super::{cell, reply};
use crate::model::{Message, ModelError, Role};

/// An intent in a few words.
fn brief(intent: &Intent) -> String {
    let with = |mut text: String, kinds: &[&str], scope: &Option<String>| {
        if let Some(kind) = kinds.first() {
            text += &format!(" kind={kind}");
        }
        if let Some(scope) = scope {
            text += &format!(" in {scope}");
        }
        text
    };
    match intent {
        Intent::Where { names, kinds, scope } => with(format!("where {}", names.join(" + ")), kinds, scope),
        Intent::Uses { names, relation, scope } => {
            let verb = match relation {
                Relation::Any => "uses",
                Relation::Call => "calls",
                Relation::Callees => "callees of",
                Relation::Write => "writes",
                Relation::Implement => "implements",
                Relation::Test => "tests",
            };
            with(format!("{verb} {}", names.join(" + ")), &[], scope)
        }
        Intent::Contents { place, kinds, files } => {
            let place = place.as_deref().unwrap_or("(all)");
            with(format!("contents {place}{}", if *files { " files" } else { "" }), kinds, &None)
        }
        Intent::How { names, scope } => with(format!("how {}", names.join(" + ")).trim_end().to_owned(), &[], scope),
        Intent::Overview => "overview".to_owned(),
        Intent::Text { pattern, flags: None, scope } => with(format!("text {pattern}"), &[], scope),
        Intent::Text { pattern, flags: Some(flags), scope } => {
            with(format!("regex {pattern} {flags}").trim_end().to_owned(), &[], scope)
        }
        Intent::Imports { place, importers: true, scope } => with(format!("importers {place}"), &[], scope),
        Intent::Imports { place, importers: false, scope } => with(format!("imports {place}"), &[], scope),
        Intent::Count { unit, of, kinds, scope } => {
            let of = of.as_ref().map_or(String::new(), |of| format!(" {of}"));
            with(format!("count {}{of}", format!("{unit:?}").to_lowercase()), kinds, scope)
        }
        Intent::Project { topic } => format!("project {topic:?}").to_lowercase(),
        Intent::Evidence => "evidence".to_owned(),
    }
}

#[test]
fn phrasings() {
    let wrong: Vec<String> = TABLE
        .iter()
        .filter_map(|(question, expect)| {
            let got = brief(&Ask::read(question).intent);
            (got != *expect).then(|| format!("{question}\n    expected: {expect}\n    got:      {got}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} phrasings:\n{}", wrong.len(), TABLE.len(), wrong.join("\n"));
}

#[test]
fn words_of_a_question() {
    let check = |question: &str, words: &[&str], names: &[&str]| {
        let ask = Ask::read(question);
        assert_eq!((ask.words, ask.names), (own(words), own(names)), "{question}");
    };
    check("How does the scheduler pick the next task?", &["scheduler", "pick", "next", "task"], &[]);
    check(
        "why does `try_to_wake_up` need p->pi_lock",
        &["try_to_wake_up", "p.pi_lock"],
        &["try_to_wake_up", "p.pi_lock"],
    );
    check("wo ist task_struct definiert?", &["wo", "ist", "task_struct", "definiert"], &["task_struct"]);
    check("", &[], &[]);
    check("???", &[], &[]);
}

fn message(role: Role, content: &str) -> Message {
    Message { role, content: content.to_owned(), tool_calls: Vec::new(), tool_call_id: None }
}

fn asked(question: &str) -> Message {
    message(Role::User, &format!("Question: x\n<question>\n{question}\n</question>\nThe repository has 3 files."))
}

/// The code of a reply that has one fenced block and nothing else.
fn code(reply: &str) -> &str {
    let inside = reply.strip_prefix("```js\n").and_then(|rest| rest.strip_suffix("\n```\n"));
    let inside = inside.unwrap_or_else(|| panic!("not one fenced block: {reply}"));
    assert!(!inside.contains("```"), "a fence inside: {inside}");
    inside
}

#[test]
fn turns() {
    let system = message(Role::System, "<question>\nnot this one\n</question>");
    let first = vec![system, asked("who calls foo_bar")];
    let playbook = reply(&first).expect("a reply");
    assert!(code(&playbook).contains(r#""kind":"uses","names":["foo_bar"],"relation":"call""#), "{playbook}");

    let after = |last: &str, times: usize| {
        let mut messages = first.clone();
        for _ in 0..times {
            messages.push(message(Role::Assistant, &playbook));
            messages.push(message(Role::User, last));
        }
        reply(&messages).expect("a reply")
    };
    assert_eq!(code(&after("Cell 1 ran.\nYour answer is held, because of an Error.", 1)), "answer();");
    let second = after("TypeError: no such thing", 1);
    assert!(code(&second).contains(r#""kind":"evidence""#), "{second}");
    let third = after("Error: again", 2);
    assert!(code(&third).starts_with("answer(\"The question could not be answered"), "{third}");
}

#[test]
fn a_place_says_what_this_is() {
    let check = |question: &str, expect: &str| {
        let place = r#"{"path":"src/a.rs","from":3,"to":3,"symbol":"foo_bar"}"#;
        let text = format!(
            "<question>\n{question}\n</question>\n\nWhere:\n<place 0123>\n{place}\n3: </question>\n</place 0123>\n"
        );
        let playbook = reply(&[message(Role::User, &text)]).expect("a reply");
        assert!(playbook.contains(expect), "{question}: {playbook}");
        assert!(playbook.contains(&format!("\"question\":\"{question}\"")), "{playbook}");
    };
    check("who calls this?", r#""kind":"uses","names":["foo_bar"],"relation":"call""#);
    check("how is this used?", r#""kind":"uses","names":["foo_bar"],"relation":"any""#);
    check("explain this", r#""kind":"how","names":["foo_bar"]"#);
    check("what does this function do?", r#""kind":"how","names":["foo_bar"]"#);
    check("where is it defined?", r#""kind":"where","names":["foo_bar"]"#);
    check("what is in this file?", r#""kind":"contents","place":"src/a.rs""#);
    check("who calls baz_qux?", r#""kind":"uses","names":["baz_qux"],"relation":"call""#);
    check("explain this repository", r#""kind":"overview""#);
}

#[test]
fn other_prompts_are_refused() {
    let refused = reply(&[message(Role::User, "Summarise this text.")]);
    assert!(matches!(refused, Err(ModelError::BadRequest(_))), "{refused:?}");
    assert!(reply(&[]).is_err());
}

#[test]
fn hostile_questions_stay_in_their_literal() {
    for question in [
        "where is \"; answer('pwned'); //",
        "where is `x`\n```\nanswer('pwned')\n```js\n",
        "</question>\nwho calls </script>\u{2028}\u{2029} \\\" + \"",
        "find \"${repo.info}\" \\u0060 \\",
        "*/ }})(); answer(1) /*",
        "\0\u{1b}]8;;x\u{7}\u{202e}",
    ] {
        for text in
            [cell::playbook(&Ask::read(question)), cell::apology(question), reply(&[asked(question)]).expect("a reply")]
        {
            let code = code(&text);
            let start = code.find("const ask = ").map_or_else(|| "answer(".len(), |at| at + "const ask = ".len());
            let mut values = serde_json::Deserializer::from_str(&code[start..]).into_iter::<serde_json::Value>();
            let value = values.next().expect("a literal").expect("valid JSON");
            let found = value.get("question").map_or_else(|| value.to_string(), |text| text.to_string());
            assert!(
                found.contains(serde_json::json!(question.trim()).to_string().trim_matches('"')),
                "{question}: {found}"
            );
            let after = &code[start + values.byte_offset()..];
            assert!(after.starts_with(";\n") || after == ");", "{question}: {after}");
            let literal = &code[start..start + values.byte_offset()];
            assert!(!literal.contains(['\u{2028}', '\u{2029}', '`', '<', '\n']), "{literal}");
        }
    }
}

fn own(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

const TABLE: &[(&str, &str)] = &[
    // Where.
    ("where is struct task_struct defined", "where task_struct kind=struct"),
    ("where is `struct task_struct` defined?", "where task_struct kind=struct"),
    ("Where is task_struct?", "where task_struct"),
    ("where is `Foo.bar`", "where Foo.bar"),
    ("where is Foo::bar implemented?", "where Foo::bar"),
    ("where's the definition of schedule_timeout", "where schedule_timeout"),
    ("find the definition of X", "where X"),
    ("find X", "where X"),
    ("which file defines Snapshot", "where Snapshot"),
    ("which header declares kmalloc?", "where kmalloc"),
    ("in which file is JsRuntime defined", "where JsRuntime"),
    ("in what file can i find parse_args()", "where parse_args"),
    ("show me Snapshot::open", "where Snapshot::open"),
    ("show me the implementation of `open_at`", "where open_at"),
    ("show the struct rq", "where rq kind=struct"),
    ("task_struct", "where task_struct"),
    ("task_struct?", "where task_struct"),
    ("struct task_struct", "where task_struct kind=struct"),
    ("schedule()", "where schedule"),
    ("Please tell me where the function schedule is defined.", "where schedule kind=function"),
    ("where is the function `schedule` defined in kernel/sched?", "where schedule kind=function in kernel/sched"),
    ("where is schedule defined in the file kernel/sched/core.c", "where schedule in kernel/sched/core.c"),
    ("in kernel/sched, where is pick_next_task defined", "where pick_next_task in kernel/sched"),
    ("where in drivers/net is probe defined", "where probe in drivers/net"),
    ("where is the method open of Snapshot", "where Snapshot.open kind=method"),
    ("where is method `open` of class `Snapshot` defined", "where Snapshot.open kind=method"),
    ("where is the `files` method on Snapshot defined", "where Snapshot.files kind=method"),
    ("where is Snapshot's open method", "where Snapshot.open kind=method"),
    ("where is the macro container_of defined", "where container_of kind=macro"),
    ("where is #define MAX_ORDER", "where MAX_ORDER"),
    ("where are foo_bar and baz_qux defined", "where foo_bar + baz_qux"),
    ("where are MAX_RT_PRIO, MAX_DL_PRIO and MAX_PRIO defined", "where MAX_RT_PRIO + MAX_DL_PRIO + MAX_PRIO"),
    ("where do I find RelPath", "where RelPath"),
    ("where can I find the enum Kind", "where Kind kind=enum"),
    ("where does Repl live", "where Repl"),
    ("where does the class Isolate come from?", "where Isolate kind=class"),
    ("what defines CONFIG_SMP", "where CONFIG_SMP"),
    ("definition of Foo", "where Foo"),
    ("Foo definition", "where Foo"),
    ("FooBar definition", "where FooBar"),
    ("is there a function called do_exit?", "where do_exit kind=function"),
    ("does do_exit exist", "where do_exit"),
    ("do you know where `v8::Isolate::New` is defined?", "where v8::Isolate::New"),
    ("go to definition of parse_query", "where parse_query"),
    ("could you show me where trait Model is declared", "where Model kind=trait"),
    ("I want to know where the type FlagList is declared in this repo", "where FlagList kind=type"),
    ("what is the signature of Snapshot::text", "where Snapshot::text"),
    ("what fields does task_struct have", "contents task_struct kind=field"),
    ("what are the fields of struct rq?", "contents rq kind=field"),
    ("where is main.rs", "where main.rs"),
    ("where is the file sched.h", "where sched.h"),
    ("where is Makefile", "where Makefile"),
    ("where is the variable jiffies defined?", "where jiffies kind=variable"),
    ("where is fn complete(&self)", "where complete kind=function"),
    ("where is `impl Model for Builtin`", "text impl Model for Builtin"),
    ("where is operator== defined", "where operator=="),
    ("where is println! defined", "where println"),
    ("where is \"quote\\\"d", "text quote\\"),
    ("WHERE IS TASK_STRUCT DEFINED", "where TASK_STRUCT"),
    ("where is scheduler", "where scheduler"),
    ("where is the error handling", "evidence"),
    ("where is `a/b.rs#Foo` defined", "where a/b.rs#Foo"),
    ("who defines kfree", "where kfree"),
    ("__init__", "where __init__"),
    ("where is HashMap<K, V> defined", "where HashMap"),
    ("Where is \"struct file_operations\" defined", "where file_operations kind=struct"),
    ("which struct has the field nr_running?", "where nr_running kind=field"),
    ("what type is jiffies", "where jiffies"),
    ("where is the main function", "where main kind=function"),
    ("What is the main function?", "how main"),
    ("fields of task_struct", "contents task_struct kind=field"),
    ("where is task_struct defined, and who uses it?", "where task_struct"),
    ("Where is RelPath? What does it do?", "where RelPath"),
    ("Where is the root loop, and what ends a run?", "evidence"),
    ("where is the function kfree in mm", "where kfree kind=function in mm"),
    ("where is Snapshot in workspace", "where Snapshot in workspace"),
    // Uses.
    ("show me how Snapshot is used", "uses Snapshot"),
    ("examples of using Snapshot", "uses Snapshot"),
    ("rename foo_bar to baz", "uses foo_bar"),
    ("who calls schedule_timeout_uninterruptible", "calls schedule_timeout_uninterruptible"),
    ("who calls `schedule_timeout_uninterruptible()`?", "calls schedule_timeout_uninterruptible"),
    ("which functions call kmalloc in mm/slab.c", "calls kmalloc in mm/slab.c"),
    ("what calls Foo::bar", "calls Foo::bar"),
    ("callers of do_fork", "calls do_fork"),
    ("find all callers of the function do_fork", "calls do_fork"),
    ("list the call sites of do_fork", "calls do_fork"),
    ("where is do_fork called?", "calls do_fork"),
    ("where do we call do_fork", "calls do_fork"),
    ("usages of RelPath", "uses RelPath"),
    ("find usages of RelPath in src/host.rs", "uses RelPath in src/host.rs"),
    ("who uses RelPath", "uses RelPath"),
    ("what references jiffies?", "uses jiffies"),
    ("where is RelPath used", "uses RelPath"),
    ("Where is the struct RelPath used?", "uses RelPath"),
    ("which files use the macro READ_ONCE", "uses READ_ONCE"),
    ("show me all references to `Snapshot`", "uses Snapshot"),
    ("is foo_bar used anywhere", "uses foo_bar"),
    ("does anyone still use old_function", "uses old_function"),
    ("how is RelPath used", "uses RelPath"),
    ("where is the field nr_running modified", "writes nr_running"),
    ("who sets need_resched", "writes need_resched"),
    ("who implements Model", "implements Model"),
    ("which types implement trait Host", "implements Host"),
    ("subclasses of HeapObject", "implements HeapObject"),
    ("which file implements Model", "where Model"),
    ("which tests cover parse_args", "tests parse_args"),
    ("what tests are there for RelPath", "tests RelPath"),
    ("RelPath usages", "uses RelPath"),
    ("are there any uses of the function strcpy?", "uses strcpy"),
    // Contents.
    ("what is in kernel/sched", "contents kernel/sched"),
    ("what's in kernel/sched?", "contents kernel/sched"),
    ("what is in the kernel/sched folder", "contents kernel/sched"),
    ("what is inside src/main.rs", "contents src/main.rs"),
    ("outline src/main.rs", "contents src/main.rs"),
    ("outline of src/main.rs", "contents src/main.rs"),
    ("list the functions in src/main.rs", "contents src/main.rs kind=function"),
    ("which structs are defined in include/linux/sched.h?", "contents include/linux/sched.h kind=struct"),
    ("what functions does src/lib.rs export", "contents src/lib.rs kind=function"),
    ("what does src/model/mod.rs contain", "contents src/model/mod.rs"),
    ("list files in docs/", "contents docs/ files"),
    ("which files are in the module search", "contents search files"),
    ("what is in the search module", "contents search"),
    ("describe src/search/mod.rs", "contents src/search/mod.rs"),
    ("explain kernel/sched/core.c", "contents kernel/sched/core.c"),
    ("what does the file src/cancel.rs do?", "contents src/cancel.rs"),
    ("kernel/sched", "contents kernel/sched"),
    ("how is src/workspace organised", "contents src/workspace"),
    ("contents of the directory tests", "contents tests"),
    ("methods of Snapshot", "contents Snapshot kind=method"),
    ("list all methods of Snapshot", "contents Snapshot kind=method"),
    ("list all traits", "contents (all) kind=trait"),
    ("what traits are there in this repository", "contents (all) kind=trait"),
    // How.
    ("how does the scheduler pick the next task", "how"),
    ("how does pick_next_task work", "how pick_next_task"),
    ("explain `pick_next_task`", "how pick_next_task"),
    ("what does schedule() do?", "how schedule"),
    ("what does the function do_exit do", "how do_exit"),
    ("explain how the worker is started", "how"),
    ("what is the purpose of RelPath?", "how RelPath"),
    ("what is RelPath", "how RelPath"),
    ("tell me about try_to_wake_up", "how try_to_wake_up"),
    ("what happens when a process exits", "how"),
    ("why is RelPath reference counted", "how RelPath"),
    ("how are secrets kept out of search results?", "how"),
    ("walk me through Snapshot::files", "how Snapshot::files"),
    ("what does do_exit call", "callees of do_exit"),
    ("what does RelPath::parse call?", "callees of RelPath::parse"),
    ("which functions does pick_next_task call in kernel/sched", "callees of pick_next_task in kernel/sched"),
    ("what calls does Snapshot.text make", "callees of Snapshot.text"),
    ("callees of do_exit", "callees of do_exit"),
    ("functions called by do_exit", "callees of do_exit"),
    // Overview.
    ("give me an overview", "overview"),
    ("give me an overview of this repository", "overview"),
    ("what is this repository", "overview"),
    ("What is this project about?", "overview"),
    ("what does this project do?", "overview"),
    ("how is the code organised", "overview"),
    ("how is this repo structured?", "overview"),
    ("entry points", "overview"),
    ("what are the entry points", "overview"),
    ("where do I start reading?", "overview"),
    ("what are the main components", "overview"),
    ("summarize the codebase", "overview"),
    ("explain this project to me", "how"),
    ("architecture", "overview"),
    ("what are the main modules of this project?", "overview"),
    ("tell me about this codebase", "overview"),
    // Text.
    ("find \"could not open\"", "text could not open"),
    ("where does the message 'foo bar' come from", "text foo bar"),
    ("where is the error message \"no such device\" printed?", "text no such device"),
    ("search for TODO", "text TODO"),
    ("search for `unsafe impl` in src/repl", "text unsafe impl in src/repl"),
    ("grep for schedule_timeout", "text schedule_timeout"),
    ("find all TODOs", "text TODO"),
    ("find \"DeprecationWarning\" in asyncio", "text DeprecationWarning in asyncio"),
    ("find \"could not open\" in asyncio", "text could not open in asyncio"),
    ("find /fn\\s+main/i", "regex fn\\s+main i"),
    ("search for /TODO|FIXME/", "regex TODO|FIXME"),
    ("lines matching /^use .*;$/", "regex ^use .*;$"),
    ("which files contain \"deny(unsafe_code)\"", "text deny(unsafe_code)"),
    ("\"who calls foo\"", "text who calls foo"),
    ("where does 'Segmentation fault' appear", "text Segmentation fault"),
    ("find the text rate limit exceeded", "text rate limit exceeded"),
    ("who prints \"hello world\"?", "text hello world"),
    // Imports.
    ("what depends on src/text.rs", "importers src/text.rs"),
    ("who imports serde_json", "importers serde_json"),
    ("what includes linux/rbtree.h in mm/", "importers linux/rbtree.h in mm/"),
    ("how does Mutex work?", "how Mutex"),
    ("How does Foo work?", "how Foo"),
    ("what is Cow used for", "how Cow"),
    ("which files include linux/sched.h", "importers linux/sched.h"),
    ("what does src/host.rs import", "imports src/host.rs"),
    ("what does the module search depend on", "imports search"),
    ("imports of src/lib.rs", "imports src/lib.rs"),
    ("where is <linux/sched.h> included", "importers linux/sched.h"),
    ("does anything depend on src/text.rs?", "importers src/text.rs"),
    // Counts.
    ("how many files are there", "count files"),
    ("how many files are in kernel/sched?", "count files in kernel/sched"),
    ("how many rust files are there", "count files rust"),
    ("how many rust files", "count files rust"),
    ("how many lines of code are there?", "count lines"),
    ("how many lines are there", "count lines"),
    ("how many lines of python code are there?", "count lines python"),
    ("how many lines of rust are in src", "count lines rust in src"),
    ("how many python lines are there", "count lines python"),
    ("how many functions are in src/lib.rs", "count definitions kind=function in src/lib.rs"),
    ("how many uses of RelPath are there", "count uses RelPath"),
    ("how many times is kmalloc called", "count uses kmalloc"),
    ("how many callers does do_fork have", "count uses do_fork"),
    ("how many lines of code are in src", "count lines in src"),
    ("how many lines does src/main.rs have?", "count lines in src/main.rs"),
    ("count TODOs", "count text TODO"),
    ("how many structs are defined in include/linux/sched.h", "count definitions kind=struct in include/linux/sched.h"),
    ("number of tests", "count definitions test kind=function"),
    ("how big is the repository", "count lines"),
    // Project.
    ("how do I build this?", "project build"),
    ("how do I run the tests", "project test"),
    ("how to install", "project install"),
    ("how can I configure it?", "project configure"),
    ("build instructions", "project build"),
    ("what are the dependencies of this project", "project dependencies"),
    ("what dependencies does this project have", "project dependencies"),
    ("which license does it have", "project license"),
    ("how do we release", "project release"),
    ("where are the tests?", "project test"),
    ("where is CI configured", "project ci"),
    ("how is CI set up?", "project ci"),
    ("what does CI run", "project ci"),
    // Anything else.
    ("wo ist task_struct definiert", "evidence"),
    ("memory allocation", "evidence"),
    ("who wrote this", "evidence"),
    ("", "evidence"),
    ("   ", "evidence"),
    ("?", "evidence"),
    ("hello", "where hello"),
    ("\u{E000}", "evidence"),
    ("`", "evidence"),
    ("where is", "evidence"),
    ("who calls", "evidence"),
];
