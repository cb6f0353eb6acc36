// The editor's own models, by the names that the server uses for them.
import * as vscode from "vscode";

const PATIENCE_MS = 3_000;

/** `vscode.lm`, which not every editor that takes this extension has. */
export const api = (vscode as { lm?: typeof vscode.lm }).lm;

/**
 * Names models: by their ids, with the vendor before it where two vendors have the same.
 *
 * @returns in the given order; what is named twice even so only once
 */
export function named<M extends { id: string; vendor: string }>(models: readonly M[]): Map<string, M> {
  const names = new Map<string, M>();
  for (const model of models) {
    const shared = models.some(({ id, vendor }) => id === model.id && vendor !== model.vendor);
    const name = shared ? `${model.vendor}/${model.id}` : model.id;
    if (!names.has(name)) names.set(name, model);
  }
  return names;
}

/** The models that the editor has by now, by name. One that does not say in time counts as having none. */
export async function editorModels(): Promise<Map<string, vscode.LanguageModelChat>> {
  if (!api) return new Map();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<vscode.LanguageModelChat[]>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, []);
  });
  try {
    return named(await Promise.race([api.selectChatModels(), late]));
  } catch {
    return new Map();
  } finally {
    clearTimeout(timer);
  }
}
