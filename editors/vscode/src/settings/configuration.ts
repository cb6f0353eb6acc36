// The answer to the server's `workspace/configuration`.
import { isObject } from "./machine";
import { served } from "./served";

/**
 * Takes out of the value of `spelunk` what a workspace may not say, and what is not the server's, and puts in which
 * languages others serve.
 *
 * @param machineKeys settings of the machine, which the server got at its start
 */
export function told(
  value: unknown,
  machineKeys: string[],
  installed: (extension: string) => boolean,
): unknown {
  const known = isObject(value) ? value : {};
  const rest = Object.entries(known).filter(
    ([key]) => !machineKeys.includes(key) && !["server", "trace"].includes(key),
  );
  return { ...Object.fromEntries(rest), served: served(known["served"], installed) };
}
