// Keys of providers: in the editor's secret storage, and nowhere else.
import type * as vscode from "vscode";
import { isObject } from "../settings/machine";

/** All keys are one secret, so that they are read at once and no list of names lies about in the open. */
const SECRET = "spelunk.keys";

export class Keys {
  constructor(private readonly secrets: vscode.SecretStorage) {}

  /** Keys by provider. */
  async all(): Promise<Record<string, string>> {
    const stored = await this.secrets.get(SECRET);
    if (!stored) return {};
    try {
      const keys = JSON.parse(stored) as unknown;
      const texts = isObject(keys) ? Object.entries(keys).filter(([, key]) => typeof key === "string") : [];
      return Object.fromEntries(texts) as Record<string, string>;
    } catch {
      return {};
    }
  }

  async set(provider: string, key: string): Promise<void> {
    await this.secrets.store(SECRET, JSON.stringify({ ...(await this.all()), [provider]: key }));
  }

  async remove(provider: string): Promise<void> {
    const others = Object.entries(await this.all()).filter(([name]) => name !== provider);
    if (others.length > 0) await this.secrets.store(SECRET, JSON.stringify(Object.fromEntries(others)));
    else await this.secrets.delete(SECRET);
  }

  /** Calls back when a key was set or removed, in whichever window. */
  onDidChange(changed: () => void): vscode.Disposable {
    return this.secrets.onDidChange(({ key }) => {
      if (key === SECRET) changed();
    });
  }
}
