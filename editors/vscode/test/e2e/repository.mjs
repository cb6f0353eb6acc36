// Makes the git repositories that tests open.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Writes files, `{ path: text }`, below a folder. */
export function write(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Runs git in a folder and gives what it prints. */
export function git(folder, ...args) {
  const who = ["-c", "user.name=Test", "-c", "user.email=test@localhost", "-c", "init.defaultBranch=main"];
  return execFileSync("git", [...who, ...args], { cwd: folder, encoding: "utf8" });
}

/** Makes a folder a repository with everything in it committed. */
export function commit(folder) {
  git(folder, "init", "-q");
  git(folder, "add", "-A");
  git(folder, "commit", "-q", "-m", "first");
}

/** Files of a little library that counts words: Rust, with one caller of `parse`. */
export const words = {
  "Cargo.toml": '[package]\nname = "words"\nversion = "0.1.0"\nedition = "2021"\n',
  "src/lib.rs": "pub mod count;\npub mod parse;\n",
  "src/parse.rs":
    "/// Splits a line into its words.\n" +
    "pub fn parse(line: &str) -> Vec<&str> {\n    line.split_whitespace().collect()\n}\n",
  "src/count.rs":
    "use crate::parse::parse;\n\n/// How many words a line has.\n" +
    "pub fn count(line: &str) -> usize {\n    parse(line).len()\n}\n",
  "README.md": "# words\n\nCounts words.\n",
};

/** The little library, committed. */
export function small(folder) {
  write(folder, words);
  commit(folder);
  return folder;
}

/** A function `greet` and 20 files of Python that import and call it, committed. */
export function twenty(folder) {
  const files = { "shared.py": 'def greet(name):\n    """Greets somebody."""\n    return f"hello {name}"\n' };
  for (let n = 1; n <= 20; n += 1)
    files[`part/file${String(n).padStart(2, "0")}.py`] =
      `from shared import greet\n\n\ndef use${n}():\n    return greet("part ${n}")\n`;
  write(folder, files);
  commit(folder);
  return folder;
}

/** Two repositories, `words` and `greetings`, and the workspace `both.code-workspace` with them. */
export function two(folder) {
  mkdirSync(join(folder, "words"));
  mkdirSync(join(folder, "greetings"));
  small(join(folder, "words"));
  twenty(join(folder, "greetings"));
  const workspace = { folders: [{ path: "words" }, { path: "greetings" }], settings: {} };
  writeFileSync(join(folder, "both.code-workspace"), JSON.stringify(workspace));
  return folder;
}
