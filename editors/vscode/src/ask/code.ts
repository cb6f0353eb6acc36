// Code with its words marked up for colours, in the languages that repositories are mostly made of.
import highlighter from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import kotlin from "highlight.js/lib/languages/kotlin";
import lua from "highlight.js/lib/languages/lua";
import php from "highlight.js/lib/languages/php";
import python from "highlight.js/lib/languages/python";
import ruby from "highlight.js/lib/languages/ruby";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import swift from "highlight.js/lib/languages/swift";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";

const languages = {
  ...{
    bash,
    c,
    cpp,
    csharp,
    css,
    diff,
    go,
    ini,
    java,
    javascript,
    json,
    kotlin,
    lua,
    php,
    python,
    ruby,
    rust,
  },
  ...{ sql, swift, typescript, xml, yaml },
};

/** Takes the languages in with the first block: all of them take 10 ms, which an editor's start does not wait for. */
function takeIn(): void {
  if (highlighter.listLanguages().length > 0) return;
  for (const [name, language] of Object.entries(languages)) highlighter.registerLanguage(name, language);
}

/** Characters of one block that are still coloured: beyond, the patterns take longer than anyone waits. */
const MOST = 50_000;

/** HTML of a block of code, whose `language` is as the Markdown says it; `undefined` where it is not coloured. */
export function coloured(code: string, language: string): string | undefined {
  takeIn();
  if (code.length > MOST || !highlighter.getLanguage(language)) return undefined;
  return highlighter.highlight(code, { language, ignoreIllegals: true }).value;
}
