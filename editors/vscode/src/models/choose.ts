// "Spelunk: Choose Model": the root model, then the one for sub-calls.
import * as vscode from "vscode";
import { unlinked } from "../plain";
import * as protocol from "../protocol";
import type { Session } from "../server/session";
import { askForKey } from "./ask-key";
import { editorModels } from "./editor";
import { overruled, picks, type Pick } from "./picks";

interface Item extends vscode.QuickPickItem {
  pick?: Pick;
}

const SAME = "Same as the root model";

/** Lets the person choose; nothing changes before both are chosen. */
export async function chooseModel(session: Session): Promise<void> {
  const listed = await list(session);
  const root = await pickOne(
    session,
    listed,
    "Choose Model (1/2): the root model, which looks around and answers",
  );
  if (!root) return;
  const leaf =
    root === "builtin"
      ? null
      : await pickOne(session, listed, "Choose Model (2/2): the model for sub-calls, which reads", SAME);
  if (leaf === undefined) return;
  const configuration = vscode.workspace.getConfiguration("spelunk");
  await configuration.update("leafModel", leaf ?? undefined, vscode.ConfigurationTarget.Global);
  await configuration.update("model", root, vscode.ConfigurationTarget.Global);
  await session.refresh();
  await tell(session, root);
}

/** Says what was chosen, and what keeps it from counting. */
async function tell(session: Session, root: string): Promise<void> {
  const now = await session.request(protocol.models, {});
  const wins = overruled(now) ?? untrusted();
  if (wins) void vscode.window.showWarningMessage(wins);
  else if (session.runs.running().length > 0)
    void vscode.window.showInformationMessage(`${root} answers once what is running has ended.`);
  else if (now.error) void vscode.window.showWarningMessage(unlinked(now.error));
  else vscode.window.setStatusBarMessage(`Spelunk uses ${now.root}`, 5_000);
}

async function list(session: Session): Promise<protocol.ModelsResult> {
  const progress = { location: vscode.ProgressLocation.Window, title: "Spelunk is asking for models" };
  return vscode.window.withProgress(progress, () => session.request(protocol.models, { list: true }));
}

/**
 * Lets the person choose one model.
 *
 * @param same offered first, if given: it stands for no model of its own
 * @returns `provider/model`, null for `same`, `undefined` when the person chose nothing
 */
async function pickOne(
  session: Session,
  listed: protocol.ModelsResult,
  title: string,
  same?: string,
): Promise<string | null | undefined> {
  const editors = [...(await editorModels())].map(([name, { name: title, vendor }]) => ({
    name,
    title,
    vendor,
  }));
  const items = picks(listed, editors).map(item);
  const first: Item[] = same ? [{ label: same }] : [];
  const placeHolder = overruled(listed) ?? untrusted() ?? listed.error ?? `In use: ${listed.root}`;
  const options = { title, placeHolder, matchOnDescription: true, ignoreFocusOut: true };
  const chosen = await vscode.window.showQuickPick([...first, ...items], options);
  if (!chosen) return undefined;
  const { pick } = chosen;
  if (!pick || pick.kind === "separator") return null;
  if (pick.kind === "model") return pick.id;
  if (!pick.needsKey) return askForName(pick.provider);
  const provider = listed.providers.find(({ name }) => name === pick.provider);
  if (!(await askForKey(session, pick.provider, provider?.baseUrl))) return undefined;
  await session.refresh();
  // Its models can be listed now.
  const only = await list(session);
  const again = { ...only, providers: only.providers.filter(({ name }) => name === pick.provider) };
  return again.providers.some(({ models }) => models.length > 0)
    ? pickOne(session, again, title, same)
    : askForName(pick.provider);
}

function untrusted(): string | undefined {
  if (vscode.workspace.isTrusted) return undefined;
  return "This folder is not trusted: until it is, only builtin answers here.";
}

async function askForName(provider: string): Promise<string | undefined> {
  const name = await vscode.window.showInputBox({
    title: `Model of ${provider}`,
    prompt: `The name of the model, as ${provider} has it`,
    ignoreFocusOut: true,
    validateInput: (text) => (/^\S+$/.test(text.trim()) ? undefined : "A name without spaces"),
  });
  return name === undefined ? undefined : `${provider}/${name.trim()}`;
}

function item(pick: Pick): Item {
  switch (pick.kind) {
    case "separator":
      return { label: pick.label, kind: vscode.QuickPickItemKind.Separator };
    case "model": {
      const { id, description, detail } = pick;
      return { pick, label: id, description, ...(detail ? { detail } : {}) };
    }
    case "provider": {
      const { label, detail, needsKey } = pick;
      const iconPath = new vscode.ThemeIcon(needsKey ? "key" : "edit");
      return { pick, label, iconPath, ...(detail ? { detail } : {}) };
    }
  }
}
