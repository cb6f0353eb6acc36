// What is said of a plan that VS Code did not apply, or applied when the server was gone.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { ApplyWorkspaceEditParams } from "vscode-languageclient/node";
import { Applying } from "../../../src/plan/applying";
import { Planned } from "../../../src/plan/planned";
import type { Plans } from "../../../src/plan/plans";
import type { Plan, StaleStep } from "../../../src/protocol";
import type { Session } from "../../../src/server/session";
import { window, workspace } from "../vscode";

const plan = (stale: StaleStep[] = []): Plan => ({
  ...{ hash: "h", markdown: "", files: [], doubts: [], problems: [], stale },
  document: { version: 1, request: "tidy", summary: "", steps: [{ id: 1, title: "t", why: "" }] },
});

let told: string[] = [];
beforeEach(() => {
  told = [];
  const tell = (words: string) => {
    told.push(words);
    return Promise.resolve(undefined);
  };
  window.showWarningMessage = tell;
  window.showInformationMessage = tell;
  window.setStatusBarMessage = (words) => void told.push(words);
});

/** A promise, and what settles it. */
function settled<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** A window with one plan, and what settles the request and VS Code's own work. */
function room(after: StaleStep[] = []) {
  const planned = new Planned("r", plan());
  let begun = false;
  const request = settled<unknown>();
  const made = settled<boolean>();
  const session = {
    applyEdit: undefined as Session["applyEdit"],
    request: () => {
      begun = true;
      return request.promise;
    },
  };
  const plans = {
    changed: () => undefined,
    look: () => {
      planned.update(plan(begun ? after : []));
      return Promise.resolve();
    },
  };
  workspace.applyEdit = () => made.promise;
  const applying = new Applying(session as unknown as Session, plans as unknown as Plans);
  const edit = () => {
    const params: ApplyWorkspaceEditParams = { edit: { documentChanges: [] } };
    return session.applyEdit?.(params, () => assert.fail("the client was asked"));
  };
  return { planned, applying, edit, request, made, begun: () => begun };
}
const turns = () => new Promise(setImmediate);

test("a server that ends while the preview is open is told, and what is applied afterwards as well", async () => {
  for (const [applied, words] of [
    [true, [/applied after the server had ended.*no record.*VS Code's own Undo/]],
    [false, []],
  ] as const) {
    told = [];
    const { planned, applying, edit, request, made } = room();
    const failed = assert.rejects(
      applying.apply(planned),
      /The server is gone\. .*preview is open still: discard it/,
    );
    await turns();
    const editing = edit();
    request.reject(new Error("The server is gone."));
    await failed;
    made.resolve(applied);
    await editing;
    assert.equal(planned.applied, applied);
    assert.equal(told.length, words.length);
    for (const [at, word] of words.entries()) assert.match(told[at] ?? "", word);
  }
});

test("a server that ends before VS Code has the edit is told as it is", async () => {
  const { planned, applying, request } = room();
  const failed = assert.rejects(applying.apply(planned), { message: "The server is gone." });
  await turns();
  request.reject(new Error("The server is gone."));
  await failed;
});

test("nothing was changed is only said where that is so", async () => {
  const stale = [{ step: 1, path: "a.py", why: "it has changed" }];
  for (const [after, thrown] of [
    [[], undefined],
    [stale, /not applied, or not all of it, and a\.py is not as it was: it has changed\. VS Code's own Undo/],
  ] as const) {
    told = [];
    const { planned, applying, edit, request, made } = room([...after]);
    const done = applying.apply(planned).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    await turns();
    const editing = edit();
    made.resolve(false);
    assert.equal((await editing)?.applied, false);
    request.resolve({ applied: false, message: "discarded", leftOut: [] });
    const error = await done;
    if (thrown) assert.match(error ?? "", thrown);
    else
      assert.deepEqual(
        [error, told],
        [undefined, ["Spelunk: the plan was not applied, nothing was changed"]],
      );
    assert.ok(!planned.applied);
  }
});
