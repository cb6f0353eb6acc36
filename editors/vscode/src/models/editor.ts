// The editor's own models, by the names that the server uses for them.
import * as vscode from "vscode";
import { named } from "./names";

const PATIENCE_MS = 3_000;

/** `vscode.lm`, which not every editor that takes this extension has. */
export const api = (vscode as { lm?: typeof vscode.lm }).lm;

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
