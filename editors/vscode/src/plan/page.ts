// A plan as a page: its Markdown in a webview that runs no scripts and loads nothing.
import MarkdownIt from "markdown-it";
import * as vscode from "vscode";
import { clean } from "./face";
import type { Planned } from "./planned";

const STYLE = `
  body { max-width: 60rem; margin: 0 auto; padding: 0.5rem 1.5rem 3rem; line-height: 1.5;
    color: var(--vscode-foreground); font: var(--vscode-font-size, 13px)/1.55 var(--vscode-font-family, sans-serif); }
  h1 { font-size: 1.5em; line-height: 1.3; } h2 { font-size: 1.2em; margin-top: 1.8em; }
  code, pre { font-family: var(--vscode-editor-font-family, monospace); font-size: 0.95em; }
  code { background: var(--vscode-textCodeBlock-background); padding: 0.1em 0.3em; border-radius: 3px; overflow-wrap: anywhere; }
  pre { background: var(--vscode-textCodeBlock-background); padding: 0.7em 0.9em; overflow: auto; border-radius: 4px; }
  pre code { padding: 0; background: none; }
  blockquote { margin-inline: 0; padding-inline-start: 0.9em; border-inline-start: 3px solid var(--vscode-textBlockQuote-border); }
  table { border-collapse: collapse; } th, td { border: 1px solid var(--vscode-widget-border, #8888); padding: 0.25em 0.6em; text-align: start; }
`;

/** The page's HTML. Everything in the Markdown is hostile: no HTML, no links, no images come through. */
export function html(title: string, markdown: string, nonce: string): string {
  const renderer = new MarkdownIt({ html: false, linkify: false }).disable([
    "image",
    "link",
    "autolink",
    "reference",
  ]);
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`;
  const escaped = renderer.utils.escapeHtml(title);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escaped}</title>
<style nonce="${nonce}">${STYLE}</style>
<main>${renderer.render(markdown)}</main>
</html>`;
}

export function openPage(planned: Planned): void {
  const title = clean(planned.request);
  const panel = vscode.window.createWebviewPanel(
    "spelunk.plan",
    `Plan: ${title.slice(0, 60)}`,
    vscode.ViewColumn.Active,
    {
      enableScripts: false,
      enableCommandUris: false,
      enableForms: false,
      localResourceRoots: [],
      enableFindWidget: true,
    },
  );
  panel.webview.html = html(title, planned.plan.markdown, crypto.randomUUID());
}
