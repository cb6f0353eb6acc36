// What "Choose Model" offers, from what the server and the editor know. No editor in here.
import type { ModelsResult, ProviderInfo } from "../protocol";

/** A line of the choice. */
export type Pick =
  | { kind: "separator"; label: string }
  /** `id` is `provider/model`, or `builtin`. */
  | { kind: "model"; id: string; description: string; detail?: string }
  /** A provider whose models are not listed: its key is asked for, if it misses one, and a name. */
  | { kind: "provider"; provider: string; label: string; needsKey: boolean; detail?: string };

/** One of the editor's own models. */
export interface Lendable {
  /** As in `editor/<name>`. */
  name: string;
  title: string;
  vendor: string;
}

/** Offers everything, `builtin` first, then the editor's own, then the providers in their order. */
export function picks({ root, providers }: ModelsResult, editors: Lendable[]): Pick[] {
  const current = (id: string) => (id === root ? "in use" : "");
  const lent: Pick[] = editors.map(({ name, title, vendor }) => ({
    kind: "model",
    id: `editor/${name}`,
    description: [current(`editor/${name}`), `${title} (${vendor})`].filter(Boolean).join(" · "),
  }));
  return [
    { kind: "separator", label: "without a language model" },
    {
      kind: "model",
      id: "builtin",
      description: current("builtin"),
      detail: "A planner: free, and nothing leaves the machine",
    },
    ...(lent.length > 0 ? [{ kind: "separator", label: "the editor's own" } as const, ...lent] : []),
    ...providers
      .filter(({ name }) => name !== "builtin" && name !== "editor")
      .flatMap((provider) => ofProvider(provider, current)),
  ];
}

function ofProvider(provider: ProviderInfo, current: (id: string) => string): Pick[] {
  const { name, models, error } = provider;
  const state = keyState(provider);
  const listed: Pick[] = models.map((model) => ({
    kind: "model",
    id: `${name}/${model}`,
    description: current(`${name}/${model}`),
  }));
  const needsKey = provider.key === "missing";
  const other: Pick = {
    kind: "provider",
    provider: name,
    label: needsKey ? `Set a key for ${name}…` : `${name}: type the name of a model…`,
    needsKey,
    // That it has no key is said beside its name.
    ...(error && !needsKey ? { detail: error } : {}),
  };
  return [{ kind: "separator", label: state ? `${name} · ${state}` : name }, ...listed, other];
}

/** How it stands with a provider's key, in words; empty when it needs none. */
export function keyState({ key, keyEnv }: ProviderInfo): string {
  switch (key) {
    case "none":
      return "";
    case "set":
      return "key set";
    case "missing":
      return keyEnv ? `no key (${keyEnv} is not set either)` : "no key";
  }
}

/** Why a model does not count even when it is chosen; `undefined` when it does. */
export function overruled({ from, root }: ModelsResult): string | undefined {
  if (from !== "environment") return undefined;
  return `The environment (SPELUNK_MODEL) says ${root}, and it wins over what is chosen here.`;
}
