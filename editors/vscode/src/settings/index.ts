// Tells the person of settings that do not count, and of keys that lie in the open.
import * as vscode from "vscode";
import type { Parts } from "../extension";
import { said } from "../failure";
import { unlinked } from "../plain";
import { ignored } from "./ignored";
import { keysOf } from "./machine";

/** Settings of machine scope that this workspace was found to have, and that the person was told of. */
const TOLD = "settings.told";

export function register({ session, context, log }: Parts): vscode.Disposable {
  const { settings } = session;

  const tellIgnored = async () => {
    const found = await inWorkspace(settings.machineKeys);
    const told = context.workspaceState.get<string[]>(TOLD, []);
    const fresh = found.filter((key) => !told.includes(key));
    if (fresh.length === 0) return;
    await context.workspaceState.update(TOLD, [...told, ...fresh]);
    const message =
      `This workspace sets ${list(fresh)}. A repository must not decide on that, so it is ignored: ` +
      "only your own settings count.";
    log.warn(message);
    const choice = await vscode.window.showWarningMessage(message, "Open User Settings");
    if (choice) await openSettings(fresh[0] ?? "spelunk");
  };

  let asked = false;
  const offerToMove = async () => {
    const { withKey } = settings.machine();
    if (withKey.length === 0 || asked) return;
    asked = true;
    const message =
      `Your setting spelunk.providers has a key for ${list(withKey)}. A settings file is no place for a key, ` +
      "so it is not used.";
    try {
      const choice = await vscode.window.showWarningMessage(
        unlinked(message),
        "Move to Secret Storage",
        "Open User Settings",
      );
      if (choice === "Move to Secret Storage") await moveKeys();
      else if (choice) await openSettings("spelunk.providers");
    } catch (error) {
      log.error(String(error));
      void vscode.window.showErrorMessage(unlinked(`Spelunk: the keys were not moved: ${said(error)}`));
    } finally {
      asked = false;
    }
  };

  const moveKeys = async () => {
    const cleared = settings.machine().values["providers"];
    for (const [name, key] of keysOf(settings.byUser("providers"))) await session.keys.set(name, key);
    const configuration = vscode.workspace.getConfiguration("spelunk");
    await configuration.update("providers", cleared, vscode.ConfigurationTarget.Global);
  };

  const look = () => {
    Promise.all([tellIgnored(), offerToMove()]).catch((error: unknown) => {
      log.error(String(error));
    });
  };
  look();
  const watchers = files().map((pattern) =>
    vscode.workspace.createFileSystemWatcher(pattern, false, false, true),
  );
  return vscode.Disposable.from(
    ...watchers.flatMap((watcher) => [watcher, watcher.onDidCreate(look), watcher.onDidChange(look)]),
    vscode.workspace.onDidChangeWorkspaceFolders(look),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("spelunk")) look();
    }),
  );
}

/** The workspace's own settings files. Its `.code-workspace` lies in any folder, and another one begins a new window. */
function files(): vscode.GlobPattern[] {
  const { workspaceFile } = vscode.workspace;
  const ours = "**/.vscode/settings.json";
  if (!workspaceFile || workspaceFile.scheme === "untitled") return [ours];
  return [ours, new vscode.RelativePattern(vscode.Uri.joinPath(workspaceFile, ".."), "*.code-workspace")];
}

/** Machine settings in the workspace's own files: the editor leaves them out of what `inspect` shows. */
async function inWorkspace(machineKeys: string[]): Promise<string[]> {
  const { workspaceFolders = [], workspaceFile } = vscode.workspace;
  const files = workspaceFolders.map(({ uri }) => vscode.Uri.joinPath(uri, ".vscode", "settings.json"));
  const found = await Promise.all(files.map(async (file) => ignored(await read(file), machineKeys)));
  if (workspaceFile) found.push(ignored(await read(workspaceFile), machineKeys, "settings"));
  return [...new Set(found.flat())];
}

async function read(file: vscode.Uri): Promise<string> {
  try {
    return Buffer.from(await vscode.workspace.fs.readFile(file)).toString("utf8");
  } catch {
    return "";
  }
}

function openSettings(key: string): Thenable<unknown> {
  return vscode.commands.executeCommand("workbench.action.openSettings", `@id:${key}`);
}

function list(names: string[]): string {
  return new Intl.ListFormat("en", { type: "conjunction" }).format(names);
}
