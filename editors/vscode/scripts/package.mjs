// Packages the extension for one platform with its server inside, and looks at what came out:
//   node scripts/package.mjs --binary PATH --target linux-x64 --out FILE.vsix [--as-is] [--notices FILE]
// The binary's symbols are stripped from a copy, but with --as-is. Its SHA-256 is compiled into the bundle, which starts no
// other. The notices are the licences of what is inside. The same sources, binary and SOURCE_DATE_EPOCH (the commit's time
// when not set) give the same file.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { inflateRawSync } from "node:zlib";
import { createVSIX } from "@vscode/vsce";

const targets = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64", "win32-arm64"];
const mostBytes = 80e6;
const root = fileURLToPath(new URL("..", import.meta.url));
const repository = join(root, "../..");

const fail = (message) => {
  console.error(`package: ${message}`);
  process.exit(1);
};

/** Every file that may be inside; the names are vsce's. */
const allowed = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/(package\.json|readme\.md|changelog\.md|LICENSE[-\w.]*|THIRD-PARTY\.txt)$/,
  /^extension\/dist\/(extension|page)\.(js|css)$/,
  /^extension\/media\/[\w.-]+\.(png|svg|css)$/,
  /^extension\/server\/spelunk(\.exe)?$/,
];

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Strips the symbols of the file in place, where this machine has a program that can. */
function strip(path, target) {
  if (target.startsWith("win32")) return; // Its symbols are in a file of their own.
  const mac = target.startsWith("darwin");
  const strippers = mac
    ? [
        ["strip", "-x"],
        ["llvm-strip", "-x"],
      ]
    : [["strip"], ["llvm-strip"]];
  if (
    !strippers.some(
      ([program, ...rest]) => spawnSync(program, [...rest, path], { stdio: "ignore" }).status === 0,
    )
  ) {
    console.warn(`package: no strip here that takes ${target}: the binary keeps its symbols`);
  }
  // What was changed has to be signed again, or macOS kills it.
  if (mac && process.platform === "darwin") execFileSync("codesign", ["--force", "--sign", "-", path]);
}

/** The version that Cargo.toml, package.json and, where it runs here, the binary have in common. */
function version(binary, target) {
  const cargo = /^version = "(.+)"$/m.exec(readFileSync(join(repository, "Cargo.toml"), "utf8"))?.[1];
  const npm = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;
  if (cargo !== npm) fail(`Cargo.toml says version ${cargo}, package.json ${npm}: make them the same`);
  if (target === `${process.platform}-${process.arch}`) {
    const said = execFileSync(binary, ["--version"], { encoding: "utf8" }).split("\n")[0].trim();
    if (said !== `spelunk ${npm}`) fail(`${binary} says "${said}", not "spelunk ${npm}": build it again`);
  }
  return npm;
}

/** The files of a ZIP archive, from its central directory: name, Unix mode, and a function that gives the content. */
function entries(zip) {
  const end = zip.lastIndexOf("PK\x05\x06", undefined, "latin1");
  let at = zip.readUInt32LE(end + 16);
  return Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
    const [method, packed] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)];
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const [mode, local] = [zip.readUInt32LE(at + 38) >>> 16, zip.readUInt32LE(at + 42)];
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const content = () => {
      const bytes = zip.subarray(start, start + packed);
      return method === 0 ? bytes : inflateRawSync(bytes);
    };
    const entry = { name: zip.toString("utf8", at + 46, at + 46 + name), mode, content };
    at += 46 + name + extra + comment;
    return entry;
  });
}

/** Fails unless the package has what it needs, nothing else, and the binary that its bundle believes. */
function inspect(file, hash) {
  const zip = readFileSync(file);
  const found = entries(zip);
  const wrong = found.filter(({ name }) => !allowed.some((pattern) => pattern.test(name)));
  if (wrong.length > 0)
    fail(`the package has what it should not: ${wrong.map(({ name }) => name).join(", ")}`);
  const server = found.find(({ name }) => name.startsWith("extension/server/"));
  const bundle = found.find(({ name }) => name === "extension/dist/extension.js");
  if (!server || !bundle) fail(`the package has no server or no bundle`);
  if ((server.mode & 0o111) === 0 && !server.name.endsWith(".exe"))
    fail(`${server.name} is not executable in the package`);
  if (sha256(server.content()) !== hash)
    fail(`${server.name} in the package is not the binary that was given`);
  if (!bundle.content().includes(hash))
    fail(`dist/extension.js in the package does not name the binary's SHA-256`);
  if (zip.length > mostBytes) fail(`the package has ${zip.length} bytes, more than ${mostBytes}`);
  return { files: found.length, bytes: zip.length };
}

const { values } = parseArgs({
  options: {
    binary: { type: "string" },
    target: { type: "string", default: `${process.platform}-${process.arch}` },
    out: { type: "string" },
    notices: { type: "string" },
    "as-is": { type: "boolean", default: false },
  },
});
const { target } = values;
if (!targets.includes(target)) fail(`--target is ${target}, which is none of ${targets.join(", ")}`);
if (!values.binary || !existsSync(values.binary)) fail("--binary has to name the server's binary");
const out = resolve(values.out ?? `spelunk-${target}.vsix`);

const staging = mkdtempSync(join(tmpdir(), "spelunk-package-"));
process.on("exit", () => rmSync(staging, { recursive: true, force: true }));
mkdirSync(join(staging, "server"));
const server = join(staging, "server", target.startsWith("win32") ? "spelunk.exe" : "spelunk");
copyFileSync(values.binary, server);
chmodSync(server, 0o755);
if (!values["as-is"]) strip(server, target);
const hash = sha256(readFileSync(server));
const released = version(server, target);

execFileSync(process.execPath, ["esbuild.mjs", "--production"], {
  cwd: root,
  stdio: "inherit",
  env: {
    ...process.env,
    SPELUNK_DIST: join(staging, "dist"),
    SPELUNK_SERVER_SHA256: hash,
  },
});
for (const name of ["package.json", "README.md", "CHANGELOG.md", "media", ".vscodeignore"])
  cpSync(join(root, name), join(staging, name), { recursive: true });
for (const name of ["LICENSE-MIT", "LICENSE-APACHE"])
  copyFileSync(join(repository, name), join(staging, name));
if (values.notices) copyFileSync(values.notices, join(staging, "THIRD-PARTY.txt"));

// ZIP has local times.
process.env.TZ = "UTC";
process.env.SOURCE_DATE_EPOCH ||=
  spawnSync("git", ["log", "-1", "--format=%ct"], { cwd: root, encoding: "utf8" }).stdout?.trim() ||
  "315532800";
const packed = join(staging, "packed.vsix");
const tree = `https://github.com/spelunk-dev/spelunk/raw/v${released}/editors/vscode`;
await createVSIX({
  cwd: staging,
  target,
  packagePath: packed,
  dependencies: false,
  skipLicense: true,
  // What README.md shows, as it was in this version.
  baseImagesUrl: tree,
});
const { files, bytes } = inspect(packed, hash);
mkdirSync(dirname(out), { recursive: true });
copyFileSync(packed, out);
console.log(`${out}: ${files} files, ${(bytes / 1e6).toFixed(1)} MB, server ${hash}`);
