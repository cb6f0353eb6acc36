// An OpenAI-compatible endpoint on the loopback address whose every reply the test gives.
import { createServer } from "node:http";
import { once } from "node:events";
import { until } from "./suite.mjs";

/** A request that waits for its reply; the reply is streamed as the test says, or at once. */
class Call {
  #response;

  constructor(body, headers, response) {
    /** What was asked: `model`, `messages`, `tools`, as the client sent it. */
    this.body = body;
    this.headers = headers;
    this.#response = response;
    /** Whether the client went away before the end. */
    this.gone = false;
    response.on("close", () => (this.gone = !response.writableFinished));
  }

  /** All messages as one text, to tell calls apart. */
  get text() {
    return JSON.stringify(this.body.messages);
  }

  #chunk(delta, finish = null, usage) {
    if (!this.#response.headersSent)
      this.#response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    const chunk = {
      id: "1",
      object: "chat.completion.chunk",
      model: this.body.model,
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...(usage && { usage }),
    };
    this.#response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  }

  /** Streams some text, and goes on. */
  say(text) {
    this.#chunk({ content: text });
    return this;
  }

  #end(finish, usage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 }) {
    this.#chunk({}, finish, usage);
    this.#response.end("data: [DONE]\n\n");
  }

  /** Ends the reply with what was said, and more text if given. */
  done(text = "") {
    if (text) this.say(text);
    this.#end("stop");
  }

  /** Ends the reply with a cell of JavaScript for the REPL. */
  run(code) {
    const call = { name: "run_javascript", arguments: JSON.stringify({ code }) };
    this.#chunk({ tool_calls: [{ index: 0, id: `c${Date.now()}`, type: "function", function: call }] });
    this.#end("tool_calls");
  }

  /** Ends the run with this answer. */
  answer(markdown) {
    this.run(`answer(${JSON.stringify(markdown)})`);
  }

  /** Refuses: an HTTP status and what the provider would say. */
  refuse(status, message) {
    this.#response.writeHead(status, { "content-type": "application/json" });
    this.#response.end(JSON.stringify({ error: { message, type: "invalid_request_error", code: null } }));
  }
}

/** The endpoint; `url` is the base URL of its API. */
export class Endpoint {
  /** The models that `/models` lists. */
  models = ["scripted", "scripted-mini"];
  /** Every call so far, in order. */
  calls = [];
  #taken = 0;
  #always;

  static async start() {
    const endpoint = new Endpoint();
    endpoint.server = createServer((request, response) => void endpoint.#take(request, response));
    endpoint.server.listen(0, "127.0.0.1");
    await once(endpoint.server, "listening");
    endpoint.url = `http://127.0.0.1:${endpoint.server.address().port}/v1`;
    return endpoint;
  }

  async #take(request, response) {
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) text += chunk;
    if (request.url.endsWith("/models")) {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(
        JSON.stringify({ object: "list", data: this.models.map((id) => ({ id, object: "model" })) }),
      );
      return;
    }
    const call = new Call(JSON.parse(text), request.headers, response);
    this.calls.push(call);
    if (this.#always?.(call)) this.#taken = this.calls.length;
  }

  /** Waits for the next call that no `next` has taken. */
  async next() {
    const place = this.#taken++;
    return until("the server asks the model", () => this.calls[place]);
  }

  /** Takes every call from now on that `reply` says true to: it has answered that. */
  always(reply) {
    this.#always = reply;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
