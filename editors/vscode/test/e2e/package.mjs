// Makes a `.vsix`: of the extension with a binary, or of an extension that exists for a test.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const extension = fileURLToPath(new URL("../..", import.meta.url));
const target = `${process.platform}-${process.arch}`;

/** The program that is put into the package: SPELUNK, or the one of the last build. */
export function binary() {
  const builds = [process.env.CARGO_TARGET_DIR, join(extension, "../../target")].filter(Boolean);
  const found = [process.env.SPELUNK, ...builds.map((folder) => join(folder, "debug/spelunk"))].find(
    (path) => path && existsSync(path),
  );
  if (!found) throw new Error("no program to package: `cargo build`, or name one in SPELUNK");
  return found;
}

/** Packages the extension, or the one in `folder`, into `to`, and gives the file's path. */
export function packaged(to, folder = extension) {
  const file = join(to, `${basename(folder)}.vsix`);
  const [script, ...args] =
    folder === extension
      ? [join(extension, "scripts/package.mjs"), "--binary", binary(), "--target", target, "--out", file]
      : [join(extension, "node_modules/@vscode/vsce/vsce"), "package", "--out", file];
  if (folder !== extension)
    args.push("--no-dependencies", "--allow-missing-repository", "--skip-license", "--allow-star-activation");
  execFileSync(process.execPath, [script, ...args], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  return file;
}
