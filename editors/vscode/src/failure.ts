// What is said when something goes wrong: the server refuses, or is not there. No editor in here.

/** The words of an error. */
export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The words of an error; `undefined` when the person has said no and knows why. */
export function saying(error: unknown): string | undefined {
  const requestCancelled = -32800;
  if (error instanceof Error && "code" in error && error.code === requestCancelled) return undefined;
  return said(error);
}
