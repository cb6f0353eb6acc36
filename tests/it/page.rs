//! The page of a run in Chromium, where there is one: as wide as a screen and as narrow as a phone, light and dark.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};
use spelunk::journal::{Blobs, html, read};
use tokio::process::Command;

use crate::agent::finish;
use crate::trace::CHILDREN;

/// The browser that `SPELUNK_TEST_CHROMIUM` names, or one on the path.
fn chromium() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("SPELUNK_TEST_CHROMIUM").filter(|named| !named.is_empty()) {
        return Some(named.into());
    }
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let path = std::env::var_os("PATH")?;
    let mut programs = std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
    programs.find(|program| program.is_file())
}

/// Measures the page from within. It has the page's own nonce, which no text of a journal can know.
const PROBE: &str = "
const root = document.documentElement;
const seen = (id) => document.getElementById(id).checkVisibility();
root.dataset.probe = JSON.stringify({
  wide: root.scrollWidth > innerWidth,
  rows: document.querySelectorAll('details.row').length,
  tools: seen('tools'),
  revealed: seen('cell-4-1'),
  folded: seen('call-13') && !document.getElementById('call-13').open,
  dark: getComputedStyle(document.body).backgroundColor,
  axis: document.querySelector('svg.all').getBoundingClientRect().width > 300,
  loaded: performance.getEntriesByType('resource').length,
});
";

/// What the probe saw, and the addresses that the page asked for.
async fn opened(program: &Path, page: &str, width: u32, dark: bool) -> (Value, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let nonce = page.split_once("script nonce=").unwrap().1.split('>').next().unwrap();
    let probed = page.replace("\n</html>", &format!("\n<script nonce={nonce}>{PROBE}</script>\n</html>"));
    let file = folder.path().join("page.html");
    std::fs::write(&file, probed).unwrap();
    let log = folder.path().join("net.json");
    let mut command = Command::new(program);
    command
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-extensions", "--dump-dom"])
        .arg(format!("--window-size={width},900"))
        .arg(format!("--blink-settings=preferredColorScheme={}", if dark { 0 } else { 1 }))
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("--log-net-log={}", log.display()))
        .arg(format!("file://{}#cell-4-1", file.display()))
        .env("HOME", folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let done = finish(command.spawn().unwrap()).await;
    let probe = done.stdout.split_once("data-probe=\"").unwrap_or_else(|| panic!("{}\n{}", done.stdout, done.stderr)).1;
    let probe = probe.split('"').next().unwrap().replace("&quot;", "\"");
    // Requests of the browser's own have no page that began them.
    let log = std::fs::read_to_string(&log).unwrap();
    let begun = log.lines().filter(|line| line.contains("\"initiator\":") && !line.contains("\"not an origin\""));
    let asked = begun.filter(|line| line.contains("\"url\":\"http")).map(str::to_owned).collect();
    (serde_json::from_str(&probe).unwrap(), asked)
}

#[tokio::test]
async fn the_page_in_chromium() {
    let Some(program) = chromium() else {
        use std::io::Write as _;
        // Past the capturing of the tests' output: a skipped test has to say so.
        let said = "skipped: no Chromium here; put one on PATH, or name it in SPELUNK_TEST_CHROMIUM\n";
        std::io::stderr().write_all(said.as_bytes()).unwrap();
        return;
    };
    let state = tempfile::tempdir().unwrap();
    let file = state.path().join("20260725-172000000-abcdef.jsonl");
    std::fs::write(&file, CHILDREN).unwrap();
    let page = html::page(&read(&file).unwrap(), &Blobs::new(state.path()));
    let rows = page.matches("<details class=\"row ").count();
    let check = async |width: u32, dark: bool, back: &str| {
        let (probe, asked) = opened(&program, &page, width, dark).await;
        let expect = json!({
            "wide": false, "rows": rows, "tools": true, "revealed": true, "folded": true, "dark": back, "axis": true, "loaded": 0,
        });
        assert_eq!(probe, expect, "{width} {dark}");
        assert_eq!(asked, Vec::<String>::new());
    };
    check(1400, false, "rgb(253, 253, 252)").await;
    check(500, true, "rgb(22, 24, 27)").await;
}
