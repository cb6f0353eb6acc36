// Which program is the server: the one that a setting names, the one that came along, or one on the PATH; and whether it fits.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { access, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { pipeline } from "node:stream/promises";

/** Where a server may be, and which one is expected. */
export interface Places {
  /** The setting `spelunk.server.path`; empty when it is not set. */
  setting: string;
  /** The program that came with the extension. */
  bundled: string;
  /** What that program's SHA-256 must be, in hex; empty when none came along. */
  sha256: string;
  /** The PATH. */
  path: string;
}

/** What the program is called on this system. */
export const NAME = process.platform === "win32" ? "spelunk.exe" : "spelunk";
const PATIENCE_MS = 20_000;
const CLEAR = "Correct the setting, or clear it to use the program that came with the extension.";
const REINSTALL = "Reinstall the extension, or name a program in spelunk.server.path.";

/**
 * Finds the program. Nothing is run.
 *
 * @throws an `Error` with what is wrong and the way out.
 */
export async function find({ setting, bundled, sha256, path }: Places): Promise<string> {
  if (setting) {
    const named = setting.replace(/^~(?=$|[/\\])/, homedir());
    if (!isAbsolute(named))
      throw new Error(`spelunk.server.path has to be an absolute path: ${setting}. ${CLEAR}`);
    const wrong = await whyNot(named);
    if (wrong) throw new Error(`spelunk.server.path names a program that ${wrong}: ${named}. ${CLEAR}`);
    return named;
  }
  if (sha256) {
    const wrong = await whyNot(bundled);
    if (wrong) throw new Error(`The server that came with the extension ${wrong}: ${bundled}. ${REINSTALL}`);
    if ((await digest(bundled)) !== sha256)
      throw new Error(
        `The server was changed after it was packaged, so it is not started: ${bundled}. ${REINSTALL}`,
      );
    return bundled;
  }
  // An entry that is relative would be looked up in whatever folder is current.
  for (const folder of path.split(delimiter).filter(isAbsolute)) {
    if ((await whyNot(join(folder, NAME))) === undefined) return join(folder, NAME);
  }
  throw new Error(
    "There is no spelunk on the PATH, and none came with the extension. Install it, or name it in spelunk.server.path.",
  );
}

/** Why a path cannot be run, to follow its name; `undefined` when it can. */
async function whyNot(path: string): Promise<string | undefined> {
  try {
    if (!(await stat(path)).isFile()) return "is not a file";
  } catch {
    return "is not there";
  }
  try {
    await access(path, constants.X_OK);
    return undefined;
  } catch {
    return "is not executable";
  }
}

async function digest(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}

/**
 * Asks a program for its version.
 *
 * @throws an `Error` when it does not answer as the server does.
 */
export function version(program: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: PATIENCE_MS, cwd: homedir(), windowsHide: true, maxBuffer: 1 << 16 };
    execFile(program, ["--version"], options, (error, stdout, stderr) => {
      const said = /^spelunk (\S+)\s*$/.exec(stdout);
      if (!error && said?.[1]) {
        resolve(said[1]);
        return;
      }
      const machine = `${process.platform}-${process.arch}`;
      const how = error?.killed
        ? `gave no answer within ${PATIENCE_MS / 1000} s`
        : `answered: ${firstLine(stderr) || firstLine(stdout) || reason(error)}`;
      reject(
        new Error(
          `${program} is not a spelunk that runs here. Asked for its version, it ${how}. ` +
            `This machine needs one for ${machine}: see spelunk.server.path.`,
        ),
      );
    });
  });
}

function reason(error: Error | null): string {
  const { code, signal } = (error ?? {}) as { code?: number | string; signal?: string };
  if (signal) return `ended by ${signal}`;
  return code === undefined ? "nothing" : `exit code ${code}`;
}

/** The first line of a program's output, cut to what fits into a message. */
export function firstLine(output: string): string {
  const line = output.trim().split(/\r?\n/, 1)[0] ?? "";
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}

/**
 * Whether a server of one version serves an extension of another. Below 1.0 the second number says what fits, as it does
 * for Cargo.
 *
 * @returns what is wrong, with the way out; `undefined` when they fit.
 */
export function misfit(program: string, has: string, wants: string): string | undefined {
  const [server, extension] = [series(has), series(wants)];
  if (server[0] === extension[0] && server[1] === extension[1]) return undefined;
  const older = server[0] < extension[0] || (server[0] === extension[0] && server[1] < extension[1]);
  const out = older ? "Update that program" : "Update the extension";
  return (
    `${program} is spelunk ${has}, too ${older ? "old" : "new"} for the extension, which is ${wants}. ` +
    `${out}, or clear spelunk.server.path to use the one that came with the extension.`
  );
}

function series(version: string): [number, number] {
  const [major = 0, minor = 0] = version.split(".", 2).map((part) => Number.parseInt(part, 10) || 0);
  return major > 0 ? [major, 0] : [0, minor];
}
