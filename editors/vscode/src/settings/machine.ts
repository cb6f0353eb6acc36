// What the user has set for the machine, and nothing that a workspace says.

/** A setting as the manifest declares it. */
export interface Property {
  scope?: string;
}

/** Settings that only editors have; the server takes them from `workspace/configuration`. */
const OF_EDITORS = new Set(["navigation", "served", "symbolTable"]);

/** The server's settings, by their names below `spelunk`, that count for runs: limits, models, and the rest of the table. */
export function serverKeys(properties: Record<string, Property>): string[] {
  return Object.keys(properties)
    .filter((key) => key.startsWith("spelunk."))
    .map((key) => key.slice("spelunk.".length))
    .filter((key) => !key.includes(".") && !OF_EDITORS.has(key));
}

/** Settings that no workspace may have, by their names below `spelunk`. */
export function machineKeys(properties: Record<string, Property>): string[] {
  return Object.entries(properties)
    .filter(([key, { scope }]) => key.startsWith("spelunk.") && scope === "machine")
    .map(([key]) => key.slice("spelunk.".length));
}

/** What `machine` of the initialization options says, and the providers whose settings hold a key, which is left out. */
export interface MachineValues {
  values: Record<string, unknown>;
  withKey: string[];
}

/**
 * Gathers the values that the user has set.
 *
 * @param set the user's own value of a setting below `spelunk`, `undefined` when there is none
 */
export function machineValues(keys: string[], set: (key: string) => unknown): MachineValues {
  const values: Record<string, unknown> = {};
  for (const key of keys) {
    const value = set(key);
    if (value !== undefined) values[key] = value;
  }
  const withKey: string[] = [];
  if (isObject(values["providers"])) {
    values["providers"] = Object.fromEntries(
      Object.entries(values["providers"]).map(([name, provider]) => {
        if (!isObject(provider) || !("key" in provider)) return [name, provider];
        withKey.push(name);
        return [name, Object.fromEntries(Object.entries(provider).filter(([field]) => field !== "key"))];
      }),
    );
  }
  return { values, withKey };
}

/** The keys that a value of `providers` has, by provider; it can be anything, since people write it. */
export function keysOf(providers: unknown): [name: string, key: string][] {
  if (!isObject(providers)) return [];
  return Object.entries(providers).flatMap(([name, provider]) => {
    const key = isObject(provider) ? provider["key"] : undefined;
    return typeof key === "string" && key !== "" ? [[name, key] as [string, string]] : [];
  });
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
