// Ids of rows of the tree views: those of a run, and of what is below it, begin with the run's own. No editor in here.

/** Takes out what is of other runs than those that are shown. */
export function forget(rows: Map<string, unknown>, shown: ReadonlySet<string>): void {
  for (const id of rows.keys()) if (!shown.has(id.split("/", 1)[0] ?? "")) rows.delete(id);
}
