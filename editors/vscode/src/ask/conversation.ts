// The questions of one panel, in order: those of this session and those that are read from their records.
import { randomUUID } from "node:crypto";
import * as protocol from "../protocol";
import type { Run } from "../runs/run";
import type { Session } from "../server/session";
import { saying } from "../failure";
import { recorded, Turn } from "./turn";
import type { Kept } from "./view";

export class Conversation {
  readonly turns: Turn[] = [];
  /** The server does not know what was asked and answered so far. */
  forgotten = false;
  /** Told of each turn that comes to it. */
  onTurn: (() => void) | undefined;

  constructor(
    private readonly session: Session,
    public id: string = randomUUID(),
  ) {}

  /** The conversation of a run, with what else was asked in it in this session. */
  static of(session: Session, run: Run): Conversation {
    const conversation = new Conversation(session, run.conversationId || undefined);
    const others = session.runs.all().reverse();
    for (const one of others)
      if (one === run || (one.conversationId !== "" && one.conversationId === conversation.id))
        conversation.turns.push(Turn.of(one));
    return conversation;
  }

  /** One whose runs are to be loaded. */
  static kept(session: Session, { turns }: Kept): Conversation {
    const conversation = new Conversation(session);
    conversation.forgotten = true;
    for (const { runId, question, isPlan } of turns)
      conversation.turns.push(new Turn(runId, question, isPlan));
    return conversation;
  }

  /** What there has to be known to show it again. */
  get kept(): Kept {
    return { turns: this.turns.map(({ runId, question, isPlan }) => ({ runId, question, isPlan })) };
  }

  turn(runId: string): Turn | undefined {
    return this.turns.find((turn) => turn.runId === runId);
  }

  /** Takes in what a run is now. Whether it is of this conversation. */
  take(run: Run): boolean {
    let turn = this.turn(run.runId);
    if (!turn && run.conversationId === this.id) {
      turn = Turn.of(run);
      this.turns.push(turn);
      this.onTurn?.();
    }
    if (!turn) return false;
    turn.run = run;
    turn.end ??= run.end;
    return true;
  }

  get running(): Turn | undefined {
    return this.turns.find((turn) => turn.running);
  }

  /** Reads the runs that nothing is known of yet; `changed` is told of each. */
  async load(changed: (turn: Turn) => void): Promise<void> {
    for (const turn of this.turns) {
      if (turn.run || turn.end) continue;
      const live = this.session.runs.get(turn.runId);
      if (live) this.take(live);
      else await this.read(turn);
      changed(turn);
    }
    // The name may be known still when only the window was loaded again; the next question finds out otherwise.
    const last = this.turns.at(-1)?.end?.conversationId;
    if (this.forgotten && last) {
      this.id = last;
      this.forgotten = false;
    }
  }

  private async read(turn: Turn): Promise<void> {
    const { runId, isPlan } = turn;
    try {
      turn.end = await this.session.request(protocol.answered, { runId });
      turn.lost = "";
    } catch (error) {
      turn.lost = saying(error) ?? "It was not read to its end.";
    }
    try {
      const { notices } = await this.session.request(protocol.record, { runId });
      turn.run = recorded(runId, notices, isPlan);
    } catch (error) {
      this.session.log.debug(`the record of ${runId} cannot be read:`, error);
    }
  }

  /** Has the citations looked at again; `changed` is told of each turn where something is not as it was. */
  async recheck(changed: (turn: Turn) => void): Promise<void> {
    if (this.session.state.kind !== "running" || !this.session.offers(protocol.answered.method)) return;
    for (const turn of this.turns) {
      if (!turn.end?.citations.length) continue;
      try {
        const end = await this.session.request(protocol.answered, { runId: turn.runId });
        if (JSON.stringify(end.citations) === JSON.stringify(turn.end.citations)) continue;
        turn.end = { ...turn.end, citations: end.citations };
        changed(turn);
      } catch (error) {
        this.session.log.debug(`the citations of ${turn.runId} cannot be checked:`, error);
      }
    }
  }
}
