// Putting a question to the server, and waiting for its end.
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import * as protocol from "../protocol";
import type { Asked, Run } from "../runs/run";
import type { Session } from "../server/session";

/**
 * Begins a run. A question that continues nothing gets a conversation whose name no other server has given.
 *
 * @throws with the server's words, or its -32800 when the person has not agreed to the cost.
 */
export async function ask(
  session: Session,
  params: protocol.AskParams,
  token?: vscode.CancellationToken,
): Promise<Run> {
  const named = { ...params, conversationId: params.conversationId ?? randomUUID() };
  const begun = await session.request(protocol.ask, named, token);
  return tell(session.runs.begin(begun, false), { ask: params }, params.question);
}

/** Begins a run that plans; the rest is as for a question. */
export async function plan(
  session: Session,
  params: protocol.PlanParams,
  token?: vscode.CancellationToken,
): Promise<Run> {
  const named = { ...params, conversationId: params.conversationId ?? randomUUID() };
  const begun = await session.request(protocol.plan, named, token);
  return tell(session.runs.begin(begun, true), { plan: params }, params.request);
}

/** Asks the same again, or plans it, about the same place; the person is asked anew about the cost. */
export function again(session: Session, asked: Asked, conversationId: string): Promise<Run> {
  const anew = { conversationId, confirmed: false };
  return "ask" in asked ? ask(session, { ...asked.ask, ...anew }) : plan(session, { ...asked.plan, ...anew });
}

/** The end of a run, which is cancelled with the token. Each change on the way goes to `told`. */
export async function ended(
  session: Session,
  run: Run,
  token: vscode.CancellationToken,
  told: () => void = () => undefined,
): Promise<protocol.End> {
  const listening: vscode.Disposable[] = [];
  try {
    return await new Promise<protocol.End>((resolve) => {
      const look = () => {
        told();
        if (run.end) resolve(run.end);
      };
      listening.push(
        session.runs.onDidChange((change) => {
          if (change.run === run) look();
        }),
        token.onCancellationRequested(() => {
          cancel(session, run.runId);
        }),
      );
      if (token.isCancellationRequested) cancel(session, run.runId);
      look();
    });
  } finally {
    for (const one of listening) one.dispose();
  }
}

function cancel(session: Session, runId: string): void {
  // The end of the run says how it went.
  session.request(protocol.cancel, { runId }).then(undefined, (error: unknown) => {
    session.log.debug("a run could not be cancelled:", error);
  });
}

/** The question is known here before the first notice tells it, and its place is told by none. */
function tell(run: Run, asked: Asked, question: string): Run {
  run.asked = asked;
  run.question ||= question;
  return run;
}
