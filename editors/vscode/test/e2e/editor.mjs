// One window of VS Code, by what a person sees and does in it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./suite.mjs";

/** Text as a person reads it: VS Code draws spaces as no-break ones. */
const read = (text) => text.replaceAll("\u00a0", " ").replaceAll("\u200e", "");

export class Editor {
  constructor(page, server) {
    this.page = page;
    this.server = server;
  }

  /** Opens a folder, a `.code-workspace` or an empty window. */
  static async open(context, server, path) {
    const page = await context.newPage();
    const editor = new Editor(page, server);
    const query =
      path === null ? "ew=true" : `${path.endsWith(".code-workspace") ? "workspace" : "folder"}=${path}`;
    await page.goto(`${server.origin}/?${query}`);
    await editor.drawn();
    if (path?.endsWith(".code-workspace")) await editor.foldersShown();
    return editor;
  }

  /** The folders of a workspace are there. A window that reads its file before the connection stands never has them. */
  async foldersShown() {
    const folders = this.page.locator(".explorer-folders-view .monaco-list-row");
    const none = this.page.getByText("You have not yet added a folder to the workspace");
    await until(
      "the workspace has folders",
      async () => {
        await folders.or(none).first().waitFor({ timeout: 10_000 });
        if ((await folders.count()) > 0) return true;
        // They may still come.
        await folders
          .first()
          .waitFor({ timeout: 5_000 })
          .catch(() => this.reload());
        return false;
      },
      90,
    );
  }

  /** The workbench stands, and its extension host has started. */
  async drawn() {
    await this.page.locator(".monaco-workbench .statusbar-item").first().waitFor({ timeout: 60_000 });
    await until("the extensions are known", async () => {
      const label = await this.page.locator(".monaco-workbench").getAttribute("class");
      return !label?.includes("nomaineditorarea") && (await this.page.locator(".activitybar").count()) > 0;
    });
  }

  /** Loads the window anew, as `Developer: Reload Window` does. */
  async reload() {
    await this.page.reload();
    await this.drawn();
  }

  // The quick input.

  /** The widget of commands, picks and input boxes, when it is shown. */
  get quick() {
    return this.page.locator(".quick-input-widget:visible");
  }

  get quickBox() {
    return this.quick.locator(".quick-input-box input, .quick-input-filter input").first();
  }

  /** The rows of the quick pick. */
  get quickRows() {
    return this.quick.locator(".quick-input-list .monaco-list-row");
  }

  /** Runs a command of the palette by its whole title. */
  async command(title) {
    await until(`the command "${title}"`, async () => {
      await this.page.keyboard.press("F1");
      await this.quickBox.waitFor({ timeout: 5000 });
      await this.quickBox.fill(`>${title}`, { timeout: 3000 });
      const row = this.quickRows.filter({ has: this.page.getByText(title, { exact: true }) }).first();
      try {
        await row.waitFor({ timeout: 3000 });
      } catch (error) {
        await this.page.keyboard.press("Escape");
        throw error;
      }
      await row.click();
      return true;
    });
  }

  /** Answers an input box that was opened, whose prompt or placeholder has the words. */
  async input(words, value) {
    await until(`an input box about "${words}"`, async () => {
      const placeholder = (await this.quickBox.getAttribute("placeholder")) ?? "";
      return `${placeholder} ${await this.quick.innerText()}`.includes(words);
    });
    await this.quickBox.fill(value);
    await this.page.keyboard.press("Enter");
  }

  /** Takes the row that Enter takes, once it is the one with the words. */
  async enter(words) {
    const focused = this.quick.locator(".quick-input-list .monaco-list-row.focused");
    await focused.filter({ hasText: words }).first().waitFor();
    await this.page.keyboard.press("Enter");
  }

  /** Picks the row of a quick pick whose text matches. */
  async pick(words, timeout = 30_000) {
    const row = this.quickRows.filter({ hasText: words }).first();
    await row.waitFor({ timeout });
    await row.click({ timeout });
  }

  /** Runs a command and picks from what it offers: once more when a page that was still loading took the focus. */
  async commandPick(title, words) {
    await until(`"${title}" offers "${words}"`, async () => {
      await this.command(title);
      await this.pick(words, 5000);
      return true;
    });
  }

  // Editors.

  /** Opens a file of the workspace by its path or name. */
  async show(path) {
    await this.page.keyboard.press("Control+P");
    await this.quickBox.waitFor();
    await this.quickBox.fill(path);
    const name = path.split("/").at(-1);
    await this.enter(name);
    await until(`${path} is open`, async () => (await this.tab()) === name);
  }

  /** The label of the active editor's tab. */
  async tab() {
    const tab = this.page.locator(".editor-group-container.active .tab.active").first();
    return read((await tab.getAttribute("data-resource-name", { timeout: 2000 })) ?? "");
  }

  /** The labels of all tabs. */
  async tabs() {
    const tabs = this.page.locator(".tab[data-resource-name]");
    return (await tabs.evaluateAll((all) => all.map((tab) => tab.dataset.resourceName))).map(read);
  }

  /** Where the cursor is: `{ line, column }`, from 1. */
  async cursor() {
    const text = await this.page.locator("#status\\.editor\\.selection").innerText({ timeout: 2000 });
    const [, line, column] = /Ln (\d+), Col (\d+)/.exec(read(text)) ?? [];
    return { line: Number(line), column: Number(column) };
  }

  /** Waits until a file is the active editor with the cursor, or the selection's end, on a line. */
  async at(name, line) {
    await until(`the cursor is at ${name}:${line}`, async () => {
      const here = { name: await this.tab(), ...(await this.cursor()) };
      if (here.name !== name || here.line !== line) throw new Error(JSON.stringify(here));
      return true;
    });
  }

