// Bundles the unit tests, one file each, and runs them with Node's own test runner; the last line counts them.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = mkdtempSync(join(tmpdir(), "spelunk-unit-"));
const tests = readdirSync(join(root, "test/unit"), { recursive: true }).filter((name) =>
  name.endsWith(".test.ts"),
);
await build({
  absWorkingDir: root,
  entryPoints: tests.map((name) => join("test/unit", name)),
  outdir: out,
  outbase: "test/unit",
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  sourcemap: "inline",
  alias: {
    vscode: join(root, "test/unit/vscode.ts"),
  },
  define: { SERVER_SHA256: '""' },
  logLevel: "warning",
  // What the tests do not reach needs no stand-in.
  logOverride: { "import-is-undefined": "silent" },
});
const run = spawnSync(
  process.execPath,
  [
    "--enable-source-maps",
    "--test",
    "--test-reporter=spec",
    ...tests.map((name) => join(out, name.replace(/\.ts$/, ".js"))),
  ],
  {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  },
);
rmSync(out, { recursive: true });
process.stdout.write(run.stdout);
const count = (what) => Number(new RegExp(`^ℹ ${what} (\\d+)$`, "m").exec(run.stdout)?.[1] ?? 0);
console.log(`${count("pass")} passed, ${count("fail") + count("cancelled")} failed`);
process.exit(run.status ?? 1);
