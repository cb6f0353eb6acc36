// Asking for a provider's key, and forgetting it.
import * as vscode from "vscode";
import * as protocol from "../protocol";
import type { Session } from "../server/session";
import { keyState } from "./picks";

/** Providers that need a key, for when no server can say. */
const KNOWN = ["openai", "anthropic", "openrouter"];

/**
 * Asks for a key and keeps it.
 *
 * @param baseUrl where it will be sent
 * @returns whether there is one now
 */
export async function askForKey(session: Session, provider: string, baseUrl?: string): Promise<boolean> {
  const key = await vscode.window.showInputBox({
    title: `Key for ${provider}`,
    prompt: `Kept in the editor's secret storage, and sent only to ${baseUrl ?? "the provider"}`,
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (/^\S+$/.test(text.trim()) ? undefined : "A key without spaces"),
  });
  if (key === undefined) return false;
  await session.keys.set(provider, key.trim());
  return true;
}

/** "Spelunk: Set a Provider's Key". */
export async function setKey(session: Session): Promise<void> {
  const items = await providers(session);
  const chosen = await vscode.window.showQuickPick(items, { title: "Set a Provider's Key" });
  if (!chosen || !(await askForKey(session, chosen.label, chosen.detail))) return;
  await session.refresh();
  vscode.window.setStatusBarMessage(`The key for ${chosen.label} is kept`, 5_000);
}

async function providers(session: Session): Promise<vscode.QuickPickItem[]> {
  try {
    const { providers } = await session.request(protocol.models, {});
    return (
      providers
        // One behind a base URL of the user's own may want a key as well.
        .filter(({ name }) => name !== "builtin" && name !== "editor")
        .map((provider) => ({
          label: provider.name,
          description: keyState(provider),
          ...(provider.baseUrl ? { detail: provider.baseUrl } : {}),
        }))
    );
  } catch {
    return KNOWN.map((label) => ({ label }));
  }
}

/** "Spelunk: Remove a Provider's Key". */
export async function removeKey(session: Session): Promise<void> {
  const stored = Object.keys(await session.keys.all()).sort();
  if (stored.length === 0) {
    void vscode.window.showInformationMessage("No key is kept here.");
    return;
  }
  const chosen = await vscode.window.showQuickPick(stored, { title: "Remove a Provider's Key" });
  if (!chosen) return;
  await session.keys.remove(chosen);
  await session.refresh();
  vscode.window.setStatusBarMessage(`The key for ${chosen} is forgotten`, 5_000);
}
