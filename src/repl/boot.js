// The global object as a cell sees it. Runs once, before any cell, and keeps its own copies of everything it uses, so
// that no cell can change what these functions do. Returns the functions that the worker calls.
(inspector, settings) => {
  "use strict";
  const g = globalThis;
  const { core, primordials: P } = g.__bootstrap;
  const { op_host_ask, op_host_start, op_host_write } = core.ops;
  const {
    ArrayIsArray, ArrayPrototypeIndexOf, ArrayPrototypeJoin, ArrayPrototypeMap, ArrayPrototypePush,
    ArrayPrototypeShift, ArrayPrototypeSplice, DatePrototypeToString, ErrorCaptureStackTrace, MapPrototypeForEach,
    MathFloor, NumberIsFinite, NumberIsSafeInteger, ObjectCreate, ObjectDefineProperty, ObjectEntries,
    ObjectFreeze, ObjectGetOwnPropertyDescriptor, ObjectHasOwn, ObjectKeys, ObjectPrototype, ObjectSetPrototypeOf,
    PromisePrototypeThen, PromiseReject, PromiseResolve, ReflectApply, ReflectConstruct, ReflectOwnKeys,
    SetPrototypeForEach, StringFromCharCode, StringPrototypeCharCodeAt, StringPrototypeIndexOf,
    StringPrototypeIsWellFormed, StringPrototypeReplace, StringPrototypeSlice, StringPrototypeToWellFormed,
  } = P;
  const { SafeArrayIterator, SafeMap, SafeSet, SafeWeakSet } = P;
  const { Error, Number, Promise, Proxy, RangeError, SyntaxError, TypeError, Uint8Array } = g;
  // Renamed, so that each use shows that no cell can have replaced it.
  const parse = P.JSONParse, stringify = P.JSONStringify;
  const config = parse(settings);
  const lists = new SafeWeakSet();
  const { inspect, describe } = inspector({
    proxyDetails: (value) => core.getProxyDetails(value),
    promiseDetails: (value) => {
      if (!core.isPromise(value)) return null;
      const { 0: state, 1: result } = core.getPromiseDetails(value);
      return [state === 0 ? "pending" : state === 1 ? "fulfilled" : "rejected", result];
    },
    print: (value, inner) =>
      lists.has(value) ? `${grouped(value.length)} of ${grouped(total(value))}: ${inner(value)}` : null,
  });

  const hidden = (object, key, value, changeable = false) =>
    ObjectDefineProperty(object, key,
      { __proto__: null, value, writable: changeable, enumerable: false, configurable: changeable });
  const visible = (object, key, value) =>
    ObjectDefineProperty(object, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
  const named = (name, f) => ObjectDefineProperty(f, "name", { __proto__: null, value: name, configurable: true });
  const grouped = (n) => {
    let digits = `${n}`, out = "";
    for (; digits.length > 3; digits = StringPrototypeSlice(digits, 0, -3)) {
      out = `,${StringPrototypeSlice(digits, -3)}${out}`;
    }
    return digits + out;
  };

  // --- Clock and chance: both repeat. A look at the clock moves it by a millisecond; a timer that fires moves it on.

  let now = config.epoch;
  const look = () => now++;

  const RealDate = g.Date;
  const DateOfCell = named("Date", function (...args) {
    if (new.target === undefined) return DatePrototypeToString(new RealDate(look()));
    return ReflectConstruct(RealDate, args.length === 0 ? [look()] : args, new.target);
  });
  ObjectDefineProperty(DateOfCell, "length", { __proto__: null, value: 7, configurable: true });
  ObjectDefineProperty(DateOfCell, "prototype", { __proto__: null, value: RealDate.prototype, writable: false });
  hidden(DateOfCell, "now", named("now", () => look()), true);
  hidden(DateOfCell, "parse", RealDate.parse, true);
  hidden(DateOfCell, "UTC", RealDate.UTC, true);
  hidden(RealDate.prototype, "constructor", DateOfCell, true);
  delete RealDate.prototype.toTemporalInstant;
  hidden(g, "Date", DateOfCell, true);

  const dates = g.Intl.DateTimeFormat.prototype;
  const formatOf = ObjectGetOwnPropertyDescriptor(dates, "format").get;
  const { formatToParts } = dates;
  ObjectDefineProperty(dates, "format", {
    __proto__: null,
    get: named("get format", function () {
      const format = ReflectApply(formatOf, this, []);
      return named("", (date) => format(date === undefined ? look() : date));
    }),
    enumerable: false,
    configurable: true,
  });
  hidden(dates, "formatToParts", named("formatToParts", function (date) {
    return ReflectApply(formatToParts, this, [date === undefined ? look() : date]);
  }), true);

  // xoshiro128**, seeded through splitmix32.
  const { imul } = g.Math;
  let mix = config.seed[0] ^ imul(config.seed[1], 0x9e3779b1);
  const seed = () => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = imul(mix ^ (mix >>> 16), 0x85ebca6b);
    z = imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
  let s0 = seed(), s1 = seed(), s2 = seed(), s3 = seed() | 1;
  const bits = () => {
    let result = imul(s1, 5);
    result = imul((result << 7) | (result >>> 25), 9);
    const t = s1 << 9;
    s2 ^= s0; s3 ^= s1; s1 ^= s2; s0 ^= s3; s2 ^= t;
    s3 = (s3 << 11) | (s3 >>> 21);
    return result >>> 0;
  };
  const random = () => ((bits() >>> 5) * 67108864 + (bits() >>> 6)) / 9007199254740992;
  hidden(g.Math, "random", named("random", random), true);

  // --- Buffers whose memory would not be counted are not to be had.

  const RealBuffer = g.ArrayBuffer;
  const Buffer = named("ArrayBuffer", function (length, options) {
    if (new.target === undefined) throw new TypeError("Constructor ArrayBuffer requires 'new'");
    if (options?.maxByteLength !== undefined) throw new RangeError("resizable ArrayBuffers are not available here");
    return ReflectConstruct(RealBuffer, [length], new.target);
  });
  for (const key of ReflectOwnKeys(RealBuffer)) {
    ObjectDefineProperty(Buffer, key, { __proto__: null, ...ObjectGetOwnPropertyDescriptor(RealBuffer, key) });
  }
  hidden(RealBuffer.prototype, "constructor", Buffer, true);
  hidden(g, "ArrayBuffer", Buffer, true);

  // --- Data on its way to the host. What JSON would drop without a word is sent as what it means, or refused.

  const largest = 32 << 20;

  const sendable = (key, value) => {
    switch (typeof value) {
      case "string":
        return StringPrototypeIsWellFormed(value) ? value : StringPrototypeToWellFormed(value);
      case "bigint":
        return NumberIsSafeInteger(Number(value)) ? Number(value) : `${value}`;
      case "function":
      case "symbol":
        throw new TypeError(`a ${typeof value} cannot be passed${key === "" ? "" : ` (at "${key}")`}: pass plain data`);
      case "object":
        break;
      default:
        return value;
    }
    if (value === null || ArrayIsArray(value)) return value;
    if (core.isPromise(value)) {
      throw new TypeError(`a promise cannot be passed${key === "" ? "" : ` (at "${key}")`}: await it first`);
    }
    if (core.isRegExp(value)) return { source: value.source, flags: value.flags };
    if (core.isSet(value)) {
      const items = [];
      SetPrototypeForEach(value, (item) => ArrayPrototypePush(items, item));
      return items;
    }
    if (core.isMap(value)) {
      const object = { __proto__: null };
      MapPrototypeForEach(value, (item, at) => object[typeof at === "string" ? at : show(at, 200)] = item);
      return object;
    }
    if (core.isNativeError(value)) return heading(value);
    if (core.isTypedArray(value)) return P.ArrayFrom(value);
    return value;
  };

  // Elsewhere such a text finds nothing; in a plan it would be written otherwise than it was meant.
  const plannable = (key, value) => {
    if (typeof value === "string" && !StringPrototypeIsWellFormed(value)) {
      throw new TypeError("a text has half a surrogate pair, which no file can hold: pass whole characters");
    }
    return sendable(key, value);
  };

  const encode = (name, args) => {
    while (args.length > 0 && args[args.length - 1] === undefined) args.length--;
    let json;
    try {
      json = stringify(args, StringPrototypeSlice(name, 0, 5) === "plan." ? plannable : sendable);
    } catch (error) {
      if (core.isNativeError(error) && error.name === "TypeError") throw new TypeError(`${name}: ${error.message}`);
      throw error;
    }
    if (json.length > largest) {
      throw new RangeError(`${name} was given ${grouped(json.length)} characters of JSON; at most ` +
        `${grouped(largest)} can be passed at once: pass less, in several calls`);
    }
    return json;
  };

  // --- Calls. An answer is "+" and JSON, or "-" and a fault.

  const classes = { __proto__: null, Error, RangeError, SyntaxError, TypeError };

  const failure = ({ name, message }, site) => {
    const Class = classes[name];
    const error = new (Class ?? Error)(message);
    if (Class === undefined) hidden(error, "name", name, true);
    if (site !== undefined) {
      const frames = StringPrototypeIndexOf(site.stack, "\n    at ");
      hidden(error, "stack", `${name}: ${message}${frames < 0 ? "" : StringPrototypeSlice(site.stack, frames)}`, true);
    }
    return error;
  };

  const opened = (answer, site) => {
    const body = parse(StringPrototypeSlice(answer, 1));
    if (answer[0] === "+") return body;
    throw failure(body, site);
  };

  const ask = (name, args) => {
    const answer = op_host_ask(name, encode(name, args));
    if (answer === "") throw new Error("the cell was stopped");
    return opened(answer);
  };

  let pending = new SafeMap();
  let closed = false;
  const most = 1000;

  const start = (name, args, finish) => {
    try {
      if (closed) throw failure({ name: "Cancelled", message: `${name} was called after the end of its cell` });
      if (pending.size >= most) {
        throw new RangeError(`${grouped(most)} calls are unanswered already: await some of them before the next`);
      }
      const site = {};
      ErrorCaptureStackTrace(site, start);
      const id = op_host_start(name, encode(name, args));
      return new Promise((resolve, reject) => pending.set(id, { __proto__: null, name, site, resolve, reject, finish }));
    } catch (error) {
      return PromiseReject(error);
    }
  };

  const settle = (id, answer) => {
    const call = pending.get(id);
    if (call === undefined) return;
    pending.delete(id);
    let value;
    try {
      value = opened(answer, call.site);
      if (call.finish !== undefined) value = call.finish(value);
    } catch (error) {
      call.reject(error);
      return;
    }
    call.resolve(value);
  };

  // --- What the host's answers are made of: plain objects that print well.

  const kind = (print, more) => {
    const prototype = ObjectCreate(ObjectPrototype);
    hidden(prototype, "toString", named("toString", function () { return print(this); }));
    more?.(prototype);
    return ObjectFreeze(prototype);
  };
  const linked = (how, links) => links.length === 0 ? ""
    : `; ${how} ${ArrayPrototypeJoin(ArrayPrototypeMap(links, (link) => link.module), ", ")}`;
  const kinds = {
    __proto__: null,
    File: kind((f) => `${f.path}`, (prototype) =>
      ObjectDefineProperty(prototype, "lines", {
        __proto__: null,
        get: named("lines", function () {
          const lines = ask("repo.lines", [this.path]);
          hidden(this, "lines", lines, true);
          return lines;
        }),
      })),
    Match: kind((m) => `${m.path}:${m.line}: ${m.text}`),
    Definition: kind((d) => `${d.path}:${d.line}: ${d.signature || `${d.kind} ${d.qualified ?? d.name}`}`),
    Reference: kind((r) => `${r.path}:${r.line}: ${r.text}`),
    Edge: kind((e) => `${e.path}:${e.line}: ${e.kind} ${e.qualified}, ${e.confidence}` +
      ArrayPrototypeJoin(ArrayPrototypeMap(e.calls, (c) => `\n  ${c.path}:${c.line}: ${c.text}`), "")),
    Import: kind((i) => `${i.path}:${i.line}: ${i.text} -> ${i.target ?? (i.external ? "external" : "not found")}`),
    Module: kind((m) => `${m.path}: ${m.role ? `${m.role}, ` : ""}${grouped(m.files)} files, ${grouped(m.tokens)} tokens` +
      linked("imports", m.imports) + linked("imported by", m.importedBy)),
    Bundle: kind((b) => `${b.id} ${b.title}: ${grouped(b.files.length)} files, ${grouped(b.tokens)} tokens`),
    Done: kind((d) => `step ${d.step}: ${grouped(d.edits)} edits in ${grouped(d.files)} files` +
      (d.doubtful === 0 ? "" : `, ${grouped(d.doubtful)} doubtful places`) + ArrayPrototypeJoin(ArrayPrototypeMap(d.notes, (n) => `\n  ${n}`), "")),
    PlannedFile: kind((f) => `${f.path}: ${f.change}${f.before === null || f.before === f.path ? "" : ` from ${f.before}`}, ` +
      `${grouped(f.edits)} edits by ${ArrayPrototypeJoin(f.steps, ", ")}`),
    Doubt: kind((d) => `${d.id} ${d.path}:${d.line}: ${d.text} (step ${d.step}: ${d.why})`),
    Problem: kind((p) => `${p.fatal ? "FATAL " : ""}${p.check}: ${p.path === undefined ? "" : `${p.path}${p.line === undefined ? "" : `:${p.line}`}: `}${p.message}`),
    Citation: kind((c) => `${c.path}:${c.from}-${c.to}`),
    Answer: kind((a) => (typeof a.value === "string" ? a.value : stringify(a.value)) + (a.complete ? "" : `\n(partial: ${a.why})`)),
  };

  const dress = (item, prototype) => {
    if (typeof item !== "object" || item === null) return item;
    ObjectSetPrototypeOf(item, prototype);
    if (ArrayIsArray(item.children)) for (let i = 0; i < item.children.length; i++) dress(item.children[i], prototype);
    return item;
  };

  const answered = (answer) => {
    for (let i = 0; i < answer.citations.length; i++) dress(answer.citations[i], kinds.Citation);
    return dress(answer, kinds.Answer);
  };

  // Own and read-only, as list() below makes it.
  const total = (items) => ObjectGetOwnPropertyDescriptor(items, "total")?.value ?? items.length;

  const printList = named("toString", function () {
    const shown = `${grouped(this.length)} of ${grouped(total(this))}`;
    const items = ArrayPrototypeMap(this, (item) => `${item}`);
    return this.length === 0 ? shown : `${shown}\n${ArrayPrototypeJoin(items, "\n")}`;
  });

  const list = (answer, prototype) => {
    const items = answer?.items;
    if (!ArrayIsArray(items)) return answer;
    for (let i = 0; i < items.length; i++) dress(items[i], prototype);
    const keys = ObjectKeys(answer);
    for (let i = 0; i < keys.length; i++) if (keys[i] !== "items") hidden(items, keys[i], answer[keys[i]]);
    hidden(items, "toString", printList);
    lists.add(items);
    return items;
  };

  // The lists in an answer that hold less than there is.
  const cuts = (value) => {
    const found = [];
    const look = (list, of) => {
      if (lists.has(list) && ObjectGetOwnPropertyDescriptor(list, "truncated")?.value === true) {
        ArrayPrototypePush(found, { __proto__: null, of, shown: list.length, total: total(list) });
      }
    };
    look(value);
    if (typeof value === "object" && value !== null && !ArrayIsArray(value)) {
      const keys = ObjectKeys(value);
      for (let i = 0; i < keys.length; i++) look(ObjectGetOwnPropertyDescriptor(value, keys[i])?.value, keys[i]);
    }
    return found;
  };

  // What a text of lists does not show, since they do not hold it.
  const leftOut = (value) => ArrayPrototypeJoin(ArrayPrototypeMap(cuts(value), ({ shown, total }) =>
    `(${grouped(shown)} of ${grouped(total)}: { limit } of the call that made the list gets more)\n`), "");

  // --- Our own names. Each of them is declared in api.d.ts; a test compares the two.

  const bindings = {
    files: "File", tree: null, read: null, search: "Match", outline: "Definition", symbols: "Definition",
    definition: "Definition", references: "Reference", callers: "Edge", callees: "Edge", imports: "Import",
    importers: "Import", modules: "Module", partition: "Bundle", text: null,
  };
  const members = ["info", ...ObjectKeys(bindings)];
  const nothing = ObjectFreeze(ObjectCreate(null));
  // An object that says what it has when it is asked for something else.
  const guarded = (name, members) => ObjectCreate(new Proxy(nothing, {
    __proto__: null,
    get(_, key) {
      if (typeof key === "symbol" || key === "then" || key === "toJSON") return undefined;
      if (ObjectHasOwn(ObjectPrototype, key)) return ObjectPrototype[key];
      throw new TypeError(`${name}.${key} does not exist; ${name} has ${ArrayPrototypeJoin(members, ", ")}`);
    },
    has: () => false,
  }));
  const repo = guarded("repo", members);
  let info;
  ObjectDefineProperty(repo, "info", {
    __proto__: null, enumerable: true, get: named("info", () => info ??= ObjectFreeze(ask("repo.info", []))),
  });
  for (const { 0: member, 1: item } of ObjectEntries(bindings)) {
    const name = `repo.${member}`;
    visible(repo, member, named(name, item === null
      ? (...args) => {
        const answer = ask(name, args);
        return member === "text" && typeof answer === "string" ? answer + leftOut(args[0]) : answer;
      }
      : (...args) => list(ask(name, args), kinds[item])));
  }
  ObjectFreeze(repo);

  const planning = {
    step: null, rename: "Done", move: "Done", extract: "Done", replaceCalls: "Done", remove: "Done", replace: null,
    edit: null, create: null, read: null, search: "Match", files: "PlannedFile", diff: null, doubts: "Doubt", accept: null,
    problems: "Problem", drop: null,
  };
  const plan = guarded("plan", ObjectKeys(planning));
  for (const { 0: member, 1: item } of ObjectEntries(planning)) {
    const name = `plan.${member}`;
    visible(plan, member, named(name, (...args) => {
      const answer = ask(name, args);
      if (answer === null) return undefined;
      return item === null ? answer : item === "Done" ? dress(answer, kinds.Done) : list(answer, kinds[item]);
    }));
  }
  ObjectFreeze(plan);

  const cellNames = () => {
    const names = [];
    const keys = ReflectOwnKeys(g);
    for (let i = 0; i < keys.length; i++) {
      if (typeof keys[i] === "string" && !builtin.has(keys[i])) ArrayPrototypePush(names, keys[i]);
    }
    return names;
  };
  const described = (key) => {
    const property = ObjectGetOwnPropertyDescriptor(g, key);
    return ObjectHasOwn(property, "value") ? describe(property.value) : "[Getter]";
  };

  const globals = {
    repo,
    llm: (...args) => start("llm", args),
    llmAll: (...args) => start("llmAll", args),
    rlm: (...args) => start("rlm", args, answered),
    rlmAll: (...args) => start("rlmAll", args, (items) => {
      for (let i = 0; i < items.length; i++) if (items[i].ok) answered(items[i]);
      return items;
    }),
    budget: () => ask("budget", []),
    note: (text) => { ask("note", [typeof text === "string" ? text : show(text, 1000)]); },
    cite: (...args) => dress(ask("cite", args), kinds.Citation),
    answer: (...args) => {
      const cut = cuts(args[0]);
      // Without a value it confirms; null is a value.
      const given = args.length > 0 && args[0] !== undefined;
      ask("answer", !given ? [] : cut.length === 0 ? args : [args[0], args[1], cut]);
    },
    ...(config.plan ? { plan } : null),
    vars: () => {
      const all = {};
      const names = cellNames();
      for (let i = 0; i < names.length; i++) visible(all, names[i], described(names[i]));
      return all;
    },
  };

  // --- Formatting

  const ends = (text, limit) => {
    if (text.length <= limit) return text;
    const half = MathFloor(limit / 2);
    const gap = `${grouped(text.length - 2 * half)} of ${grouped(text.length)} characters`;
    return `${StringPrototypeSlice(text, 0, half)}\n[... ${gap} cut here ...]\n${StringPrototypeSlice(text, -half)}`;
  };

  // The formatter may go somewhat over its limit, to end in a whole word.
  function show(value, limit) {
    return typeof value === "string" ? value : inspect(value, { maxChars: limit < 2000 ? limit / 2 : limit * 0.75 });
  }

  // An error's name and message, whatever its getters do.
  function heading(error) {
    let name = "Error", message = "";
    try { name = ends(`${error.name}`, 200); } catch { /* it keeps the name above */ }
    try { message = ends(`${error.message}`, 4000); } catch { /* it has none */ }
    return { name, message };
  }

  const sentence = (thrown) => {
    if (!core.isNativeError(thrown)) return ends(show(thrown, 500), 500);
    const { name, message } = heading(thrown);
    return `${name}: ${message}`;
  };

  const fault = (thrown) => {
    if (!core.isNativeError(thrown)) {
      return stringify({ __proto__: null, name: "", message: ends(show(thrown, 2000), 2000), stack: "" });
    }
    const described = heading(thrown);
    try {
      const cause = ObjectGetOwnPropertyDescriptor(thrown, "cause")?.value;
      if (cause !== undefined) {
        described.message += `\n  caused by ${sentence(cause)}`;
      }
      const errors = ObjectGetOwnPropertyDescriptor(thrown, "errors")?.value;
      if (ArrayIsArray(errors)) {
        for (let i = 0; i < errors.length && i < 5; i++) {
          described.message += `\n  ${i + 1}. ${sentence(errors[i])}`;
        }
      }
    } catch { /* said without its causes */ }
    let stack = "";
    try { stack = thrown.stack; } catch { /* it has none */ }
    stack = typeof stack === "string" ? StringPrototypeSlice(stack, 0, 32768) : "";
    return stringify({ __proto__: null, ...described, stack });
  };

  // --- Console

  let indent = "";

  const write = (text) => {
    if (indent !== "") text = indent + StringPrototypeReplace(text, /\n/g, `\n${indent}`);
    const limit = config.output;
    if (text.length <= 2 * limit) {
      op_host_write(`${text}\n`, 0, "");
      return;
    }
    const head = StringPrototypeSlice(text, 0, limit), tail = StringPrototypeSlice(text, -limit);
    op_host_write(head, core.byteLength(text) - core.byteLength(head) - core.byteLength(tail), `${tail}\n`);
  };

  const log = (...args) => {
    if (args.length === 1 && typeof args[0] === "string") return write(args[0]);
    write(ArrayPrototypeJoin(ArrayPrototypeMap(args, (arg) => show(arg, config.output)), " "));
  };

  const table = (data, only) => {
    if (typeof data !== "object" || data === null) return log(data);
    const rows = [], columns = [], keys = ObjectKeys(data);
    const put = (cells, column, value) => {
      if (ArrayPrototypeIndexOf(columns, column) < 0) ArrayPrototypePush(columns, column);
      cells[column] = StringPrototypeReplace(show(value, 200), /\s+/g, " ");
    };
    for (let i = 0; i < keys.length && i < 1000; i++) {
      const row = data[keys[i]], cells = { __proto__: null };
      if (typeof row === "object" && row !== null) {
        const own = ObjectKeys(row);
        for (let k = 0; k < own.length; k++) {
          if (!ArrayIsArray(only) || ArrayPrototypeIndexOf(only, own[k]) >= 0) put(cells, own[k], row[own[k]]);
        }
      } else {
        put(cells, "value", row);
      }
      ArrayPrototypePush(rows, { index: keys[i], cells });
    }
    const line = (index, cell) => `| ${index} | ${ArrayPrototypeJoin(ArrayPrototypeMap(columns, cell), " | ")} |`;
    const lines = [line("#", (c) => c), line("-", () => "-")];
    for (let i = 0; i < rows.length; i++) ArrayPrototypePush(lines, line(rows[i].index, (c) => rows[i].cells[c] ?? ""));
    write(ArrayPrototypeJoin(lines, "\n"));
  };

  const console = {
    log, info: log, debug: log, warn: log, error: log, trace: log, table,
    dir: (value) => log(value),
    assert: (condition, ...args) => {
      if (!condition) ReflectApply(log, null, ["Assertion failed", ...new SafeArrayIterator(args)]);
    },
    group: (...args) => { if (args.length > 0) ReflectApply(log, null, args); if (indent.length < 20) indent += "  "; },
    groupEnd: () => { indent = StringPrototypeSlice(indent, 2); },
  };
  for (const { 0: name, 1: f } of ObjectEntries(console)) {
    console[name] = named(name, (...args) => { ReflectApply(f, null, args); });
  }
  globals.console = ObjectFreeze(console);

  // --- Timers never wait: they fire in order when nothing else is left to do, and move the clock to their time.

  let timers = [];
  let timerIds = 0;

  const schedule = (timer) => {
    let at = timers.length;
    while (at > 0 && timers[at - 1].due > timer.due) at--;
    ArrayPrototypeSplice(timers, at, 0, timer);
  };
  const setTimer = (name, f, delay, args, repeats) => {
    if (typeof f !== "function") throw new TypeError(`${name} takes a function`);
    if (closed) throw new Error(`${name} was called after the end of its cell`);
    if (timers.length >= most) throw new RangeError(`${grouped(most)} timers are set already`);
    delay = Number(delay);
    delay = NumberIsFinite(delay) && delay > 1 ? MathFloor(delay) : 1;
    const timer = { __proto__: null, id: ++timerIds, due: now + delay, f, args, every: repeats ? delay : 0 };
    schedule(timer);
    return timer.id;
  };
  const clearTimer = (id) => {
    for (let i = 0; i < timers.length; i++) {
      if (timers[i].id === id) {
        ArrayPrototypeSplice(timers, i, 1);
        return;
      }
    }
  };

  // The next thing to do when no microtask is left: "pending" waits for the host.
  const fire = () => {
    if (pending.size > 0) return "pending";
    if (timers.length === 0) return "stuck";
    const timer = ArrayPrototypeShift(timers);
    if (timer.due > now) now = timer.due;
    if (timer.every > 0) {
      timer.due = now + timer.every;
      schedule(timer);
    }
    try {
      ReflectApply(timer.f, undefined, timer.args);
    } catch (error) {
      PromiseReject(error);
    }
    return "fired";
  };

  // --- The small part of the web platform that computing needs

  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const btoa = (text) => {
    text = `${text}`;
    let out = "";
    for (let i = 0; i < text.length; i += 3) {
      const a = StringPrototypeCharCodeAt(text, i), b = StringPrototypeCharCodeAt(text, i + 1);
      const c = StringPrototypeCharCodeAt(text, i + 2);
      if (a > 255 || b > 255 || c > 255) throw new RangeError("btoa takes characters up to U+00FF only");
      const n = (a << 16) | (b << 8) | c;
      out += alphabet[n >> 18] + alphabet[(n >> 12) & 63] + (i + 1 < text.length ? alphabet[(n >> 6) & 63] : "=") +
        (i + 2 < text.length ? alphabet[n & 63] : "=");
    }
    return out;
  };
  const atob = (text) => {
    text = StringPrototypeReplace(StringPrototypeReplace(`${text}`, /[\t\n\f\r ]/g, ""), /={1,2}$/, "");
    let out = "", n = 0, held = 0;
    for (let i = 0; i < text.length; i++) {
      const digit = StringPrototypeIndexOf(alphabet, text[i]);
      if (digit < 0) throw new RangeError("atob was given text that is not base64");
      n = ((n << 6) | digit) & 0xffffff;
      held += 6;
      if (held >= 8) {
        held -= 8;
        out += StringFromCharCode((n >> held) & 255);
      }
    }
    return out;
  };

  class TextEncoder {
    get encoding() { return "utf-8"; }
    encode(text = "") { return core.encode(`${text}`); }
  }
  class TextDecoder {
    constructor(label = "utf-8") {
      if (label !== "utf-8" && label !== "utf8") throw new RangeError("TextDecoder knows utf-8 only");
    }
    get encoding() { return "utf-8"; }
    decode(bytes = new Uint8Array()) {
      return core.decode(core.isArrayBuffer(bytes) ? new Uint8Array(bytes) : bytes);
    }
  }

  const web = {
    TextEncoder, TextDecoder, atob, btoa,
    structuredClone: (value) => core.structuredClone(value),
    // Through a promise, so that what it throws is told like any rejection that nobody handled.
    queueMicrotask: (f) => {
      if (typeof f !== "function") throw new TypeError("queueMicrotask takes a function");
      PromisePrototypeThen(PromiseResolve(), () => { f(); });
    },
    setTimeout: (f, delay, ...args) => setTimer("setTimeout", f, delay, args, false),
    setInterval: (f, delay, ...args) => setTimer("setInterval", f, delay, args, true),
    clearTimeout: clearTimer,
    clearInterval: clearTimer,
  };

  // --- The global object

  for (const name of [
    "Deno", "__bootstrap", "WebAssembly", "SharedArrayBuffer", "Atomics", "WeakRef", "FinalizationRegistry", "Temporal",
    "console", "queueMicrotask",
  ]) {
    delete g[name];
  }
  for (const { 0: name, 1: value } of ObjectEntries(web)) {
    hidden(g, name, typeof value === "function" && value.name === "" ? named(name, value) : value, true);
  }
  for (const { 0: name, 1: value } of ObjectEntries(globals)) {
    hidden(g, name, typeof value === "function" ? named(name, value) : value);
  }
  Error.stackTraceLimit = 30;
  const builtin = new SafeSet(ReflectOwnKeys(g));

  // --- What the worker calls

  const count = () => {
    const counts = new SafeMap();
    pending.forEach(({ name }) => counts.set(name, (counts.get(name) ?? 0) + 1));
    if (timers.length > 0) counts.set("timer", timers.length);
    return stringify([...counts]);
  };

  return {
    // A cell's value as text; not a string when it is undefined.
    show: (value) => value === undefined ? undefined : ends(show(value, config.output), config.output),
    fault,
    settle,
    fire,
    open: () => { closed = false; indent = ""; },
    // The cell is over: its calls are rejected, its timers are gone; says how many there were.
    close: () => {
      const counts = count();
      closed = true;
      timers = [];
      const left = pending;
      pending = new SafeMap();
      left.forEach(({ name, site, reject }) => {
        reject(failure({ name: "Cancelled", message: `${name} was not awaited in the cell that called it` }, site));
      });
      return counts;
    },
    forget: () => {
      closed = true;
      timers = [];
      pending = new SafeMap();
    },
    vars: () => stringify(ArrayPrototypeMap(cellNames(), (key) => [key, described(key)])),
  };
};
