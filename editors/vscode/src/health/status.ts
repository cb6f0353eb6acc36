// What the status bar says, from what is known. No editor in here.
import { money } from "../amounts";
import type { Indexing, State } from "../server/state";

/** What there is to be told. */
export interface Known {
  state: State;
  indexing: Indexing | undefined;
  /** Runs under way, and what they have cost so far in US dollars. */
  running: number;
  usd: number;
  trusted: boolean;
  /** `provider/model` of the next run, and why it cannot be used. */
  model?: string;
  modelError?: string;
}

export interface Status {
  /** With an icon in front. */
  text: string;
  severity: "none" | "warning" | "error";
  /** Sentences for the tooltip, and for screen readers. */
  sentences: string[];
}

/** Says the most urgent thing first. */
export function status(known: Known): Status {
  const { state, indexing, running, usd, trusted } = known;
  const about = [...trust(trusted), ...model(known)];
  const plain = (icon: string, text: string, sentences: string[]): Status => ({
    text: `$(${icon}) ${text}`,
    severity: "none",
    sentences: [...sentences, ...about],
  });
  switch (state.kind) {
    case "off":
      return plain("circle-slash", "Spelunk", ["Spelunk is not running."]);
    case "starting":
      return plain("loading~spin", "Spelunk", ["Spelunk is starting."]);
    case "failed":
      return { text: "$(error) Spelunk", severity: "error", sentences: [state.message] };
    case "running":
  }
  if (running > 0) {
    const words = `${running} running, ${money(usd)}`;
    return plain("sync~spin", `Spelunk: ${words}`, [`${words}.`]);
  }
  if (indexing) {
    const share = indexing.percentage === undefined ? "" : ` ${indexing.percentage}%`;
    const words = indexing.message ? `: ${indexing.message}` : "";
    return plain("database", `Spelunk${share}`, [
      `Reading symbols${words}. Questions can be asked meanwhile.`,
    ]);
  }
  const idle = plain(trusted ? "search-fuzzy" : "shield", "Spelunk", [`Spelunk ${state.version} is ready.`]);
  return known.modelError ? { ...idle, severity: "warning" } : idle;
}

function trust(trusted: boolean): string[] {
  if (trusted) return [];
  return [
    "This folder is not trusted: navigation works, and questions are answered without a language model.",
  ];
}

function model({ model, modelError }: Known): string[] {
  return [...(model ? [`Model: ${model}.`] : []), ...(modelError ? [modelError] : [])];
}
