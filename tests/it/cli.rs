//! The command line: bad input of every kind gets a clear message, the right exit code, and loses nothing.

use std::io::{Seek as _, SeekFrom, Write as _};

use crate::agent::{Finished, World};

async fn eval(world: &World, code: &str) -> Finished {
    world.run(&["eval", code, world.repo().to_str().unwrap()]).await
}

#[tokio::test]
async fn places_that_cannot_be_opened() {
    let world = World::new();
    let repo = world.repo();
    let check = async |path: &str, expect: &str| {
        let finished = world.run(&["ask", "where is parse?", path]).await;
        assert_eq!(finished.code, Some(2), "{path}: {}", finished.stderr);
        assert!(finished.stderr.contains(expect), "{path}: {}", finished.stderr);
        assert!(finished.stdout.is_empty());
    };
    check("/no/such/place", "/no/such/place").await;
    check(repo.join("src/main.rs").to_str().unwrap(), "src").await;
}

#[tokio::test]
async fn command_lines_that_cannot_be_used() {
    let world = World::new();
    let repo = world.repo();
    let repo = repo.to_str().unwrap();
    let check = async |args: &[&str], expect: &str| {
        let finished = world.run(args).await;
        assert_eq!(finished.code, Some(2), "{args:?}: {}", finished.stderr);
        assert!(finished.stderr.contains(expect), "{args:?}: {}", finished.stderr);
    };
    check(&["ask", "  ", repo], "the question is empty").await;
    check(&["ask", "q", repo, "--model", "nobody/x"], "nobody").await;
    check(&["ask", "q", repo, "--model", "openai/x"], "OPENAI_API_KEY").await;
    check(&["ask", "q", repo, "--model", "justaname"], "provider/model").await;
    check(&["ask", "q", repo, "--model", "scripted//no/such/file"], "/no/such/file").await;
    check(&["ask", "q", repo, "--scope", "src/{a"], "src/{a").await;
    check(&["trace", "nosuchrun"], "nosuchrun").await;
}

#[tokio::test]
async fn cells_that_fail_say_why() {
    let world = World::new();
    let check = async |code: &str, expect: &str| {
        let finished = eval(&world, code).await;
        assert_eq!(finished.code, Some(1), "{code}: {} {}", finished.stdout, finished.stderr);
        assert!(finished.stderr.contains(expect), "{code}: {}", finished.stderr);
    };
    check("repo.search('(')", "literal").await;
    check("repo.search(/(?<=a)b/)", "look").await;
    check("repo.search('x', { globs: '*' })", "globs").await;
    check("repo.search('x', { glob: 'a{' })", "a{").await;
    check("repo.read('nope.rs')", "nope.rs").await;
    check("repo.read('parse.rs')", "src/parse.rs").await;
    check("repo.read('../../etc/passwd')", "outside").await;
    check("repo.read('src')", "src").await;
    check("repo.read('.env')", "secret").await;
    check("repo.grep('x')", "search").await;
    check("await llm('hello')", "language model").await;
    check("const repo = 1", "repo").await;
    check("let x = ;", "line 1").await;
}

#[tokio::test]
async fn empty_and_odd_repositories() {
    let world = World::new();
    let empty = world.repo().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let finished = world.run(&["ask", "where is parse?", empty.to_str().unwrap()]).await;
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    assert!(finished.stdout.contains("no files"), "{}", finished.stdout);

    let odd = World::new();
    odd.file("latin.txt", b"caf\xe9 needle\n");
    odd.file("nul.bin", b"\0\x01\x02needle\0");
    odd.file("long.txt", [b"x".repeat(100 << 20), b" needle".to_vec()].concat());
    let mut sparse = std::fs::File::create(odd.repo().join("sparse.img")).unwrap();
    sparse.seek(SeekFrom::Start((1 << 30) - 1)).unwrap();
    sparse.write_all(b"x").unwrap();
    let code = "const hits = repo.search('needle'); [hits.map((m) => m.path).join(), hits.every((m) => m.text.length < 1100), \
                repo.read('latin.txt').trim()].join(' ')";
    let finished = eval(&odd, code).await;
    assert_eq!(finished.stdout.trim(), "latin.txt,long.txt true caf\u{fffd} needle", "{}", finished.stderr);
    let finished = eval(&odd, "repo.read('nul.bin')").await;
    assert!(finished.stderr.contains("binary"), "{}", finished.stderr);
    let finished = eval(&odd, "repo.read('sparse.img')").await;
    assert!(finished.stderr.contains("sparse.img"), "{}", finished.stderr);
}

#[tokio::test]
async fn values_are_printed_and_the_bindings_too() {
    let world = World::new();
    assert_eq!(eval(&world, "repo.files().map((f) => f.path)").await.stdout.trim(), "['src/main.rs', 'src/parse.rs']");
    assert_eq!(eval(&world, "answer('# yes')").await.stdout.trim(), "# yes");
    assert_eq!(eval(&world, "'\\x1b[31mred\\x07'").await.stdout.trim(), "red\\u{7}");
    let help = world.run(&["eval", "--help-api"]).await;
    assert!(help.stdout.contains("declare const repo"), "{}", help.stdout);
}

#[tokio::test]
async fn builtin_answers_and_says_what_it_is() {
    let world = World::new();
    let repo = world.repo();
    let finished = world.run(&["ask", "where is count defined?", repo.to_str().unwrap()]).await;
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    assert!(finished.stdout.contains("src/parse.rs:8"), "{}", finished.stdout);
    assert!(finished.stdout.contains("language model"), "{}", finished.stdout);
}
