// What a test file says: tests with what they need, and the waiting for conditions. Nothing of any one editor.

/**
 * @typedef {object} Needs
 * @property {(folder: string) => unknown} [repository] Makes what is opened, in an empty folder; `small` when left out.
 *   What it returns is the test's `repository`.
 * @property {string | null} [open] What is opened, below that folder: a folder or a `.code-workspace`; `null` for an
 *   empty window.
 * @property {object | ((given: object) => object)} [settings] Settings of the person, each where its scope belongs.
 * @property {boolean} [model] The scripted endpoint answers, instead of `builtin`.
 * @property {boolean} [trust] VS Code asks whether the folder is trusted, and it is not trusted until then.
 * @property {Record<string, string>} [env] The environment of the editor, beside what every test has.
 * @property {string[]} [extensions] Folders of further extensions, below test/e2e.
 * @property {(folder: string) => unknown} [installed] Changes a copy of the installed extension, in its folder.
 * @property {string} [theme] The colour theme's name.
 * @property {number} [seconds] How long it may take; 120 when left out.
 */

/** @type {{ file: string, name: string, needs: Needs, body: (given: object) => Promise<void> }[]} */
const tests = [];
let file = "";

/** Registers a test: what it needs, and what is done in an editor window that has it. */
export function test(name, needs, body) {
  if (typeof needs === "function") tests.push({ file, name, needs: {}, body: needs });
  else tests.push({ file, name, needs, body });
}

/** The tests of a file, which is imported for that. */
export async function collect(name, url) {
  file = name;
  const before = tests.length;
  await import(url);
  return tests.slice(before);
}

/**
 * Waits until `probe` gives something, and returns that. What it throws counts as nothing, and is told in the end.
 *
 * @param {string} what Said when it never happens.
 */
export async function until(what, probe, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  let last;
  for (;;) {
    try {
      last = await probe();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      const found = last instanceof Error ? last.message : JSON.stringify(last);
      throw new Error(`${what}: not within ${seconds} s; last: ${found}`);
    }
    await new Promise((done) => setTimeout(done, 50));
  }
}
