// What a run shows in few words: time, tokens, the beginning of a text.
import type { Usage } from "../protocol";

/** Milliseconds as seconds or minutes. */
export function time(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Tokens of a call: "1,234 in, 56 out". */
export function tokens({ input, output, estimated }: Usage): string {
  const [read, written] = [input, output].map((number) => number.toLocaleString("en-US"));
  return `${estimated ? "about " : ""}${read ?? ""} in, ${written ?? ""} out`;
}

/** The first line that says something, cut at `most` characters. */
export function firstLine(text: string, most = 80): string {
  const line = text.split("\n").find((one) => one.trim() !== "") ?? "";
  const points = Array.from(line.trim());
  return points.length > most ? `${points.slice(0, most - 1).join("")}…` : points.join("");
}
