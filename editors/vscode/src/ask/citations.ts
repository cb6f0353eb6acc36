// Citations: where they stand in a text, and what is said of each. No editor in here.
import type { Cited } from "../protocol";

/** Where a citation stands in a text, from `start` up to `end`, and which one of the list it is. */
export interface Standing {
  start: number;
  end: number;
  index: number;
}

/** `path:12`, `path:12-20`, `path#L12-L20`, of those citations alone, in the order of the text. */
export function citationsIn(text: string, cited: readonly Cited[]): Standing[] {
  const indices = new Map(cited.map((one, index) => [key(one.path, one.from, one.to), index]));
  if (indices.size === 0) return [];
  // The paths themselves, since a pattern for any path takes quadratic time on a hostile text.
  const paths = [...new Set(cited.map((one) => one.path))].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(
    String.raw`(?<![\p{L}\p{N}_@+~$/\\.\-])(?:\./)?(${paths.map(escaped).join("|")})` +
      String.raw`(?::L?|#L)(\d{1,9})(?:[-–]L?(\d{1,9}))?(?![\p{L}\p{N}_])`,
    "gu",
  );
  const standing: Standing[] = [];
  for (const found of text.matchAll(pattern)) {
    const [whole, path = "", from = "", to = from] = found;
    const index = indices.get(key(path, Number(from), Number(to)));
    if (index !== undefined) standing.push({ start: found.index, end: found.index + whole.length, index });
  }
  return standing;
}

/** `src/a.rs:3-9` */
export function label({ path, from, to }: { path: string; from: number; to: number }): string {
  return to > from ? `${path}:${from}-${to}` : `${path}:${from}`;
}

/** What the program found out about a citation, in a few words. */
export function finding({ path, status, missing, location }: Cited): string {
  switch (status) {
    case "valid":
      return "valid";
    case "moved":
      return location ? `moved to ${whereNow(path, location)}` : "moved";
    case "stale":
      return "stale: the lines have changed";
    case "unsupported":
      return missing?.length
        ? `unsupported: the lines do not have ${missing.join(", ")}`
        : "unsupported by its lines";
  }
}

function whereNow(path: string, { uri, range }: NonNullable<Cited["location"]>): string {
  const line = range.start.line + 1;
  const now = decoded(uri);
  return now.endsWith(`/${path}`) ? `line ${line}` : `${now.slice(now.lastIndexOf("/") + 1)}:${line}`;
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

function key(path: string, from: number, to: number): string {
  return `${path}\n${from}\n${to}`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, (char) => (char === "-" ? "\\x2d" : `\\${char}`));
}
