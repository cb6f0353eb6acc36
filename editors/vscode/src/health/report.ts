// The checks of the doctor as text.
import type { DoctorResult } from "../protocol";

/** One check a line, what fails first to the eye; further lines of a check are indented below it. */
export function report(checks: DoctorResult["checks"]): string {
  const width = Math.max(0, ...checks.map(({ what }) => what.length));
  const lines = checks.map(({ good, what, found }) => {
    const indent = `\n${" ".repeat(width + 9)}`;
    return `${good ? "ok   " : "FAILS"}  ${what.padEnd(width)}  ${found.trim().replaceAll("\n", indent)}`;
  });
  const bad = checks.filter(({ good }) => !good).length;
  const sum = bad === 0 ? "Everything is as it should be." : `${bad} of ${checks.length} checks failed.`;
  return `${sum}\n\n${lines.join("\n")}\n`;
}
