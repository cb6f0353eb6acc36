// What a person sees and chooses of a plan, and which pieces of the server's edit that leaves.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { WorkspaceEdit } from "vscode-languageclient/node";
import { clean, face } from "../../../src/plan/face";
import { chosen, pieces } from "../../../src/plan/pieces";
import { placeOf, Planned } from "../../../src/plan/planned";
import { Rows, type Row } from "../../../src/plan/rows";
import type { Plan } from "../../../src/protocol";

function plan(more: Partial<Plan> = {}): Plan {
  return {
    hash: "h",
    markdown: "# Plan",
    document: {
      version: 1,
      request: "tidy\nup",
      summary: "",
      steps: [
        { id: 1, title: "Rename", why: "So says the request." },
        { id: 3, title: "Build\u202e it", why: "" },
      ],
    },
    files: [
      { uri: "file:///w/a.py", path: "a.py", change: "edited", edits: 2, steps: [1] },
      { uri: "file:///w/c.py", path: "c.py", before: "b.py", change: "moved", edits: 0, steps: [1] },
      {
        uri: "file:///w/build.rs",
        path: "build.rs",
        change: "created",
        edits: 1,
        steps: [3],
        executed: "cargo runs it",
      },
    ],
    doubts: [4, 9].map((line) => ({
      ...{ step: 1, uri: "file:///w/README.md", path: "README.md", line, text: "see it" },
      ...{ why: "it stands in a text", editable: true },
    })),
    problems: [{ check: "collision", fatal: false, step: 1, path: "a.py", line: 2, message: "two of them" }],
    stale: [],
    ...more,
  };
}

function drawn(planned: Planned): string[] {
  const rows = new Rows();
  const below = (row: Row, depth: number): string[] => {
    const { label, description, ticked } = face(row);
    const box = ticked === undefined ? "" : ticked ? "[x] " : "[ ] ";
    const line = `${"  ".repeat(depth)}${box}${label}${description === "" ? "" : ` | ${description}`}`;
    return [line, ...rows.below(row).flatMap((child) => below(child, depth + 1))];
  };
  return below(rows.plan(planned), 0);
}

test("a plan is what is wrong with it, and steps with their files and doubtful places", () => {
  const stale = [{ step: 1, path: "a.py", why: "the file is gone" }];
  assert.deepEqual(drawn(new Planned("r", plan({ stale }))), [
    "tidy up | stale · 2 steps · 3 files",
    "  two of them | a.py:2 · collision",
    "  a.py | step 1 · the file is gone",
    "  [x] 1. Rename | stale · 2 files · 2 doubtful places",
    "    a.py | 2 places",
    "    c.py | moved from b.py",
    "    [ ] README.md:4 | see it",
    "    [ ] README.md:9 | see it",
    "  [x] 3. Build it | 1 file",
    "    [ ] build.rs | created · cargo runs it",
  ]);
});

test("doubtful places of one line are one row, which is ticked if it can be", () => {
  const [place] = plan().doubts;
  assert.ok(place);
  const doubts = [{ ...place, editable: false }, place, place];
  const planned = new Planned("r", plan({ doubts }));
  assert.equal(drawn(planned).filter((line) => line === "    [ ] README.md:4 | see it").length, 1);
  planned.doubts.add(placeOf(place));
  assert.deepEqual(planned.choice(), { runId: "r", doubtful: true });
});

