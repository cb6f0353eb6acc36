// `initializationOptions`, as docs/protocol.md describes them: what the server is told once, at its start.

/** A provider as the server takes it. */
export interface ProviderOptions {
  baseUrl?: string;
  key?: string;
  keyEnv?: string;
  allowHttp?: boolean;
}

export interface InitializationOptions {
  trusted: boolean;
  runs: true;
  machine: Record<string, unknown>;
  editorModel?: { tools: boolean; models: string[] };
}

/** A message as the log may have it: the keys of providers are cut out of the options. */
function withoutKeys(json: string): string {
  return json.replace(/("key"\s*:\s*)"(?:\\.|[^"\\])*"/g, '$1"[set]"');
}

/** A log that never gets a key into what is traced, and is the given one otherwise. */
export function keyless<L extends { trace: (message: string) => void }>(log: L): L {
  const trace = (message: string) => {
    log.trace(withoutKeys(message));
  };
  return Object.create(log, { trace: { value: trace } }) as L;
}

/**
 * Puts the options together.
 *
 * @param machine what the user has set outside of any workspace
 * @param keys keys by provider, from the editor's secret storage
 * @param models names of the editor's own models
 */
export function initializationOptions(
  trusted: boolean,
  machine: Record<string, unknown>,
  keys: Record<string, string>,
  models: string[],
): InitializationOptions {
  const { providers: named, ...others } = machine;
  const providers = { ...(named as Record<string, ProviderOptions> | undefined) };
  for (const [name, key] of Object.entries(keys)) providers[name] = { ...providers[name], key };
  return {
    trusted,
    runs: true,
    machine: Object.keys(providers).length > 0 ? { ...others, providers } : others,
    ...(models.length > 0 ? { editorModel: { tools: true, models } } : {}),
  };
}
