// An answer as the chat view takes it: Markdown written anew from what was understood, and citations between. The text
// is hostile: nothing of it is passed on as it came. No editor in here.
import type { Token } from "markdown-it";
import { citationsIn, finding, label } from "../ask/citations";
import { parsed, visible } from "../ask/markdown";
import type { Cited } from "../protocol";

/** A piece of Markdown, or a citation that stands there; pieces continue the line of the one before. */
export type Piece = { markdown: string } | { cited: Cited };

/** Cuts an answer into pieces. Images become their text, and links other than http and https as well. */
export function pieces(answer: string, citations: readonly Cited[]): Piece[] {
  return new Writer(citations).write(parsed(answer, citations));
}

/** The pieces of a citation: what opens it, and what is said of it where that is more than "valid". */
export function citation(cited: Cited): Piece[] {
  const told = cited.status === "valid" ? "" : ` (${escaped(finding(cited))})`;
  // The chat view writes the label between brackets as it is.
  const opens = cited.location && !/[\\`<\n]|\]\(/.test(label(cited));
  const named: Piece = opens ? { cited } : { markdown: code(label(cited)) };
  return told ? [named, { markdown: told }] : [named];
}

/** Plain text as Markdown that shows it. */
export function escaped(text: string): string {
  return visible(text)
    .replace(/[\n\r\u2028\u2029]+/g, " ")
    .replace(/[\\`*[\]<>&~|$]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|!$/gu, "\\$&");
}

