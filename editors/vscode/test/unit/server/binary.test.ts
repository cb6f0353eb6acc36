// Finding the server's program, asking it what it is, and refusing what does not fit.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { NAME, find, firstLine, misfit, version, type Places } from "../../../src/server/binary";

const folder = mkdtempSync(join(tmpdir(), "spelunk-binary-"));
after(() => {
  rmSync(folder, { recursive: true });
});

/** A script that is the program of a test. */
function program(name: string, script: string, mode = 0o755): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, script);
  chmodSync(path, mode);
  return path;
}

const good = program(`bin/${NAME}`, "#!/bin/sh\necho spelunk 0.1.0\n");
const sha256 = createHash("sha256").update("#!/bin/sh\necho spelunk 0.1.0\n").digest("hex");
const plain = program("plain", "text", 0o644);
const nowhere: Places = { setting: "", bundled: join(folder, "gone"), sha256: "", path: "" };

test("the setting wins over what came along, that over the PATH", async () => {
  const path = ["relative", folder, join(folder, "bin")].join(delimiter);
  assert.equal(await find({ ...nowhere, path }), good);
  assert.equal(await find({ ...nowhere, path, bundled: good, sha256 }), good);
  assert.equal(await find({ ...nowhere, setting: good, bundled: plain, sha256 }), good);
});

test("why there is none is said with the way out", async () => {
  const cases: [Partial<Places>, RegExp][] = [
    [{}, /no spelunk on the PATH.*name it in spelunk\.server\.path/],
    [{ path: "relative" }, /no spelunk on the PATH/],
    [{ setting: "bin/spelunk" }, /has to be an absolute path: bin\/spelunk.*clear it/],
    [{ setting: join(folder, "gone") }, /is not there: .*gone\. Correct the setting/],
    [{ setting: folder }, /is not a file/],
    [{ setting: plain }, /is not executable: .*plain/],
    [{ setting: "~/no such program" }, new RegExp(`is not there: ${homedir()}/no such program`)],
    [{ sha256 }, /came with the extension is not there.*Reinstall/],
    [{ sha256: sha256.replace(/^./, "x"), bundled: good }, /was changed after it was packaged.*Reinstall/],
  ];
  for (const [places, words] of cases) await assert.rejects(find({ ...nowhere, ...places }), words);
});

test("a program is asked for its version, and one that is something else is named with its words", async () => {
  assert.equal(await version(good), "0.1.0");
  const cases: [string, RegExp][] = [
    [
      program("other", "#!/bin/sh\necho other 1.0\n"),
      /other is not a spelunk that runs here.*it answered: other 1\.0/,
    ],
    [program("dies", "#!/bin/sh\nkill -9 $$\n"), /ended by SIGKILL/],
    [program("fails", "#!/bin/sh\necho no libc >&2\nexit 7\n"), /answered: no libc/],
    [program("mute", "#!/bin/sh\nexit 7\n"), /exit code 7/],
    [program("foreign", "#!/no/such/interpreter\n"), /ENOENT/],
    [plain, /EACCES/],
  ];
  for (const [path, words] of cases)
    await assert.rejects(version(path), (error: Error) => {
      assert.match(error.message, words);
      assert.match(error.message, new RegExp(`${process.platform}-${process.arch}`));
      return true;
    });
});

test("versions that do not fit are both named, and which to update", () => {
  assert.equal(misfit("/p", "0.1.0", "0.1.7"), undefined);
  assert.equal(misfit("/p", "1.4.0", "1.2.0"), undefined);
  assert.match(
    misfit("/p", "0.0.9", "0.1.0") ?? "",
    /\/p is spelunk 0\.0\.9, too old .* which is 0\.1\.0\. Update that/,
  );
  assert.match(misfit("/p", "0.2.0", "0.1.9") ?? "", /0\.2\.0, too new .* 0\.1\.9\. Update the extension/);
  assert.match(misfit("/p", "1.0.0", "0.9.0") ?? "", /too new/);
});

test("what a program says is cut to a line", () => {
  assert.equal(firstLine("\none\r\ntwo"), "one");
  assert.equal(firstLine("x".repeat(500)).length, 161);
  assert.equal(firstLine(""), "");
});
