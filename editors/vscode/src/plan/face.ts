// How a row of the view of plans looks. No editor in here.
import { count } from "../amounts";
import type { PlannedFile } from "../protocol";
import { placeOf } from "./planned";
import type { Row } from "./rows";

export interface Face {
  label: string;
  description: string;
  tooltip: string;
  /** A product icon, and the theme's colour for it; the icon of the file's own kind when there is none. */
  icon?: string;
  colour?: string;
  /** Words for the menus of package.json. */
  context: string;
  folds: "no" | "folded" | "unfolded";
  /** What the check box says; no box when absent. */
  ticked?: boolean;
}

const BAD = "list.errorForeground";
const WARNING = "list.warningForeground";
const GOOD = "testing.iconPassed";

/** Files of a step that are shown without being asked for. */
const FEW = 30;

export function face(row: Row): Face {
  const { planned } = row;
  switch (row.kind) {
    case "plan": {
      const { plan, applied, fatal, stale, dropped } = planned;
      const wrong = fatal ? "cannot be applied" : stale.length > 0 ? "stale" : "";
      const said = [
        applied ? "applied" : wrong,
        count(planned.shown.length, "step"),
        count(plan.files.length, "file"),
        dropped.size > 0 ? `${dropped.size} dropped` : "",
      ];
      const [icon, colour] = applied
        ? ["pass-filled", GOOD]
        : fatal
          ? ["error", BAD]
          : stale.length > 0
            ? ["warning", WARNING]
            : ["checklist"];
      const may = fatal || applied ? "" : "applicable";
      return {
        ...plain(clean(planned.request), icon),
        ...(colour === undefined ? {} : { colour }),
        description: words(said),
        tooltip: words(
          [
            clean(planned.request),
            clean(plan.document.summary),
            fatal ? `Cannot be applied: ${fatal.message}` : "",
            planned.runId,
          ],
          "\n",
        ),
        context: words(["plan", may, applied ? "applied" : ""], " "),
        folds: "unfolded",
      };
    }
    case "problem": {
      const { fatal, message, path, line, check } = row.problem;
      const place = path === undefined ? "" : line === undefined ? path : `${path}:${line}`;
      return {
        ...plain(message, fatal ? "error" : "warning"),
        colour: fatal ? BAD : WARNING,
        description: words([place, check]),
        tooltip: words([message, place, fatal ? "The plan cannot be applied as it is." : ""], "\n"),
      };
    }
    case "stale": {
      const { step, path, why } = row.stale;
      return {
        ...plain(path, "warning"),
        colour: WARNING,
        description: words([`step ${step}`, why]),
        tooltip: `${path}: ${why}\nStep ${step} is not applied until the file is as it was, or the plan is made anew.`,
      };
    }
    case "refusal":
      return { ...plain(planned.refusal ?? "", "error"), colour: BAD };
    case "note":
      return plain(row.note, "info");
    case "verified": {
      const verified = planned.plan.document.verified;
      const passed = verified?.passed ?? false;
      const before = verified?.before === false ? "fails without the plan too" : "";
      return {
        ...plain(
          `${passed ? "Verified" : "Not verified"}: ${clean(verified?.command ?? "")}`,
          passed ? "pass" : "error",
        ),
        colour: passed ? GOOD : BAD,
        description: words([clean(verified?.how ?? ""), before]),
      };
    }
    case "step": {
      const { step } = row;
      const files = planned.filesOf(step.id).length;
      const doubts = planned.doubtsOf(step.id).length;
      const troubled = planned.problemsOf(step.id).length > 0;
      const stale = planned.stale.some((one) => one.step === step.id);
      const said = [
        stale ? "stale" : "",
        count(files, "file"),
        doubts > 0 ? count(doubts, "doubtful place") : "",
      ];
      // A label is no Markdown.
      const title = clean(step.title).replaceAll("`", "");
      return {
        ...plain(`${step.id}. ${title}`, stale || troubled ? "warning" : "list-ordered"),
        ...(stale || troubled ? { colour: WARNING } : {}),
        description: words(said),
        tooltip: words([title, clean(step.why)], "\n\n"),
        context: "step",
        folds: files + doubts === 0 ? "no" : files + doubts > FEW ? "folded" : "unfolded",
        ...(planned.applied ? {} : { ticked: planned.steps.has(step.id) }),
      };
    }
    case "file": {
      const { file } = row;
      const { executed } = file;
      return {
        label: file.path,
        description: words([what(file), executed ?? ""]),
        tooltip: words(
          [
            file.path,
            what(file),
            executed === undefined ? "" : `${executed}. It is left as it is unless it is ticked.`,
          ],
          "\n",
        ),
        context: "file",
        folds: "no",
        ...(executed === undefined || planned.applied ? {} : { ticked: planned.executed.has(file.path) }),
      };
    }
    case "doubt": {
      const { doubt } = row;
      const place = `${doubt.path}:${doubt.line}`;
      return {
        ...plain(place, "question"),
        description: clean(doubt.text),
        tooltip: words(
          [`${place}: doubtful`, doubt.why, doubt.editable ? "" : "To be changed by hand."],
          "\n",
        ),
        context: "doubt",
        ...(doubt.editable && !planned.applied ? { ticked: planned.doubts.has(placeOf(doubt)) } : {}),
      };
    }
  }
}

/** What becomes of a file, in words. */
export function what({ change, edits, before }: PlannedFile): string {
  if (change === "created" || change === "removed") return change;
  const places = edits > 0 ? count(edits, "place") : "";
  return change === "moved" ? words([`moved from ${before ?? ""}`, places]) : places;
}

/** Text of a plan's document as one line, without what would act on who reads it. */
export function clean(text: string): string {
  return text
    .replace(/\s+/gu, " ")
    .replace(/[\p{Cc}\p{Cf}]/gu, "")
    .trim();
}

function plain(label: string, icon = "circle-outline"): Face {
  return { label, description: "", tooltip: label, icon, context: "", folds: "no" };
}

function words(said: string[], between = " · "): string {
  return said.filter((word) => word !== "").join(between);
}
