// JSON as people write settings: with comments and commas at ends.

/** Parses it; `undefined` for what is no JSON even so. */
export function parse(text: string): unknown {
  // Strings first, so that what looks like a comment within one stays.
  const bare = text
    .replace(/^\uFEFF/, "")
    .replace(/("(?:\\.|[^"\\])*")|\/\*[\s\S]*?\*\/|\/\/[^\r\n]*/g, (_, string?: string) => string ?? " ")
    .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_, string?: string) => string ?? "");
  try {
    return JSON.parse(bare) as unknown;
  } catch {
    return undefined;
  }
}
