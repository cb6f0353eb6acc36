// How the project is built, tested, run: what its own files say about it.
const TOPICS = {
  build: ["build|compil|make", "build|all|compile|dist|default"],
  test: ["test", "test|tests|check|spec"],
  run: ["run|usage|quick ?start|getting started|example", "run|start|serve|dev"],
  install: ["install|setup|set up|requirement|prerequisite|getting started", "install|setup|bootstrap"],
  configure: ["config|setting|option|environment", "config|configure|menuconfig|defconfig"],
  contribute: ["contribut|style|lint|format|develop", "lint|fmt|format|check"],
  dependencies: ["dependenc|requirement|third.party", ""],
  license: ["licen[sc]e|copying", ""],
  ci: [".", ""],
  release: ["releas|deploy|publish|changelog", "release|dist|publish|deploy"],
};
// Manifests, and what their tools are told by default.
const MANIFESTS = [
  ["Cargo.toml", { build: "cargo build", test: "cargo test", run: "cargo run", install: "cargo install --path .", release: "cargo build --release", contribute: "cargo fmt && cargo clippy" }],
  ["package.json", { build: "npm run build", test: "npm test", run: "npm start", install: "npm install", contribute: "npm run lint" }],
  ["pyproject.toml", { build: "python -m build", test: "python -m pytest", install: "pip install -e ." }],
  ["setup.py", { install: "pip install -e .", test: "python -m pytest" }],
  ["requirements.txt", { install: "pip install -r requirements.txt" }],
  ["go.mod", { build: "go build ./...", test: "go test ./...", run: "go run .", install: "go install ./..." }],
  ["pom.xml", { build: "mvn package", test: "mvn test" }],
  ["build.gradle", { build: "./gradlew build", test: "./gradlew test" }],
  ["CMakeLists.txt", { build: "cmake -B build && cmake --build build", test: "ctest --test-dir build" }],
  ["meson.build", { build: "meson setup build && ninja -C build", test: "meson test -C build" }],
  ["configure", { build: "./configure && make", install: "make install" }],
  ["Makefile", { build: "make", test: "make test", install: "make install" }],
  ["Kconfig", { configure: "make menuconfig" }],
  ["BUILD.gn", { build: "gn gen out/default && ninja -C out/default" }],
  ["WORKSPACE", { build: "bazel build //...", test: "bazel test //..." }],
  ["Dockerfile", { build: "docker build ." }],
];

function play(ask) {
  const topic = ask.intent.topic;
  const [words, targets] = TOPICS[topic];
  note(`looking for how to ${topic}`);
  const top = attempt(() => repo.files(MANIFESTS.map((m) => `/${m[0]}`), { limit: 200 }), none()).map((f) => f.path);
  const found = MANIFESTS.filter(([name]) => top.includes(name));
  const commands = found.filter((m) => m[1][topic]);
  if (commands.length) {
    say("By the files at the top, the usual commands are:", "");
    block(commands.map(([name, by]) => `${by[topic].padEnd(32)} # ${name}`).join("\n"), "x.sh");
  } else if (found.length) {
    say(`The project is described by ${found.map((m) => plain(m[0])).join(", ")}.`, "");
  }
  if (targets && top.includes("Makefile")) section("Targets in the Makefile", search(`^(${targets})[\\w.-]*\\s*:([^=]|$)`, ["Makefile"]), 10);
  if (targets && top.includes("package.json")) section("Scripts in package.json", search(`^\\s*"[\\w:-]*(${targets})[\\w:-]*"\\s*:`, ["package.json"]), 10);
  if (topic === "dependencies") declared(dependencies(top), 80);
  if (topic === "license") section("Licences", search("licen[sc]e|copyright", ["LICENSE*", "LICENCE*", "COPYING*", "Cargo.toml", "package.json", "pyproject.toml", "README*"]), 12);
  if (topic === "test") tests();
  const documents = ["README*", "CONTRIBUTING*", "INSTALL*", "BUILDING*", "HACKING*", "DEVELOPMENT*", "docs/*.md", "doc/*.md", "Documentation/admin-guide/*.rst"];
  if (topic === "ci") return pipelines();
  section("What the documents say", search(`^(#+\\s.*\\b(${words})|.*\\b(${words})\\w*\\b.*:$|\\s*(\\$ )?(cargo|npm|yarn|pnpm|make|go|python3?|pip|cmake|ninja|mvn|docker|\\./\\w+)\\s.*(${words}))`, documents), 20);
  section("Continuous integration", attempt(() => repo.search(`^\\s*-?\\s*(run|script|command)\\s*:.*|^\\s*-\\s+(cargo|npm|make|go|python|pytest)\\b.*`, { glob: CI.map((g) => `/${g}`), hidden: true, limit: 40 }), none()).filter((m) => new RegExp(words, "i").test(m.text)), 12);
  if (!out.length) {
    say("No build file or document that says so was found at the top of the repository.", "");
    evidence({ ...ask, words: [topic] });
  }
}

