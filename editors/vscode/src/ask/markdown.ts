// An answer's Markdown as HTML that cannot load, run or fake anything. The text is hostile.
import MarkdownIt, { type Token } from "markdown-it";
import type { Cited } from "../protocol";
import { citationsIn, finding, label, type Standing } from "./citations";
import { coloured } from "./code";

/** `links` are the addresses that the page names by their index in `data-link`; citations by `data-cite`. */
export interface Rendered {
  html: string;
  links: string[];
}

/** What one rendering knows while it goes over the text. */
interface Room {
  citations: readonly Cited[];
  links: string[];
  /** By the text of a paragraph. */
  standing: Map<string, Standing[]>;
  /** A button cannot be in the button that a link is. */
  inLink: boolean;
}

/** Signs of the statuses: each has a shape of its own, since colours are not seen by all. */
export const SIGNS: Record<Cited["status"], string> = {
  valid: "✓",
  moved: "→",
  stale: "!",
  unsupported: "?",
};

const md = new MarkdownIt({ html: false, linkify: false, typographer: false });

/** Renders an answer. Citations become buttons, http and https links as well; images become their text. */
export function rendered(answer: string, citations: readonly Cited[]): Rendered {
  const room = roomFor(citations);
  const html = md.render(answer, { room });
  return { html: visible(html), links: room.links };
}

/** What an answer's Markdown says; a `citation` among the inline tokens is the one of the list at `meta.index`. */
export function parsed(answer: string, citations: readonly Cited[]): Token[] {
  return md.parse(answer, { room: roomFor(citations) });
}

/**
 * Characters that turn the direction of a line around, or hide in it, are shown by their names. Joiners are not: emoji and
 * some scripts need them.
 */
export function visible(text: string): string {
  return text.replace(
    /[\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu,
    (char) => `[U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`,
  );
}

/** A button that opens a citation. */
export function citationButton(cited: Cited, index: number): string {
  const [name, told] = [label(cited), finding(cited)].map(md.utils.escapeHtml) as [string, string];
  const dead = cited.location ? "" : " disabled";
  return (
    `<button type="button" class="cite ${cited.status}" data-cite="${index}" title="${told}"${dead}>` +
    `<span class="sign" aria-hidden="true">${SIGNS[cited.status]}</span><bdi>${name}</bdi>` +
    `<span class="unseen">, ${told}</span></button>`
  );
}

md.validateLink = (url) => /^https?:\/\//i.test(url);

// The text of a paragraph, up to the next character that may mean something or the next citation: a path such as
// src/__init__.py:3 is no emphasis.
md.inline.ruler.at("text", (state, silent) => {
  const next = state.linkLevel === 0 ? from(standingIn(state.src, roomOf(state.env)), state.pos) : undefined;
  if (next?.start === state.pos && next.end <= state.posMax) {
    if (!silent) state.push("citation", "", 0).meta = { index: next.index };
    state.pos = next.end;
    return true;
  }
  const most = Math.min(next?.start ?? state.posMax, state.posMax);
  let end = state.pos;
  while (end < most && !/[\n!#$%&*+\-:<=>@[\\\]^_`{}~]/.test(state.src.charAt(end))) end += 1;
  if (end === state.pos) return false;
  if (!silent) state.pending += state.src.slice(state.pos, end);
  state.pos = end;
  return true;
});

const escape = md.utils.escapeHtml;

Object.assign(md.renderer.rules, {
  citation: (tokens, at, _options, env) => {
    const { index } = tokens[at]?.meta as { index: number };
    const cited = roomOf(env).citations[index];
    return cited ? citationButton(cited, index) : "";
  },
  code_inline: (tokens, at, _options, env) => {
    const room = roomOf(env);
    const text = String(tokens[at]?.content);
    const pieces: string[] = [];
    let done = 0;
    const code = (piece: string) => (piece ? `<code>${escape(piece)}</code>` : "");
    for (const { start, end, index } of room.inLink ? [] : citationsIn(text, room.citations)) {
      const cited = room.citations[index];
      if (!cited) continue;
      pieces.push(code(text.slice(done, start)), citationButton(cited, index));
      done = end;
    }
    return pieces.join("") + code(text.slice(done));
  },
  fence: (tokens, at) =>
    block(String(tokens[at]?.content), /^\S*/.exec(String(tokens[at]?.info).trim())?.[0] ?? ""),
  code_block: (tokens, at) => block(String(tokens[at]?.content), ""),
  image: (tokens, at) => escape(String(tokens[at]?.content)),
  link_open: (tokens, at, _options, env) => {
    const room = roomOf(env);
    room.inLink = true;
    const href = String(tokens[at]?.attrGet("href"));
    room.links.push(href);
    return `<button type="button" class="link" data-link="${room.links.length - 1}" title="${escape(href)}">`;
  },
  link_close: (_tokens, _at, _options, env) => {
    roomOf(env).inLink = false;
    return "</button>";
  },
  table_open: () => `<div class="wide" tabindex="0"><table>`,
  table_close: () => "</table></div>",
  th_open: (tokens, at) => cell("th", String(tokens[at]?.attrGet("style"))),
  td_open: (tokens, at) => cell("td", String(tokens[at]?.attrGet("style"))),
} satisfies MarkdownIt.Renderer["rules"]);

function block(code: string, language: string): string {
  return `<pre tabindex="0"><code>${coloured(code, language) ?? escape(code)}</code></pre>\n`;
}

/** Styles in attributes are not let in by the page. */
function cell(tag: string, style: string): string {
  const side = /left|center|right/.exec(style)?.[0];
  return side ? `<${tag} class="${side}">` : `<${tag}>`;
}

/** The first that starts there or later. They are in order. */
function from(standing: Standing[], start: number): Standing | undefined {
  let [low, high] = [0, standing.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((standing[middle]?.start ?? Infinity) < start) low = middle + 1;
    else high = middle;
  }
  return standing[low];
}

function roomFor(citations: readonly Cited[]): Room {
  return { citations, links: [], standing: new Map(), inLink: false };
}

function roomOf(env: MarkdownIt.Env | undefined): Room {
  return (env as { room: Room }).room;
}

function standingIn(text: string, room: Room): Standing[] {
  let standing = room.standing.get(text);
  if (!standing) {
    standing = citationsIn(text, room.citations);
    room.standing.set(text, standing);
  }
  return standing;
}
