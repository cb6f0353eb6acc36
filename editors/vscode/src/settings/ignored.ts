// Which settings of the machine a workspace tries to set.
import { parse } from "./jsonc";
import { isObject } from "./machine";

/**
 * Settings of the machine in the text of a settings file.
 *
 * @param machineKeys their names below `spelunk`
 * @param inside the key below which a file has its settings: `settings` in a `.code-workspace`
 * @returns their full names, in the order of `machineKeys`
 */
export function ignored(text: string, machineKeys: string[], inside?: string): string[] {
  const file = parse(text);
  const settings = inside && isObject(file) ? file[inside] : file;
  return machineKeys.map((key) => `spelunk.${key}`).filter((key) => has(settings, key));
}

/** Whether a setting is there, with its name in one piece or as objects in objects. */
function has(settings: unknown, name: string): boolean {
  if (!isObject(settings)) return false;
  if (name in settings) return true;
  return Object.entries(settings).some(
    ([key, inner]) => name.startsWith(`${key}.`) && has(inner, name.slice(key.length + 1)),
  );
}