const CI = [".github/workflows/*", ".gitlab-ci.yml", ".circleci/*", ".ci/*", ".travis.yml", "Jenkinsfile", "azure-pipelines.yml", ".builds/*", ".cirrus.yml", ".buildkite/*"];

// What runs by itself: the files of the usual services, with their jobs and commands.
function pipelines() {
  const files = attempt(() => repo.files(CI.map((g) => `/${g}`), { hidden: true, limit: 60 }), none());
  if (!files.length) {
    say("No configuration of a known continuous integration service was found.", "");
    return evidence({ ...ask, words: ["workflow", "pipeline"] });
  }
  say(`Continuous integration is set up in ${many(files.length, "file")}:`, "");
  const lines = attempt(() => repo.search("^(name|on):|^\\s*-?\\s*(run|name|script|uses):|^\\s*(cargo|make|npm|go|python|pytest|scripts/)\\S*\\s", { glob: CI.map((g) => `/${g}`), hidden: true, limit: 300 }), none());
  for (const f of files.filter((f) => !lines.some((m) => m.path === f.path))) say(`- ${plain(f.path)}, ${size(f.bytes)}`);
  showMatches(lines, 60, 15);
}

const search = (pattern, globs) => attempt(() => repo.search(pattern, { ignoreCase: true, glob: globs.map((g) => `/${g}`), limit: 100 }), none());

function section(title, matches, most) {
  const rooted = matches.slice().sort((a, b) => depth(a.path) - depth(b.path)).slice(0, most * 2);
  if (!rooted.length) return;
  say(`**${title}**`, "");
  showMatches(rooted, most, most);
  say("");
}

// Dependencies with the crates that headers name set before them, since a header may be long and its name stands last.
function declared(matches, most) {
  if (!matches.length) return;
  say("**Declared dependencies**", "");
  for (const m of matches.slice(0, most)) {
    const header = /dependencies\.["']?([^\]."']+)["']?\s*\]/.exec(m.text);
    say(`- ${header ? `${plain(header[1])}, ` : ""}${at(m.path, m.line)}: ${code(m.text)}`);
  }
  if (matches.length > most) say(`- ${number(matches.length - most)} more`);
  say("");
}

function dependencies(top) {
  const wanted = top.filter((p) => ["Cargo.toml", "package.json", "pyproject.toml", "requirements.txt", "go.mod"].includes(p));
  return wanted.flatMap((path) => {
    const text = attempt(() => repo.read(path), "");
    let inside = path === "requirements.txt";
    const lines = text.split("\n").flatMap((line, i) => {
      // A header of Cargo's that names the crate itself; what follows are the crate's own settings.
      if (/^\[(.*[.\s])?([\w-]+-)?dependencies\.[^\].]+\s*\]/.test(line)) { inside = false; return [i + 1]; }
      if (/^\[|^\s*"\w+"\s*:\s*\{|^\w[\w-]* = \[$|^require \(/.test(line)) inside = /depend|require/i.test(line);
      else if (inside && /^\s*["\w@]/.test(line) && !/^\s*#/.test(line)) return [i + 1];
      return [];
    });
    if (!lines.length) return [];
    const all = attempt(() => repo.search("\\S", { glob: `/${globbed(path)}`, limit: 20000 }), none());
    return all.filter((m) => m.path === path && lines.includes(m.line));
  });
}

function tests() {
  const files = attempt(() => repo.files(["**/test/**", "**/tests/**", "**/*_test.*", "**/*.test.*", "**/test_*", "**/*.spec.*", "**/selftests/**"], { limit: 20000 }), none());
  if (!files.length) return;
  const folders = new Map();
  for (const f of files) {
    const found = /^(.*?(?:^|\/)(?:tests?|selftests))\//.exec(f.path);
    const key = found ? found[1] : folder(f.path) || ".";
    folders.set(key, (folders.get(key) || 0) + 1);
  }
  say(`There ${total(files) === 1 ? "is" : "are"} ${many(total(files), "test file")}:`, "");
  for (const [path, n] of [...folders].sort((a, b) => b[1] - a[1]).slice(0, 15)) say(`- ${plain(path)}: ${many(n, "file")}`);
  say("");
}