/** Text as a block of code, in a fence that it cannot close. */
export function fenced(text: string, language = "", prefix = ""): string {
  const fence = "`".repeat(Math.max(3, longest(text) + 1));
  const info = /^[\w+#.-]*/.exec(language)?.[0] ?? "";
  const lines = visible(text)
    // The chat view obeys tags of its own in code.
    .replace(/<(?=\/?vscode_)/gi, "<\u200b")
    .replace(/\n$/, "")
    .split("\n");
  return [fence + info, ...lines, fence].join(`\n${prefix}`);
}

/** Text as code within a line. */
function code(text: string): string {
  const line = visible(text).replace(/[\n\r]+/g, " ");
  const ticks = "`".repeat(longest(line) + 1);
  const room = /^`|`$|^ .* $/.test(line) ? " " : "";
  return `${ticks}${room}${line}${room}${ticks}`;
}

/** The length of the longest run of backticks. */
function longest(text: string): number {
  return Array.from(text.matchAll(/`+/g)).reduce((most, [run]) => Math.max(most, run.length), 0);
}

class Writer {
  private readonly pieces: Piece[] = [];
  private markdown = "";
  /** What every line begins with, one for each quote and item that is open. */
  private readonly prefixes: string[] = [];
  /** Of each list and quote that is open, whether its blocks follow without a blank line. */
  private readonly tight: boolean[] = [];
  /** Nothing stands yet in what was opened last. */
  private fresh = true;
  private inLine = false;
  private inTable = false;
  /** The addresses of the links that are open; empty for one that is left out. */
  private readonly links: string[] = [];
  private aligned: string[] = [];

  constructor(private readonly citations: readonly Cited[]) {}

  write(tokens: readonly Token[]): Piece[] {
    tokens.forEach((token, at) => {
      this.block(token, tokens, at);
    });
    this.cut();
    return this.pieces;
  }

  private get prefix(): string {
    return this.prefixes.join("");
  }

  private put(text: string): void {
    this.markdown += text;
  }

  private cut(): void {
    if (this.markdown) this.pieces.push({ markdown: this.markdown });
    this.markdown = "";
  }

  private newLine(): void {
    this.put(`\n${this.prefix}`);
    this.inLine = false;
  }

  /** Begins a block. */
  private begin(): void {
    if (!this.fresh) {
      if (!this.tight.at(-1)) this.put(`\n${this.prefix.trimEnd()}`);
      this.newLine();
    }
    this.fresh = false;
    this.inLine = false;
  }

  private open(prefix: string, tight: boolean): void {
    this.prefixes.push(prefix);
    this.tight.push(tight);
    this.fresh = true;
  }

  private close(): void {
    this.prefixes.pop();
    this.tight.pop();
    this.fresh = false;
  }

  private block(token: Token, tokens: readonly Token[], at: number): void {
    switch (token.type) {
      case "paragraph_open":
        this.begin();
        break;
      case "heading_open":
        this.begin();
        this.put(`${"#".repeat(Number(token.tag.slice(1)))} `);
        this.inLine = true;
        break;
      case "fence":
      case "code_block":
        this.begin();
        this.put(fenced(token.content, token.info.trim(), this.prefix));
        break;
      case "hr":
        this.begin();
        this.put("***");
        break;
      case "blockquote_open":
        this.begin();
        this.put("> ");
        this.open("> ", false);
        break;
      case "bullet_list_open":
      case "ordered_list_open":
        this.begin();
        this.open("", isTight(tokens, at));
        break;
      case "list_item_open": {
        this.begin();
        const mark = token.info ? `${token.info}. ` : "- ";
        this.put(mark);
        this.open(" ".repeat(mark.length), this.tight.at(-1) ?? false);
        break;
      }
      case "blockquote_close":
      case "bullet_list_close":
      case "ordered_list_close":
      case "list_item_close":
        this.close();
        break;
      case "inline":
        for (const child of token.children ?? []) this.inline(child);
        break;
      default:
        this.table(token);
    }
  }

  private table(token: Token): void {
    switch (token.type) {
      case "table_open":
        this.begin();
        this.inTable = true;
        this.aligned = [];
        break;
      case "tr_open":
        if (this.aligned.length > 0) this.newLine();
        this.put("|");
        break;
      case "th_open":
        this.aligned.push(side(String(token.attrGet("style"))));
        this.cell();
        break;
      case "td_open":
        this.cell();
        break;
      case "th_close":
      case "td_close":
        this.put(" |");
        break;
      case "thead_close":
        this.newLine();
        this.put(`| ${this.aligned.join(" | ")} |`);
        break;
      case "table_close":
        this.inTable = false;
        break;
    }
  }

  private cell(): void {
    this.put(" ");
    this.inLine = true;
  }

  private inline(token: Token): void {
    switch (token.type) {
      case "text":
        this.text(token.content);
        break;
      case "image":
        this.text(token.content);
        break;
      case "softbreak":
        this.newLine();
        break;
      case "hardbreak":
        this.put("\\");
        this.newLine();
        break;
      case "em_open":
      case "em_close":
      case "strong_open":
      case "strong_close":
      case "s_open":
      case "s_close":
        this.put(token.markup.replaceAll("_", "*"));
        this.inLine = true;
        break;
      case "link_open": {
        const href = address(String(token.attrGet("href")));
        this.links.push(href);
        if (href) this.put("[");
        this.inLine = true;
        break;
      }
      case "link_close": {
        const href = this.links.pop();
        if (href) this.put(`](${href})`);
        break;
      }
      case "code_inline":
        this.code(token.content);
        break;
      case "citation":
        this.cite((token.meta as { index: number }).index);
        break;
    }
  }

  private text(text: string): void {
    if (this.inLine) {
      this.put(escaped(text));
      return;
    }
    // What would begin a block.
    this.put(escaped(text.trimStart()).replace(/^(\d{0,9})(?=[#+\-=:.)])/, "$1\\"));
    this.inLine = text.trim() !== "";
  }

  private code(text: string): void {
    let done = 0;
    const put = (piece: string) => {
      if (piece) this.put(this.inTable ? code(piece).replaceAll("|", "\\|") : code(piece));
    };
    for (const { start, end, index } of this.links.length > 0 ? [] : citationsIn(text, this.citations)) {
      put(text.slice(done, start));
      this.cite(index);
      done = end;
    }
    put(text.slice(done));
    this.inLine = true;
  }

  private cite(index: number): void {
    const cited = this.citations[index];
    if (!cited) return;
    for (const piece of citation(cited)) {
      if ("markdown" in piece) this.put(piece.markdown);
      else {
        this.cut();
        this.pieces.push(piece);
      }
    }
    this.inLine = true;
  }
}

/** Whether the items of the list that is opened there follow without blank lines. */
function isTight(tokens: readonly Token[], at: number): boolean {
  const level = (tokens[at]?.level ?? 0) + 2;
  for (const token of tokens.slice(at)) {
    if (token.level < level - 1 && token.type.endsWith("list_close")) break;
    if (token.type === "paragraph_open" && token.level === level) return token.hidden;
  }
  return true;
}

function side(style: string): string {
  const found = /left|center|right/.exec(style)?.[0];
  if (!found) return "---";
  return { left: ":--", center: ":-:", right: "--:" }[found as "left" | "center" | "right"];
}

/** An address that ends where it should; empty for one by which the chat view names what is its own. */
function address(href: string): string {
  if (/^https?:\/\/_/i.test(href)) return "";
  return href.replace(
    /[\s<>()\\`|*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}
