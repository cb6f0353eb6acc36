// One question and what became of it, as an article of the page.
import type { CitationView, FromPage, ToPage, TurnView } from "../view";
import { element } from "./element";

type Send = (message: FromPage) => void;
type Progress = Extract<ToPage, { kind: "progress" }>;

export class Article {
  readonly root = element("article");
  private turn: TurnView;
  private readonly doing = element("span", { class: "doing" });
  private readonly seconds = element("span", { class: "seconds", "aria-hidden": true });
  private readonly spent = element("p", { class: "spent" });
  private readonly notes = element("ul", { class: "notes" });
  private readonly text = document.createTextNode("");
  private readonly tail = element("span", { class: "tail" });
  private readonly working: HTMLDetailsElement;

  constructor(
    turn: TurnView,
    private readonly send: Send,
  ) {
    this.turn = turn;
    this.working = element(
      "details",
      { class: "working" },
      element("summary", {}, "Working ", this.tail),
      element("pre", { tabindex: 0 }, this.text),
    );
    // Clicks on what is rendered as HTML: only these two kinds of buttons do anything.
    this.root.addEventListener("click", ({ target }) => {
      const button =
        target instanceof Element ? target.closest<HTMLElement>("[data-cite],[data-link]") : null;
      if (!button) return;
      const { cite, link } = button.dataset;
      const kind = cite === undefined ? "link" : "cite";
      this.send({ kind, runId: this.turn.runId, index: Number(cite ?? link) });
    });
    this.show(turn);
  }

  get running(): boolean {
    return this.turn.state === "running";
  }

  /** Draws all of it. */
  show(turn: TurnView): void {
    this.turn = turn;
    const { runId } = turn;
    this.root.className = turn.state;
    this.root.setAttribute("aria-labelledby", `question-${runId}`);
    this.tell(turn);
    this.write(0, turn.working);
    this.tick();
    const children: Node[] = [element("h2", { id: `question-${runId}`, tabindex: -1 }, turn.question)];
    if (this.running) children.push(this.progress());
    if (turn.message) children.push(element("p", { class: "message" }, sentence(turn)));
    children.push(this.notes);
    if (turn.html) children.push(answer(turn.html));
    if (turn.citations.length > 0) children.push(citations(turn.citations));
    if (turn.dropped.length > 0) children.push(dropped(turn.dropped));
    children.push(this.working);
    if (!this.running) children.push(this.actions());
    children.push(this.spent);
    this.root.replaceChildren(...children);
  }

  /** Takes in what a run is doing. */
  advance({ doing, spent, notes, at, text }: Progress): void {
    this.tell({ doing, spent, notes });
    this.write(at, text);
  }

  /** Shows the time that has gone by. */
  tick(): void {
    if (!this.running) return;
    this.seconds.textContent = `${Math.max(0, Math.round((Date.now() - this.turn.started) / 1000))} s`;
  }

  private tell({ doing, spent, notes }: Pick<TurnView, "doing" | "spent" | "notes">): void {
    this.doing.textContent = doing;
    this.spent.textContent = spent;
    this.spent.hidden = spent === "";
    if (this.notes.childElementCount !== notes.length)
      this.notes.replaceChildren(...notes.map((note) => element("li", {}, note)));
    this.notes.hidden = notes.length === 0;
  }

  private write(at: number, text: string): void {
    this.text.replaceData(at, this.text.length - at, text);
    const whole = this.text.data;
    this.working.hidden = whole === "";
    this.tail.textContent = whole.slice(-300).trimEnd().split("\n").at(-1) ?? "";
  }

  private progress(): HTMLElement {
    const line = element(
      "p",
      { class: "line" },
      element("span", { class: "spinner", "aria-hidden": true }),
      this.doing,
      this.seconds,
    );
    return element("div", { class: "progress" }, line, this.actions());
  }

  private actions(): HTMLElement {
    const { runId, state, isPlan, html, again } = this.turn;
    const action = (kind: Exclude<FromPage["kind"], "ready" | "follow" | "cite" | "link">, words: string) =>
      element(
        "button",
        {
          type: "button",
          class: "action",
          onclick: () => {
            this.send({ kind, runId });
          },
        },
        words,
      );
    if (state === "running")
      return element("div", { class: "actions" }, action("answerNow", "Answer Now"), action("stop", "Stop"));
    const answered =
      html === "" ? [] : [action("copy", "Copy as Markdown"), action("document", "Open as Document")];
    return element(
      "div",
      { class: "actions" },
      ...(isPlan && html ? [action("plan", "Open in Plans")] : []),
      ...answered,
      ...(again ? [action("again", isPlan ? "Plan Again" : "Ask Again")] : []),
      action("trace", "Trace"),
    );
  }
}

/** The HTML was made by the extension, and the policy of the page forbids whatever it should have missed. */
function answer(html: string): HTMLElement {
  const made = element("div", { class: "answer" });
  made.innerHTML = html;
  return made;
}

function sentence({ state, message }: TurnView): string {
  const how = { limit: "Stopped early", cancelled: "Stopped", failed: "Failed", lost: "Cannot be shown" };
  const word = state === "running" || state === "answered" ? "" : how[state];
  return word && message.toLowerCase() !== state ? `${word}: ${message}` : word || message;
}

function citations(cited: CitationView[]): HTMLElement {
  const items = cited.map(({ label, status, sign, finding, opens }, index) =>
    element(
      "li",
      {},
      element(
        "button",
        { type: "button", class: `cite ${status}`, "data-cite": index, disabled: !opens },
        element("span", { class: "sign", "aria-hidden": true }, sign),
        element("bdi", {}, label),
      ),
      element("span", { class: "finding" }, ` ${finding}`),
    ),
  );
  const bad = cited.filter(({ status }) => status !== "valid").length;
  const title = `${cited.length} ${cited.length === 1 ? "citation" : "citations"}, ${bad === 0 ? "all valid" : `${bad} not valid`}`;
  return element(
    "details",
    { class: "citations", open: cited.length <= 12 || bad > 0 },
    element("summary", {}, title),
    element("ul", {}, ...items),
  );
}

function dropped(lines: { label: string; reason: string }[]): HTMLElement {
  const items = lines.map(({ label, reason }) =>
    element("li", {}, element("bdi", {}, label), element("span", { class: "finding" }, ` ${reason}`)),
  );
  const title = lines.length === 1 ? "1 citation was not kept" : `${lines.length} citations were not kept`;
  return element("details", { class: "dropped" }, element("summary", {}, title), element("ul", {}, ...items));
}
