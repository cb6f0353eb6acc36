// Why one of the editor's models gave no reply, as the server tells it apart.
import type { CompleteFailure } from "../protocol";

const KINDS: Record<string, CompleteFailure["kind"]> = {
  NoPermissions: "noPermission",
  NotFound: "notFound",
  Blocked: "blocked",
};

/**
 * Reads an error of the editor's language-model API.
 *
 * @param models names of the models that there are instead
 */
export function failure(error: unknown, models: string[]): { message: string; data: CompleteFailure } {
  const { code, message, cause } = (error ?? {}) as { code?: string; message?: string; cause?: unknown };
  const deeper = cause instanceof Error ? cause.message : undefined;
  return {
    message: message || deeper || String(error),
    data: { kind: KINDS[code ?? ""] ?? "other", models },
  };
}
