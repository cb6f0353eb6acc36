// Packages the extension with a binary, installs it into a code-server and runs the tests of *.e2e.mjs in Chromium:
// `npm run test:e2e [-- words of a file's or a test's name]`. The last line counts them. SPELUNK names the binary;
// SPELUNK_TEST_CODE_SERVER and SPELUNK_TEST_CHROMIUM the programs. `--pictures` takes the pictures instead.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { packaged } from "./package.mjs";
import { CodeServer, copied, install } from "./code-server.mjs";
import { Editor, out } from "./editor.mjs";
import { Endpoint } from "./endpoint.mjs";
import { small } from "./repository.mjs";
import { collect } from "./suite.mjs";

const here = import.meta.dirname;
const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const suffix = process.argv.includes("--pictures") ? ".pictures.mjs" : ".e2e.mjs";

const files = readdirSync(here).filter((name) => name.endsWith(suffix));
const wanted = [];
for (const name of files.sort()) {
  const tests = await collect(name, join(here, name));
  wanted.push(...tests.filter((test) => words.every((word) => `${name} ${test.name}`.includes(word))));
}
if (wanted.length === 0) {
  console.error(`no test is called so: ${words.join(" ")}`);
  process.exit(1);
}

const root = mkdtempSync(join(tmpdir(), "spelunk-e2e-"));
mkdirSync(out(), { recursive: true });
const vsix = process.env.SPELUNK_TEST_VSIX || packaged(root);
const extensions = join(root, "extensions");
install(vsix, extensions, join(root, "home"));

const browser = await chromium.launch({
  executablePath: process.env.SPELUNK_TEST_CHROMIUM || "/usr/bin/chromium",
  args: [
    ...[
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
    ],
    ...["--disable-component-update", "--disable-sync"],
  ],
});
process.once("SIGINT", () => void finish(130));

let shared;
let sharedBy;
let made = 0;

/** The code-server of a test: its file's, unless it needs one that is unlike the others. */
async function serverFor({ file, needs }) {
  const { env, extensions: more = [], installed } = needs;
  if (!env && more.length === 0 && !installed) {
    if (sharedBy === file) return shared;
    await shared?.stop();
    sharedBy = file;
    shared = new CodeServer(join(root, `home${made++}`), extensions);
    await shared.start();
    return shared;
  }
  await shared?.stop();
  shared = sharedBy = undefined;
  const home = join(root, `home${made++}`);
  const own = more.length || installed ? copied(extensions, join(home, "extensions")) : extensions;
  for (const folder of more) install(packaged(root, join(here, folder)), own, home);
  if (installed)
    await installed(
      join(
        own,
        readdirSync(own).find((name) => name.startsWith("spelunk.spelunk-")),
      ),
    );
  shared = new CodeServer(home, own, env);
  await shared.start();
  return shared;
}

/** Runs one test, and gives what went wrong. */
async function run(test) {
  const { needs, body } = test;
  const folder = join(root, `w${made++}`);
  mkdirSync(folder);
  const repository = (await (needs.repository ?? small)(folder)) ?? folder;
  const server = await serverFor(test);
  const endpoint = await Endpoint.start();
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    permissions: ["clipboard-read", "clipboard-write"],
  });
  context.setDefaultTimeout(30_000);
  const foreign = [];
  context.on("request", (request) => {
    const url = new URL(request.url());
    // What webviews load of the extension's own files: the page's service worker answers, no host does.
    if (url.host.endsWith(".vscode-resource.vscode-cdn.net")) return;
    if (/^(https?|wss?):$/.test(url.protocol) && url.host !== new URL(server.origin).host)
      foreign.push(url.href);
  });
  const given = { folder, repository, server, endpoint, context };
  const scripted = {
    "spelunk.model": "openai/scripted",
    "spelunk.providers": { openai: { baseUrl: endpoint.url, allowHttp: true } },
    "spelunk.plainBelow": 0,
    "spelunk.orientation": false,
  };
  let editor;
  let timer;
  try {
    server.prepare({
      "security.workspace.trust.enabled": needs.trust === true,
      "security.workspace.trust.banner": "always",
      "security.workspace.trust.startupPrompt": "never",
      ...(needs.theme && { "workbench.colorTheme": needs.theme }),
      ...(needs.model && scripted),
      ...(typeof needs.settings === "function" ? needs.settings(given) : needs.settings),
    });
    editor = await Editor.open(context, server, needs.open === null ? null : join(folder, needs.open ?? ""));
    const late = new Promise((_, fail) => {
      const seconds = needs.seconds ?? 120;
      timer = setTimeout(() => fail(new Error(`not done after ${seconds} s`)), seconds * 1000);
    });
    await Promise.race([body({ ...given, editor }), late]);
    if (foreign.length) throw new Error(`the window asked other hosts: ${foreign.join(" ")}`);
  } catch (error) {
    const name = `${test.file} ${test.name}`.replaceAll(/[^\w.]+/g, "-");
    for (const [number, page] of context.pages().entries()) {
      const path = out(`${name}${number || ""}.png`);
      await page.screenshot({ path, timeout: 10_000 }).catch(() => {});
      console.log(`   seen: ${path}`);
    }
    console.log(`   log of the extension, its end:\n${server.log().split("\n").slice(-40).join("\n")}`);
    return error;
  } finally {
    clearTimeout(timer);
    await editor?.close().catch(() => {});
    await context.close();
    endpoint.stop();
    if (!process.env.SPELUNK_TEST_KEEP) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function finish(status) {
  await browser.close().catch(() => {});
  await shared?.stop();
  if (!process.env.SPELUNK_TEST_KEEP) rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  process.exit(status);
}

// Clicks and keys can get lost in an editor that is busy with itself: what fails is tried once more, and said to have failed.
let [failed, again] = [0, 0];
for (const test of wanted) {
  const begun = Date.now();
  let error = await run(test);
  if (error) {
    console.log(`${test.file}: ${test.name}: failed, and is tried again\n${error.stack ?? error}`);
    again += 1;
    error = await run(test);
  }
  if (error) failed += 1;
  console.log(
    `${error ? "FAILED" : "ok"} ${test.file}: ${test.name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`,
  );
  if (error) console.log(error.stack ?? error);
}
if (again > 0) console.log(`tried twice: ${again}`);
console.log(`${wanted.length - failed} passed, ${failed} failed`);
await finish(failed ? 1 : 0);