test("what forbids to apply stands first, and an applied plan has no boxes", () => {
  const problems = [...plan().problems, { check: "parse", fatal: true, message: "does not parse" }];
  const fatal = new Planned("r", plan({ problems }));
  assert.deepEqual(drawn(fatal).slice(0, 2), [
    "tidy up | cannot be applied · 2 steps · 3 files",
    "  does not parse | parse",
  ]);
  assert.doesNotMatch(face(new Rows().plan(fatal)).context, /applicable/);
  const applied = new Planned("r", plan({ stale: [{ step: 1, path: "a.py", why: "changed" }] }));
  applied.applied = true;
  assert.doesNotMatch(drawn(applied).join("\n"), /\[|stale/);
  assert.equal(face(new Rows().plan(applied)).context, "plan applied");
});

test("the choice is what is ticked", () => {
  const planned = new Planned("r", plan());
  assert.deepEqual(planned.choice(), { runId: "r", doubtful: false });
  const [first, second] = planned.plan.doubts.map(placeOf);
  planned.doubts.add(first ?? "");
  assert.deepEqual(planned.choice(), { runId: "r" });
  planned.doubts.add(second ?? "");
  planned.executed.add("build.rs");
  assert.deepEqual(planned.choice(), { runId: "r", doubtful: true, executed: ["build.rs"] });
  planned.drop(1);
  assert.deepEqual(planned.choice(), { runId: "r", steps: [3], doubtful: false, executed: ["build.rs"] });
  assert.deepEqual(
    planned.shown.map(({ id }) => id),
    [3],
  );
  planned.update(plan());
  assert.deepEqual([...planned.steps], [3]);
  planned.keep(1);
  assert.equal(planned.isWhole, true);
});

test("a plan concerns its files, where they were, and its doubtful places", () => {
  const planned = new Planned("r", plan());
  const cases: [string, boolean][] = [
    ["file:///w/a.py", true],
    ["file:///w/b.py", true],
    ["file:///w/README.md", true],
    ["file:///w/other.py", false],
  ];
  for (const [uri, expected] of cases)
    assert.equal(planned.concerns(uri, uri.slice("file://".length)), expected, uri);
});

const at = (line: number) => ({ start: { line, character: 0 }, end: { line, character: 1 } });
const EDIT: WorkspaceEdit = {
  documentChanges: [
    { kind: "rename", oldUri: "file:///w/b.py", newUri: "file:///w/c.py", annotationId: "1" },
    {
      kind: "create",
      uri: "file:///w/build.rs",
      options: { ignoreIfExists: false },
      annotationId: "executed:build.rs",
    },
    { kind: "delete", uri: "file:///w/d.py", annotationId: "1:remove" },
    {
      textDocument: { uri: "file:///w/README.md", version: null },
      edits: [3, 8].map((line) => ({ range: at(line), newText: "x", annotationId: "1:doubtful" })),
    },
    {
      textDocument: { uri: "file:///w/a.py", version: 7 },
      edits: [{ range: at(0), newText: "x", annotationId: "1" }],
    },
  ],
  changeAnnotations: {
    "1": { label: "1. Rename", needsConfirmation: true, description: "two of them" },
    "1:remove": { label: "1. Rename: remove", needsConfirmation: true },
    "1:doubtful": { label: "1. Rename: doubtful", needsConfirmation: true },
    "executed:build.rs": { label: "build.rs: cargo runs it", needsConfirmation: true },
  },
};

test("the pieces in the preview are those that are ticked, and executed files without a tick", () => {
  const planned = new Planned("r", plan());
  const shown = () =>
    chosen(pieces(EDIT), planned).map(
      ({ kind, uri, asked }) => `${kind} ${uri.slice(10)}${asked ? "?" : ""}`,
    );
  const sure = ["rename b.py", "create build.rs?", "delete d.py"];
  assert.deepEqual(shown(), [...sure, "text a.py"]);
  planned.doubts.add(placeOf(planned.plan.doubts[1] ?? assert.fail()));
  const [, , , doubt] = chosen(pieces(EDIT), planned);
  assert.ok(doubt?.kind === "text" && doubt.range.start.line === 8 && !doubt.asked);
  assert.deepEqual(shown(), [...sure, "text README.md", "text a.py"]);
  planned.doubts.add(placeOf(planned.plan.doubts[0] ?? assert.fail()));
  assert.equal(shown().filter((piece) => piece === "text README.md").length, 2);
});

test("pieces keep what the edit says of them", () => {
  const all = pieces(EDIT);
  assert.deepEqual(all[0], {
    ...{
      kind: "rename",
      uri: "file:///w/b.py",
      to: "file:///w/c.py",
      overwrite: false,
      ignoreIfExists: false,
    },
    ...{ mark: "1", label: "1. Rename", why: "two of them", asked: true },
  });
  const text = all.at(-1);
  assert.ok(text?.kind === "text" && text.version === 7 && text.text === "x");
  const plain = pieces({ changes: { "file:///w/a.py": [{ range: at(2), newText: "y" }] } });
  assert.ok(plain.length === 1 && plain[0]?.kind === "text" && plain[0].version === null && !plain[0].asked);
});

test("texts of a plan's document are one safe line", () => {
  assert.equal(clean(" a\n\tb\u202e\u0007c \u200b"), "a bc");
});

test("rows of a plan are the same objects until it is closed", () => {
  const rows = new Rows();
  const [kept, closed] = [new Planned("r", plan()), new Planned("r2", plan())];
  const all = () =>
    [kept, closed].map((planned) => {
      const root = rows.plan(planned);
      return [root, ...rows.below(root).flatMap((row) => [row, ...rows.below(row)])];
    });
  const before = all();
  rows.keep(["r"]);
  const [one, two] = before.map((group) => group.at(-1));
  assert.deepEqual([one && rows.parent(one)?.id, two && rows.parent(two)], ["r/step 3", undefined]);
  const after = all();
  assert.deepEqual(
    before.map((group, at) => group.map((row, index) => row === after[at]?.[index]).every(Boolean)),
    [true, false],
  );
});
