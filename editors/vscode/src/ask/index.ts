// Registers the commands that ask, and the panels that show the answers.
import * as vscode from "vscode";
import type { Parts } from "../extension";
import { iconless, unlinked } from "../plain";
import * as protocol from "../protocol";
import type { Session } from "../server/session";
import { ask } from "./asking";
import { EXPLAIN } from "./explain";
import { saying } from "../failure";
import { pickRun } from "./history";
import { visible } from "./markdown";
import { Panels } from "./panels";
import { here, type Here } from "./place";
import { VIEW_TYPE } from "./panel";

export function register({ session }: Parts): vscode.Disposable {
  const panels = new Panels(session);
  const commands = new Commands(session, panels);
  const command = (name: string, run: (argument?: unknown) => Promise<void>) =>
    vscode.commands.registerCommand(`spelunk.${name}`, async (argument?: unknown) => {
      try {
        await run(argument);
      } catch (error) {
        const words = saying(error);
        if (words) void vscode.window.showErrorMessage(unlinked(words));
      }
    });
  return vscode.Disposable.from(
    panels,
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, panels),
    command("askRepository", () => commands.askFor({ title: "Ask About This Repository" })),
    command("askHere", () => commands.askHere()),
    command("explainHere", () => commands.explainHere()),
    command("history", () => commands.history()),
    command("openAnswer", (argument) => commands.openAnswer(argument)),
    command("stop", (argument) => commands.end(protocol.cancel, "Stop", argument)),
    command("answerNow", (argument) => commands.end(protocol.answerNow, "Answer Now", argument)),
    session.onAsk((params) => void commands.askFor({ title: "Ask", ...params })),
  );
}

/** A question as far as it is known before the person is asked. */
type Wanted = Partial<protocol.AskParams> & { title: string; prompt?: string };

class Commands {
  constructor(
    private readonly session: Session,
    private readonly panels: Panels,
  ) {}

  /** Asks, after the person has typed the question where there is none yet. A refused question can be sent again. */
  async askFor({ title, prompt, ...wanted }: Wanted): Promise<void> {
    let value = "";
    let question = wanted.question?.trim() ?? "";
    for (;;) {
      question ||=
        (
          await vscode.window.showInputBox({
            title: `Spelunk: ${title}`,
            prompt: prompt ?? "Where is something done, who uses it, what holds across many files?",
            placeHolder: "Your question",
            value,
            ignoreFocusOut: true,
          })
        )?.trim() ?? "";
      if (!question) return;
      try {
        const begin = () => ask(this.session, { ...wanted, question });
        const run = await vscode.window.withProgress(
          { location: vscode.ProgressLocation.Window, title: "Spelunk: asking" },
          begin,
        );
        this.panels.showRun(run);
        return;
      } catch (error) {
        const words = saying(error);
        if (!words) return;
        const again = await vscode.window.showErrorMessage(unlinked(words), "Ask Again");
        if (!again) return;
        value = question;
        question = "";
      }
    }
  }

  async askHere(): Promise<void> {
    const place = this.place();
    if (place)
      await this.askFor({
        title: "Ask About This",
        prompt: unlinked(`“This” is ${place.words}`),
        at: place.at,
      });
  }

  async explainHere(): Promise<void> {
    const place = this.place();
    if (place) await this.askFor({ title: "Explain This", question: EXPLAIN, at: place.at });
  }

  async history(): Promise<void> {
    const picked = await pickRun(this.session);
    if (picked) await this.openSummary(picked);
  }

  async openAnswer(argument: unknown): Promise<void> {
    const runId = runIdOf(argument);
    if (!runId) return this.history();
    const run = this.session.runs.get(runId);
    if (run) {
      this.panels.showRun(run);
      return;
    }
    const { runs } = await this.session.request(protocol.runs, { limit: 1_000 });
    const summary = runs.find((one) => one.runId === runId);
    if (summary) await this.openSummary(summary);
    else await this.panels.showRecord({ turns: [{ runId, question: "", isPlan: false }] });
  }

  /** Ends the run that is meant; of several, the person picks. */
  async end(request: typeof protocol.cancel, title: string, argument: unknown): Promise<void> {
    const runId = runIdOf(argument) ?? (await this.pickRunning(title));
    if (runId) await this.session.request(request, { runId });
  }

  private async pickRunning(title: string): Promise<string | undefined> {
    const running = this.session.runs.running();
    if (running.length === 0) void vscode.window.showInformationMessage("No run is under way.");
    if (running.length < 2) return running[0]?.runId;
    const items = running.map(({ question, runId }) => ({
      label: iconless(visible(question)),
      runId,
    }));
    return (await vscode.window.showQuickPick(items, { title: `Spelunk: ${title}` }))?.runId;
  }

  private async openSummary({ runId, question, plan, state }: protocol.RunSummary): Promise<void> {
    const { runs } = this.session;
    // One that was begun without us is known from now on.
    if (state === "running" && !runs.get(runId)) {
      const run = runs.begin({ runId, conversationId: "" }, plan === true);
      run.question ||= question;
    }
    const run = runs.get(runId);
    if (run) this.panels.showRun(run);
    else await this.panels.showRecord({ turns: [{ runId, question, isPlan: plan === true }] });
  }

  private place(): Here | undefined {
    const place = here(vscode.window.activeTextEditor);
    if (!place)
      void vscode.window.showInformationMessage("Open a file of the repository and put the cursor there.");
    return place;
  }
}

/** Of a command's argument: a run's id, or what a view shows of one. */
function runIdOf(argument: unknown): string | undefined {
  if (typeof argument === "string") return argument || undefined;
  if (typeof argument !== "object" || argument === null) return undefined;
  if ("runId" in argument && typeof argument.runId === "string") return argument.runId;
  return "run" in argument ? runIdOf(argument.run) : undefined;
}