  /** Puts the cursor on a line and column, from 1. */
  async go(line, column = 1) {
    await this.page.keyboard.press("Control+G");
    await this.quickBox.waitFor();
    await this.quickBox.fill(`:${line}:${column}`);
    await this.quickRows
      .filter({ hasText: `line ${line}` })
      .first()
      .waitFor();
    await this.enter(new RegExp(`\\b${line}\\b`));
    await until(`the cursor is on line ${line}`, async () => (await this.cursor()).line === line);
  }

  /** The lines that the active editor shows. */
  async text() {
    const lines = this.page.locator(".editor-group-container.active .monaco-editor .view-line");
    const shown = await lines.evaluateAll((all) =>
      all
        .map((line) => ({ top: Number.parseInt(line.style.top, 10), text: line.textContent }))
        .sort((a, b) => a.top - b.top)
        .map(({ text }) => text),
    );
    return read(shown.join("\n"));
  }

  // What the workbench says.

  /** The text of our item of the status bar; empty when there is none. */
  async status() {
    const item = this.page.locator('.statusbar-item[id^="spelunk.spelunk"]');
    return (await item.count()) ? read(await item.first().innerText()).trim() : "";
  }

  get statusItem() {
    return this.page.locator('.statusbar-item[id^="spelunk.spelunk"]').first();
  }

  /** Waits until the text of our item of the status bar matches. */
  async statusIs(pattern, seconds) {
    return until(
      `the status bar says ${pattern}`,
      async () => {
        const text = await this.status();
        const label =
          (await this.statusItem.locator("a, [aria-label]").first().getAttribute("aria-label")) ?? "";
        if (!pattern.test(text) && !pattern.test(label)) throw new Error(`${text} (${label})`);
        return text || label;
      },
      seconds,
    );
  }

  /** Waits for a notification that has the words. */
  async notification(words) {
    const toast = this.page
      .locator(".notifications-toasts .notification-list-item")
      .filter({ hasText: words })
      .first();
    await toast.waitFor({ timeout: 30_000 });
    return toast;
  }

  /** The texts of the notifications that are shown. */
  async notifications() {
    const texts = this.page.locator(".notifications-toasts .notification-list-item-message");
    return (await texts.allInnerTexts()).map(read);
  }

  /** Waits for a modal dialog that has the words. */
  async dialog(words) {
    const box = this.page.locator(".monaco-dialog-box").filter({ hasText: words }).first();
    await box.waitFor({ timeout: 30_000 });
    return box;
  }

  /** Clicks a button, by its words, in a dialog or a notification. */
  async choose(box, words) {
    await box.locator(".monaco-button, .monaco-text-button").filter({ hasText: words }).first().click();
  }

  // Views and webviews.

  /** Shows the container of our views. */
  async views() {
    const tab = this.page.locator('.activitybar .action-item:has([aria-label^="Spelunk"])').first();
    await tab.waitFor();
    if ((await tab.getAttribute("class"))?.includes("checked")) return;
    await tab.click();
    await this.pane("Runs").waitFor();
  }

  /** A view of the side bar, by its name. */
  pane(name) {
    return this.page
      .locator(".pane")
      .filter({ has: this.page.locator(`.pane-header[aria-label^="${name}"]`) })
      .first();
  }

  /** The rows of a tree view that match, each with its text and label. */
  rows(view, words) {
    const rows = this.pane(view).locator(".monaco-list-row");
    return words === undefined ? rows : rows.filter({ hasText: words });
  }

  /** Unfolds a row of a tree view. */
  async unfold(row) {
    await row.waitFor();
    if ((await row.getAttribute("aria-expanded")) !== "false") return;
    await row.locator(".monaco-tl-twistie").click();
  }

  /** Clicks an entry of the context menu that was opened. A click just after it opened is taken for a slip of the hand. */
  async menu(words) {
    const entry = this.page.locator(".monaco-menu .action-label").filter({ hasText: words }).first();
    let clicked = false;
    await until(`"${words}" of the menu`, async () => {
      if (!clicked || (await entry.count()) > 0) await entry.click({ timeout: 2000 });
      clicked = true;
      await entry.waitFor({ state: "detached", timeout: 1000 });
      return true;
    });
  }

  /** Clicks an action, by its title, of a row of a tree view. */
  async act(row, title) {
    await row.hover();
    await row
      .locator(`.action-label[aria-label^="${title}"], .action-label[title^="${title}"]`)
      .first()
      .click();
  }

  /** The page inside of the webview that is shown: the answer panel. */
  get answer() {
    return this.page.frameLocator("iframe.webview.ready").last().frameLocator("iframe#active-frame");
  }

  /** Waits until the answer panel's text matches, and gives it. */
  async answerHas(pattern, seconds) {
    return until(
      `the answer panel has ${pattern}`,
      async () => {
        const text = await this.answer.locator("body").innerText({ timeout: 2000 });
        if (!pattern.test(text)) throw new Error(text);
        return text;
      },
      seconds,
    );
  }

  // Settings and the end.

  /** The person's settings as they are on the disk: `User` or `Machine`. */
  settings(folder) {
    return JSON.parse(readFileSync(this.server.settingsFile(folder), "utf8"));
  }

  /** Takes a picture of the window. */
  async picture(path) {
    await this.page.screenshot({ path });
  }

  /** Closes the window as a person does, so that its extension host ends. */
  async close() {
    await this.page.close({ runBeforeUnload: false });
  }
}

/** The path of a file in a folder of the extension's own. */
export const out = (...names) => join(import.meta.dirname, "out", ...names);
