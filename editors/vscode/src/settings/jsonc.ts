// JSON as people write settings: with comments and commas at ends.

/** Parses it; `undefined` for what is no JSON even so. */
export function parse(text: string): unknown {
  // Strings first, so that what looks like a comment within one stays. What is not closed goes on to the end: to look for
  // where it might be closed takes quadratic time on a hostile text.
  const bare = text
    .replace(/^\uFEFF/, "")
    .replace(
      /("(?:\\[\s\S]|[^"\\])*(?:"|\\?$))|\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\r\n]*/g,
      (_, string?: string) => string ?? " ",
    )
    .replace(/("(?:\\[\s\S]|[^"\\])*(?:"|\\?$))|,(?=\s*[}\]])/g, (_, string?: string) => string ?? "");
  try {
    return JSON.parse(bare) as unknown;
  } catch {
    return undefined;
  }
}
