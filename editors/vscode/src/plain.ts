// Texts of others where the editor takes more than plain text: file names, and what models and servers say. No editor in here.

/** For notifications, their progress, and prompts: they show `[…](…)` as a link, and a link can run any command there. */
export function unlinked(text: string): string {
  return text.replaceAll("](", "] (");
}

/** For labels of lists to pick from: they show `$(name)` as an icon. */
export function iconless(text: string): string {
  return text.replaceAll("$(", "$\u200b(");
}
