// A panel that is closed while something is on its way to it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { WebviewPanel } from "vscode";
import { Conversation } from "../../../src/ask/conversation";
import { Panel } from "../../../src/ask/panel";
import { Runs } from "../../../src/runs/runs";
import type { Session } from "../../../src/server/session";
import { EventEmitter } from "../vscode";

/** A webview panel that throws once it is closed, as the editor's does. */
function webview() {
  let closed = false;
  const heard = new EventEmitter<unknown>();
  const posted: unknown[] = [];
  const open = <T>(value: T): T => {
    if (closed) throw new Error("Webview is disposed");
    return value;
  };
  const page = {
    options: {},
    html: "",
    cspSource: "",
    asWebviewUri: String,
    onDidReceiveMessage: heard.event,
    postMessage: (message: unknown) => Promise.resolve(posted.push(message) > 0),
  };
  const panel = {
    get webview() {
      return open(page);
    },
    set title(_: string) {
      open(undefined);
    },
    get visible() {
      return open(true);
    },
    get viewColumn() {
      return open(1);
    },
    onDidChangeViewState: new EventEmitter<void>().event,
    onDidDispose: new EventEmitter<void>().event,
  };
  return {
    panel: panel as unknown as WebviewPanel,
    heard,
    posted,
    close: () => {
      closed = true;
    },
  };
}

test("what comes in after a panel was closed is not shown in it", async () => {
  const waiting: (() => void)[] = [];
  const session = {
    runs: new Runs(),
    state: { kind: "running" },
    onDidChange: new EventEmitter().event,
    offers: () => true,
    log: { debug: () => undefined },
    context: { extensionUri: "" },
    request: ({ method }: { method: string }) =>
      new Promise((_, refuse) => {
        waiting.push(() => {
          refuse(new Error(`no ${method}`));
        });
      }),
  } as unknown as Session;
  const kept = { turns: [{ runId: "1", question: "q", isPlan: false }] };
  const { panel, heard, posted, close } = webview();
  const shown = new Panel(session, Conversation.kept(session, kept), panel);
  heard.fire({ kind: "ready" });
  const before = posted.length;
  assert.ok(before > 0);
  const loading = shown.load();
  heard.fire({ kind: "follow", question: "and?" });
  close();
  shown.dispose();
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    next();
    await new Promise(setImmediate);
  }
  await loading;
  shown.focus();
  assert.equal(posted.length, before);
});
