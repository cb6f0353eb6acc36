// A code-server in folders of its own: the VS Code that tests drive, with the extension installed.
import { spawn, execFileSync } from "node:child_process";
import {
  cpSync,
  createWriteStream,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { until } from "./suite.mjs";

const program = process.env.SPELUNK_TEST_CODE_SERVER || "code-server";
const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const declared = Object.assign({}, ...manifest.contributes.configuration.map(({ properties }) => properties));

/** What keeps the editor quiet: no welcome, no tips, nothing that asks the network. */
const quiet = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.reduceMotion": "on",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.enableExperiments": false,
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
  "workbench.colorTheme": "Default Dark Modern",
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "git.openRepositoryInParentFolders": "never",
  "npm.fetchOnlinePackageInfo": false,
  "json.schemaDownload.enable": false,
  "typescript.disableAutomaticTypeAcquisition": true,
  "js/ts.tsserver.automaticTypeAcquisition.enabled": false,
  "files.autoSave": "off",
};

/** Installs a `.vsix` into a folder of extensions. */
export function install(vsix, extensions, home) {
  const folders = ["--extensions-dir", extensions, "--user-data-dir", join(home, "install")];
  execFileSync(program, [...folders, "--install-extension", vsix], {
    env: environment(home),
    stdio: ["ignore", "ignore", "pipe"],
  });
}

/** An environment that shares nothing with the person who runs the tests. */
function environment(home, more = {}) {
  mkdirSync(join(home, "tmp"), { recursive: true });
  return {
    PATH: process.env.PATH,
    LANG: "C.UTF-8",
    HOME: home,
    TMPDIR: join(home, "tmp"),
    XDG_CONFIG_HOME: join(home, ".config"),
    XDG_STATE_HOME: join(home, ".state"),
    XDG_DATA_HOME: join(home, ".data"),
    XDG_CACHE_HOME: join(home, ".cache"),
    SPELUNK_STATE_DIR: join(home, "state"),
    // Without a gallery VS Code asks none.
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    ...more,
  };
}

export class CodeServer {
  /**
   * @param {string} home A folder for all that it writes.
   * @param {string} extensions The folder of installed extensions.
   * @param {Record<string, string>} env
   */
  constructor(home, extensions, env = {}) {
    this.home = home;
    this.extensions = extensions;
    this.env = env;
    this.data = join(home, "data");
    /** Where spelunk records its runs. */
    this.state = join(home, "state");
  }

  async start() {
    mkdirSync(this.home, { recursive: true });
    const output = createWriteStream(join(this.home, "code-server.log"));
    this.process = spawn(
      program,
      [
        ...["--auth", "none", "--bind-addr", "127.0.0.1:0", "--disable-telemetry", "--disable-update-check"],
        ...["--disable-getting-started-override", "--reconnection-grace-time", "5"],
        ...["--extensions-dir", this.extensions, "--user-data-dir", this.data],
      ],
      { env: environment(this.home, this.env), detached: true, stdio: ["ignore", "pipe", "pipe"] },
    );
    let said = "";
    this.process.stdout.on("data", (chunk) => {
      said += chunk;
      output.write(chunk);
    });
    this.process.stderr.pipe(output);
    this.origin = await until("code-server listens", () => {
      if (this.process.exitCode !== null) throw new Error(`code-server ended: ${said}`);
      return /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
    });
  }

  /** Writes the settings, each where its scope belongs, and forgets what spelunk recorded. */
  prepare(settings) {
    const all = { ...quiet, ...settings };
    const isMachine = (key) => declared[key]?.scope === "machine";
    for (const [folder, machine] of [
      ["User", false],
      ["Machine", true],
    ]) {
      const own = Object.entries(all).filter(([key]) => isMachine(key) === machine);
      mkdirSync(join(this.data, folder), { recursive: true });
      writeFileSync(this.settingsFile(folder), JSON.stringify(Object.fromEntries(own), null, 2));
    }
    rmSync(this.state, { recursive: true, force: true });
  }

  /** The file of settings of `User` or `Machine`. */
  settingsFile(folder) {
    return join(this.data, folder, "settings.json");
  }

  /** The logs of our extension that were written so far, newest last. */
  logs() {
    const root = join(this.data, "logs");
    let names;
    try {
      names = readdirSync(root, { recursive: true });
    } catch {
      return [];
    }
    return names
      .filter((name) => /spelunk.*\.log$/i.test(name))
      .sort()
      .map((name) => join(root, name));
  }

  /** What the log of our extension says, of the window that was opened last. */
  log() {
    const last = this.logs().at(-1);
    return last ? readFileSync(last, "utf8") : "";
  }

  /** The logs of the extension hosts, newest last. */
  hostLogs() {
    const root = join(this.data, "logs");
    return readdirSync(root, { recursive: true })
      .filter((name) => name.endsWith("remoteexthost.log"))
      .sort()
      .map((name) => join(root, name));
  }

  /** Processes of an installed `spelunk`, workers included: one code-server runs at a time. */
  spelunks() {
    return processes().filter(({ program }) => program.startsWith(`${dirname(this.home)}/`));
  }

  /** The server of spelunk alone. */
  languageServers() {
    return this.spelunks().filter(({ command }) => command.split("\0").includes("lsp"));
  }

  async stop() {
    if (!this.process) return;
    const ended = new Promise((done) => this.process.once("exit", done));
    try {
      process.kill(-this.process.pid, "SIGKILL");
    } catch {
      return;
    }
    await ended;
  }
}

/** Every process: its command line, and the program that it executes. */
function processes() {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return [{ pid: Number(pid), command, program: readlinkSync(`/proc/${pid}/exe`) }];
      } catch {
        return [];
      }
    });
}

/** A copy of a folder of extensions, to be changed. */
export function copied(extensions, to) {
  cpSync(extensions, to, { recursive: true });
  return to;
}
