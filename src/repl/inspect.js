// Formats any value for a reader, without running anybody's code: no getters, traps, toString, toJSON or iterators,
// and no built-in method that a cell could have replaced. Everything used later is captured while this file loads.
// A classic script in 7-bit ASCII; it evaluates to `(host) => ({ inspect, describe })`.
//
//   host.proxyDetails(value)   [target, handler] of a proxy ([null, null] once revoked), else null
//   host.promiseDetails(value) ['pending'|'fulfilled'|'rejected', result] of a promise, else null
//   host.print(value, inner)   the text of an object of ours, else null; inner(value) formats it without this hook
//   inspect(value, limits?)    text, strings raw; limits: { maxChars }, about the longest it may be
//   describe(value)            type and size on one line
(() => {
  'use strict';

  const uncurry = Function.prototype.bind.bind(Function.prototype.call);
  const { getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
  const { isArray } = Array;
  const { is } = Object;
  const OriginalError = Error;
  const Bytes = Uint8Array;
  const getter = (prototype, key) => {
    const found = getOwnPropertyDescriptor(prototype, key);
    return found && found.get ? uncurry(found.get) : () => undefined;
  };

  const hasOwn = uncurry(Object.prototype.hasOwnProperty);
  const isEnumerable = uncurry(Object.prototype.propertyIsEnumerable);
  const functionText = uncurry(Function.prototype.toString);
  const slice = uncurry(String.prototype.slice);
  const indexOf = uncurry(String.prototype.indexOf);
  const startsWith = uncurry(String.prototype.startsWith);
  const trim = uncurry(String.prototype.trim);
  const codeAt = uncurry(String.prototype.charCodeAt);
  const toRadix = uncurry(Number.prototype.toString);
  const symbolText = uncurry(Symbol.prototype.toString);
  const exec = uncurry(RegExp.prototype.exec);
  const dateTime = uncurry(Date.prototype.getTime);
  const dateText = uncurry(Date.prototype.toISOString);
  const mapGet = uncurry(Map.prototype.get);
  const mapEntries = uncurry(Map.prototype.entries);
  const setValues = uncurry(Set.prototype.values);
  const mapNext = uncurry(getPrototypeOf(new Map().entries()).next);
  const setNext = uncurry(getPrototypeOf(new Set().values()).next);
  const mapSize = getter(Map.prototype, 'size');
  const setSize = getter(Set.prototype, 'size');
  const regexpSource = getter(RegExp.prototype, 'source');
  const bufferLength = getter(ArrayBuffer.prototype, 'byteLength');
  const viewLength = getter(DataView.prototype, 'byteLength');
  const TypedArray = getPrototypeOf(Uint8Array);
  const typedName = getter(TypedArray.prototype, Symbol.toStringTag);
  const typedLength = getter(TypedArray.prototype, 'length');
  // An own accessor, the same for all errors; a plain value in older engines.
  const { get: stackGetter } = getOwnPropertyDescriptor(new OriginalError(''), 'stack');
  const stackOf = stackGetter && uncurry(stackGetter);
  const { toStringTag } = Symbol;

  const flagGetters = { __proto__: null, length: 0 };
  for (const [flag, key] of [['d', 'hasIndices'], ['g', 'global'], ['i', 'ignoreCase'], ['m', 'multiline'],
    ['s', 'dotAll'], ['u', 'unicode'], ['v', 'unicodeSets'], ['y', 'sticky']]) {
    flagGetters[flagGetters.length++] = { __proto__: null, flag, get: getter(RegExp.prototype, key) };
  }

  const boxed = {
    __proto__: null,
    Number: uncurry(Number.prototype.valueOf),
    String: uncurry(String.prototype.valueOf),
    Boolean: uncurry(Boolean.prototype.valueOf),
    Symbol: uncurry(Symbol.prototype.valueOf),
    BigInt: uncurry(BigInt.prototype.valueOf),
  };

  // What an object is, told by the first built-in prototype in its chain; the formatter then checks that it really is.
  const known = new Map([
    [Object.prototype, 'Object'], [Error.prototype, 'Error'], [Map.prototype, 'Map'], [Set.prototype, 'Set'],
    [Promise.prototype, 'Promise'], [Date.prototype, 'Date'], [RegExp.prototype, 'RegExp'],
    [ArrayBuffer.prototype, 'ArrayBuffer'], [DataView.prototype, 'DataView'], [TypedArray.prototype, 'TypedArray'],
    [Number.prototype, 'Number'], [String.prototype, 'String'], [Boolean.prototype, 'Boolean'],
    [Symbol.prototype, 'Symbol'], [BigInt.prototype, 'BigInt'],
    [getPrototypeOf(async function () {}), 'AsyncFunction'], [getPrototypeOf(function* () {}), 'GeneratorFunction'],
    [getPrototypeOf(async function* () {}), 'AsyncGeneratorFunction'], [Function.prototype, 'Function'],
  ]);

  const DEPTH = 4;
  const ITEMS = 100;
  const STRING = 10000;
  // Columns of a line, and of a table's row; how far to look for an array's next item.
  const LINE = 100;
  const ROW = 300;
  const HOLES = 10000;
  const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
  const PLAIN = /^[\x20-\x26\x28-\x5b\x5d-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\uffff]*$/;
  const CLASS = /^class(?![\w$])/;
  // Frames on the first line before this column are those of the calls that run a cell.
  const BODY = 20;
  const FRAME = /^at (?:async )?(?:(.*) \()?cell_(\d+)\.js:(\d+):(\d+)\)?$/;
  const SPACE = /\s/;

  // A list that no setter on Array.prototype can see.
  const list = () => ({ __proto__: null, length: 0 });
  const push = (to, item) => { to[to.length++] = item; };
  const join = (items, separator) => {
    let out = '';
    for (let i = 0; i < items.length; i++) out += i === 0 ? items[i] : separator + items[i];
    return out;
  };

  const grouped = (count) => {
    let digits = `${count}`;
    let out = '';
    while (digits.length > 3) {
      out = `,${slice(digits, -3)}${out}`;
      digits = slice(digits, 0, -3);
    }
    return digits + out;
  };
  const more = (count, what) => `\u2026 ${grouped(count)} more ${count === 1 ? what : `${what}s`}`;
  const plural = (count, what) => `${grouped(count)} ${count === 1 ? what : `${what}s`}`;

  const indented = (text) => {
    let out = '';
    for (let from = 0; ;) {
      const end = indexOf(text, '\n', from);
      if (end < 0) return out + slice(text, from);
      out += `${slice(text, from, end)}\n  `;
      from = end + 1;
    }
  };

  // Never the first half of a surrogate pair alone.
  const cut = (text, limit) => {
    if (text.length <= limit) return text;
    const last = codeAt(text, limit - 1);
    return slice(text, 0, last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit);
  };

  const escapes = { __proto__: null, 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r', 92: '\\\\' };
  const hex = (code, width) => {
    let text = toRadix(code, 16);
    while (text.length < width) text = `0${text}`;
    return text;
  };

  const quoted = (text) => {
    if (exec(PLAIN, text) !== null) return `'${text}'`;
    const has = (part) => indexOf(text, part) >= 0;
    const mark = !has("'") ? "'" : !has('"') ? '"' : !has('`') && !has('${') ? '`' : "'";
    let out = mark;
    for (let i = 0; i < text.length; i++) {
      const code = codeAt(text, i);
      const next = codeAt(text, i + 1);
      if (escapes[code] !== undefined) out += escapes[code];
      else if (text[i] === mark) out += `\\${mark}`;
      else if (code < 0x20 || (code >= 0x7f && code < 0xa0)) out += `\\x${hex(code, 2)}`;
      else if (code === 0x2028 || code === 0x2029) out += `\\u${hex(code, 4)}`;
      else if (code >= 0xd800 && code <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) out += text[i] + text[++i];
      else if (code >= 0xd800 && code <= 0xdfff) out += `\\u${hex(code, 4)}`;
      else out += text[i];
    }
    return out + mark;
  };

  const ownData = (object, key) => {
    const found = getOwnPropertyDescriptor(object, key);
    return found !== undefined && hasOwn(found, 'value') ? found.value : undefined;
  };

  const attempt = (method, value) => {
    try {
      return method(value);
    } catch {
      return undefined;
    }
  };

  return (host) => {
    const { proxyDetails, promiseDetails, print } = host;

    const isProxy = (value) => proxyDetails(value) !== null;

    // Calls visit(object) on the prototypes of a value, nearest first, until it gives something.
    const inChain = (value, visit) => {
      let at = value;
      for (let steps = 0; steps < 1000; steps++) {
        at = getPrototypeOf(at);
        if (at === null || isProxy(at)) return undefined;
        const found = visit(at);
        if (found !== undefined) return found;
      }
      return undefined;
    };
    const kindOf = (value) => inChain(value, (at) => mapGet(known, at));
    // A property as data, inherited too; never a getter.
    const data = (object, key) => {
      const found = ownData(object, key);
      return found !== undefined ? found : inChain(object, (at) => ownData(at, key));
    };

    const functionName = (f) => {
      const name = isProxy(f) ? undefined : ownData(f, 'name');
      return typeof name === 'string' ? name : '';
    };
    // '' when no prototype names a constructor.
    const className = (object) => inChain(object, (at) => {
      const constructor = ownData(at, 'constructor');
      return typeof constructor === 'function' ? functionName(constructor) || undefined : undefined;
    }) || '';

    const isClass = (f) => exec(CLASS, functionText(f)) !== null;
    const classText = (f) => {
      const parent = getPrototypeOf(f);
      const name = functionName(f) || '(anonymous)';
      const parentName = typeof parent === 'function' ? functionName(parent) : '';
      return `class ${name}${parentName === '' ? '' : ` extends ${parentName}`}`;
    };

    const regexpText = (value) => {
      const source = regexpSource(value);
      let flags = '';
      for (let i = 0; i < flagGetters.length; i++) if (flagGetters[i].get(value)) flags += flagGetters[i].flag;
      return typeof source === 'string' ? `/${source}/${flags}` : undefined;
    };

    const errorHead = (error) => {
      const given = data(error, 'name');
      const made = className(error);
      const message = data(error, 'message');
      const name = typeof given === 'string' && given !== 'Error' ? given : made || 'Error';
      const text = typeof message === 'string' ? message : '';
      return text === '' ? name : `${name}: ${text}`;
    };

    // The lines of an error's stack that are in cells.
    const errorFrames = (error) => {
      // Formatting a stack calls this hook, when a cell has set it.
      if (typeof ownData(OriginalError, 'prepareStackTrace') === 'function') return '';
      const found = getOwnPropertyDescriptor(error, 'stack');
      let stack = found !== undefined && hasOwn(found, 'value') ? found.value : undefined;
      if (found !== undefined && stackOf !== undefined && hasOwn(found, 'get') && found.get === stackGetter) {
        stack = attempt(stackOf, error);
      }
      if (typeof stack !== 'string') return '';
      let out = '';
      let last = '';
      for (let from = 0, lines = 0; from < stack.length && lines < 10;) {
        let end = indexOf(stack, '\n', from);
        if (end < 0) end = stack.length;
        const frame = exec(FRAME, trim(slice(stack, from, end)));
        from = end + 1;
        if (frame === null || (frame[3] === '1' && frame[4] < BODY)) continue;
        const place = `\n    at cell ${frame[2]}, line ${frame[3]}${frame[1] === undefined ? '' : ` in ${frame[1]}`}`;
        if (place === last) continue;
        last = place;
        out += place;
        lines++;
      }
      return out;
    };

    const primitive = (value, limit) => {
      switch (typeof value) {
        case 'string':
          return value.length > limit
            ? `${quoted(cut(value, limit))}${more(value.length - cut(value, limit).length, 'character')}`
            : quoted(value);
        case 'number': return is(value, -0) ? '-0' : `${value}`;
        case 'bigint': {
          const text = `${value}n`;
          return text.length > limit ? `${slice(text, 0, limit)}${more(text.length - limit, 'digit')}` : text;
        }
        case 'symbol': return symbolText(value);
        default: return `${value}`;
      }
    };

    const keyText = (key) => {
      if (typeof key === 'symbol') return `[${symbolText(key)}]`;
      return exec(IDENTIFIER, key) !== null ? key : quoted(cut(key, 200));
    };

    const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

    // Objects with the same few keys and nothing nested: a table, whose rows stay on one line each.
    const isTable = (array, count) => {
      let first;
      for (let i = 0; i < count; i++) {
        const row = ownData(array, i);
        if (typeof row !== 'object' || row === null || isProxy(row) || isArray(row)) return false;
        const kind = kindOf(row);
        if (kind !== 'Object' && kind !== undefined) return false;
        const keys = ownKeys(row);
        if (keys.length === 0 || keys.length > 12) return false;
        if (first === undefined) first = keys;
        if (keys.length !== first.length) return false;
        for (let k = 0; k < keys.length; k++) {
          if (keys[k] !== first[k] || isObject(ownData(row, keys[k]))) return false;
        }
      }
      return count > 1;
    };

    const formatter = (maxChars) => {
      // The objects around the current one, and the characters that may still be written.
      const around = list();
      let left = maxChars;
      let width = LINE;

      const spend = (text) => {
        left -= text.length + 2;
        return text;
      };

      const isAround = (value) => {
        for (let i = 0; i < around.length; i++) if (around[i] === value) return true;
        return false;
      };

      // Entries on one line when they fit, several to a line when they are short and flat, else one to a line.
      const layout = (entries, open, close, flat) => {
        if (entries.length === 0) return open + close;
        const pad = open[open.length - 1] === '[' ? '' : ' ';
        let total = open.length + close.length + around.length * 2;
        let oneLine = true;
        for (let i = 0; i < entries.length; i++) {
          total += entries[i].length + 2;
          if (indexOf(entries[i], '\n') >= 0) oneLine = false;
        }
        if (oneLine && total <= width) return open + pad + join(entries, ', ') + pad + close;
        let out = open;
        let column = LINE;
        for (let i = 0; i < entries.length; i++) {
          const text = indented(entries[i]) + (i + 1 < entries.length ? ',' : '');
          if (flat && oneLine && column + text.length + 1 < LINE - around.length * 2) {
            out += ` ${text}`;
            column += text.length + 1;
          } else {
            out += `\n  ${text}`;
            column = text.length + 2;
          }
        }
        return `${out}\n${close}`;
      };

      const property = (found, depth) => {
        if (hasOwn(found, 'value')) return format(found.value, depth);
        if (found.get === undefined) return spend('[Setter]');
        return spend(found.set === undefined ? '[Getter]' : '[Getter/Setter]');
      };

      // Appends the enumerable properties; `skipIndexes` leaves out those of an array or string.
      const properties = (object, entries, depth, skipIndexes) => {
        const keys = ownKeys(object);
        let shown = 0;
        let hidden = 0;
        for (let i = 0; i < keys.length; i++) {
          const key = keys[i];
          if (skipIndexes && typeof key === 'string' && exec(/^\d+$/, key) !== null) continue;
          if (!isEnumerable(object, key)) continue;
          if (shown >= ITEMS || left <= 0) {
            hidden++;
            continue;
          }
          shown++;
          const name = spend(keyText(key));
          push(entries, `${name}: ${property(getOwnPropertyDescriptor(object, key), depth)}`);
        }
        if (hidden > 0) push(entries, more(hidden, 'key'));
      };

      const arrayItems = (array, entries, depth) => {
        const { length } = array;
        const count = length < ITEMS ? length : ITEMS;
        const outer = width;
        if (isTable(array, count)) width = ROW;
        let at = 0;
        for (let shown = 0; at < length && shown < ITEMS && left > 0; shown++) {
          const found = getOwnPropertyDescriptor(array, at);
          if (found !== undefined) {
            push(entries, property(found, depth));
            at++;
            continue;
          }
          const from = at;
          while (at < length && at - from < HOLES && !hasOwn(array, at)) at++;
          if (at - from === HOLES) {
            at = from;
            break;
          }
          push(entries, spend(`<${plural(at - from, 'empty item')}>`));
        }
        width = outer;
        if (at < length) push(entries, more(length - at, 'item'));
      };

      const iterated = (iterator, next, size, entries, entry) => {
        let shown = 0;
        for (; shown < ITEMS && left > 0; shown++) {
          const step = next(iterator);
          if (step.done) return;
          push(entries, entry(step.value));
        }
        if (shown < size) push(entries, more(size - shown, 'item'));
      };

      const areShort = (entries) => {
        for (let i = 0; i < entries.length; i++) if (entries[i].length > 40) return false;
        return entries.length > 6;
      };

      const tagged = (value, name) => {
        const tag = data(value, toStringTag);
        return typeof tag === 'string' && tag !== '' && tag !== name ? `${name || 'Object'} [${cut(tag, 100)}] ` : '';
      };

      const formatArray = (value, depth) => {
        const name = className(value);
        const prefix = name === 'Array' ? '' : `${name || 'Array'}(${value.length}) `;
        if (depth > DEPTH) return spend(`[${name || 'Array'}(${value.length})]`);
        const entries = list();
        arrayItems(value, entries, depth + 1);
        const flat = areShort(entries);
        if (value.length <= HOLES) properties(value, entries, depth + 1, true);
        return layout(entries, `${prefix}[`, ']', flat);
      };

      const formatError = (error, depth) => {
        const head = spend(errorHead(error));
        const frames = depth === 0 ? spend(errorFrames(error)) : '';
        const entries = list();
        const keys = ownKeys(error);
        for (let i = 0; i < keys.length && i < ITEMS && left > 0; i++) {
          const key = keys[i];
          const special = key === 'cause' || key === 'errors';
          if (key === 'stack' || key === 'message' || key === 'name' || !(special || isEnumerable(error, key))) continue;
          const text = depth >= DEPTH ? '\u2026' : property(getOwnPropertyDescriptor(error, key), depth + 1);
          push(entries, `${special ? `[${key}]` : keyText(key)}: ${text}`);
        }
        const bare = depth > 0 && frames === '' ? `[${head}]` : head + frames;
        return entries.length === 0 ? bare : layout(entries, `${bare} {`, '}', false);
      };

      const formatFunction = (f, depth) => {
        const kind = kindOf(f);
        const label = isClass(f) ? classText(f) : `${kind === 'Object' || !kind ? 'Function' : kind}: ${functionName(f)}`;
        const text = `[${slice(label, -2) === ': ' ? `${slice(label, 0, -2)} (anonymous)` : label}]`;
        const entries = list();
        if (depth <= DEPTH) properties(f, entries, depth + 1, false);
        return entries.length === 0 ? spend(text) : layout(entries, `${spend(text)} {`, '}', false);
      };

      // The built-in kinds that show more than their properties; undefined when the value only pretends to be one.
      const special = (value, kind, depth) => {
        const name = className(value) || kind;
        const deep = depth > DEPTH;
        switch (kind) {
          case 'Date': {
            const time = attempt(dateTime, value);
            if (time === undefined) return undefined;
            return spend(time === time ? dateText(value) : 'Invalid Date');
          }
          case 'RegExp': {
            const text = attempt(regexpText, value);
            return text === undefined ? undefined : spend(text);
          }
          case 'Map': {
            const size = attempt(mapSize, value);
            if (size === undefined) return undefined;
            if (deep) return spend(`[${name}(${size})]`);
            const entries = list();
            iterated(mapEntries(value), mapNext, size, entries,
              (pair) => `${format(pair[0], depth + 1)} => ${format(pair[1], depth + 1)}`);
            properties(value, entries, depth + 1, false);
            return layout(entries, `${name}(${size}) {`, '}', false);
          }
          case 'Set': {
            const size = attempt(setSize, value);
            if (size === undefined) return undefined;
            if (deep) return spend(`[${name}(${size})]`);
            const entries = list();
            iterated(setValues(value), setNext, size, entries, (item) => format(item, depth + 1));
            const flat = areShort(entries);
            properties(value, entries, depth + 1, false);
            return layout(entries, `${name}(${size}) {`, '}', flat);
          }
          case 'Promise': {
            const details = promiseDetails(value);
            if (details === null) return undefined;
            const state = details[0];
            if (state === 'pending') return spend(`${name} { <pending> }`);
            const entries = list();
            push(entries, (state === 'rejected' ? '<rejected> ' : '') + (deep ? '\u2026' : format(details[1], depth + 1)));
            return layout(entries, `${name} {`, '}', false);
          }
          case 'TypedArray': {
            const type = typedName(value);
            if (type === undefined) return undefined;
            const length = typedLength(value);
            const label = name === 'TypedArray' ? type : name;
            if (deep) return spend(`[${label}(${length})]`);
            const entries = list();
            let at = 0;
            for (; at < length && at < ITEMS && left > 0; at++) push(entries, format(value[at], depth + 1));
            if (at < length) push(entries, more(length - at, 'item'));
            return layout(entries, `${label}(${length}) [`, ']', true);
          }
          case 'ArrayBuffer': {
            const length = attempt(bufferLength, value);
            if (length === undefined) return undefined;
            const bytes = attempt((buffer) => new Bytes(buffer), value);
            let text = '';
            for (let i = 0; bytes !== undefined && i < length && i < 32; i++) text += ` ${hex(bytes[i], 2)}`;
            return spend(`${name}(${length}) {${text}${length > 32 ? ` ${more(length - 32, 'byte')}` : ''} }`);
          }
          case 'DataView': {
            const length = attempt(viewLength, value);
            return length === undefined ? undefined : spend(`${name}(${length}) {}`);
          }
          default: {
            const unbox = boxed[kind];
            const inner = unbox === undefined ? undefined : attempt(unbox, value);
            return inner === undefined ? undefined : spend(`[${kind}: ${primitive(inner, STRING)}]`);
          }
        }
      };

      const formatObject = (value, depth) => {
        if (isArray(value)) return formatArray(value, depth);
        const kind = kindOf(value);
        if (kind === 'Error') return formatError(value, depth);
        if (kind !== undefined && kind !== 'Object') {
          const text = special(value, kind, depth);
          if (text !== undefined) return text;
        }
        const name = className(value);
        const bare = getPrototypeOf(value) === null ? '[Object: null prototype] ' : '';
        const prefix = bare || tagged(value, name) || (name === 'Object' || name === '' ? '' : `${name} `);
        if (depth > DEPTH) return spend(`[${name || 'Object'}]`);
        const entries = list();
        properties(value, entries, depth + 1, false);
        return layout(entries, `${prefix}{`, '}', areShort(entries));
      };

      const formatProxy = (details, depth) => {
        if (details[0] === null || details[0] === undefined) return spend('[Proxy: revoked]');
        return `[Proxy: ${depth > DEPTH ? spend('\u2026') : format(details[0], depth + 1)}]`;
      };

      const formatInner = (value, depth) => {
        if (isAround(value)) return spend('[Circular]');
        push(around, value);
        try {
          return typeof value === 'function' ? formatFunction(value, depth) : formatObject(value, depth);
        } finally {
          around.length--;
        }
      };

      function format(value, depth) {
        if (!isObject(value)) return spend(primitive(value, left > STRING ? STRING : left > 80 ? left : 80));
        const details = proxyDetails(value);
        if (details !== null) return formatProxy(details, depth);
        if (print && !isAround(value)) {
          const text = print(value, (inner) => formatInner(inner, depth));
          if (typeof text === 'string') return spend(text);
        }
        return formatInner(value, depth);
      }

      return format;
    };

    const inspect = (value, limits) => {
      const maxChars = limits ? limits.maxChars : 20000;
      const raw = typeof value === 'string';
      const text = raw ? value : formatter(maxChars)(value, 0);
      // The formatter stops near the limit and then still says what it left out, which takes some room.
      if (text.length <= maxChars + (raw ? 0 : maxChars / 8 + 100)) return text;
      const head = cut(text, maxChars);
      return `${head}${more(text.length - head.length, 'character')}`;
    };

    const keysText = (object) => {
      const keys = ownKeys(object);
      const shown = list();
      let hidden = 0;
      for (let i = 0; i < keys.length; i++) {
        if (!isEnumerable(object, keys[i])) continue;
        if (shown.length < 8) push(shown, cut(keyText(keys[i]), 40));
        else hidden++;
      }
      if (hidden > 0) push(shown, more(hidden, 'key'));
      return `{${join(shown, ', ')}}`;
    };

    // The type of an array's item: short, without sizes.
    const itemType = (value) => {
      if (value === null) return 'null';
      if (!isObject(value)) return typeof value;
      if (isProxy(value)) return 'Proxy';
      if (typeof value === 'function') return 'function';
      const name = className(value);
      return name === 'Object' || name === '' ? keysText(value) : name;
    };

    const itemTypes = (array) => {
      const types = list();
      const count = array.length < 20 ? array.length : 20;
      for (let i = 0; i < count; i++) {
        const type = hasOwn(array, i) ? itemType(ownData(array, i)) : 'empty';
        let seen = false;
        for (let t = 0; t < types.length; t++) seen = seen || types[t] === type;
        if (!seen) push(types, type);
      }
      if (types.length > 3) return 'mixed items';
      return join(types, ' | ');
    };

    // The parameters as they were written, on one line.
    const parameters = (f) => {
      const text = functionText(f);
      const open = indexOf(text, '(');
      const arrow = indexOf(text, '=>');
      if (arrow >= 0 && (open < 0 || arrow < open)) {
        const name = trim(slice(text, 0, arrow));
        return `(${startsWith(name, 'async ') ? trim(slice(name, 6)) : name})`;
      }
      let out = '';
      let nested = 0;
      for (let i = open; i >= 0 && i < text.length && i < open + 2000; i++) {
        const ch = text[i];
        if (ch === '(' || ch === '[' || ch === '{') nested++;
        if (ch === ')' || ch === ']' || ch === '}') nested--;
        const space = exec(SPACE, ch) !== null;
        const closing = ch === ')' || ch === ',';
        if (closing && out[out.length - 1] === ' ') out = slice(out, 0, -1);
        if (!space) out += ch;
        else if (out[out.length - 1] !== ' ' && out[out.length - 1] !== '(') out += ' ';
        if (nested === 0) break;
      }
      return out.length > 100 ? `${cut(out, 100)}\u2026` : out;
    };

    const describeObject = (value) => {
      const name = className(value);
      if (isArray(value)) {
        const types = itemTypes(value);
        return `${name || 'Array'}(${grouped(value.length)})${types === '' ? '' : ` of ${types}`}`;
      }
      const kind = kindOf(value);
      switch (kind) {
        case 'Error': return cut(errorHead(value), 100);
        case 'Promise': {
          const details = promiseDetails(value);
          if (details !== null) return `${name} ${details[0]}`;
          break;
        }
        case 'Map': case 'Set': {
          const size = attempt(kind === 'Map' ? mapSize : setSize, value);
          if (size !== undefined) return `${name}(${grouped(size)})`;
          break;
        }
        case 'TypedArray':
          if (typedName(value) !== undefined) return `${name}(${grouped(typedLength(value))})`;
          break;
        case 'ArrayBuffer': {
          const length = attempt(bufferLength, value);
          if (length !== undefined) return `${name}(${grouped(length)})`;
          break;
        }
        case 'Date': {
          const time = attempt(dateTime, value);
          if (time !== undefined) return time === time ? `${name} ${dateText(value)}` : 'Invalid Date';
          break;
        }
        case 'RegExp': {
          const text = attempt(regexpText, value);
          if (text !== undefined) return `${name} ${cut(text, 100)}`;
          break;
        }
        default:
      }
      return name === 'Object' || name === '' ? keysText(value) : `${name} ${keysText(value)}`;
    };

    const describe = (value) => {
      switch (typeof value) {
        case 'string':
          return value.length <= 40 ? `string ${quoted(value)}` : `string of ${grouped(value.length)} characters`;
        case 'number': case 'boolean': case 'bigint': return `${typeof value} ${cut(primitive(value, 40), 80)}`;
        case 'symbol': return cut(symbolText(value), 80);
        case 'undefined': return 'undefined';
        default:
      }
      if (value === null) return 'null';
      const details = proxyDetails(value);
      if (details !== null) return isObject(details[0]) && !isProxy(details[0]) ? `Proxy of ${describe(details[0])}` : 'Proxy';
      if (typeof value !== 'function') return describeObject(value);
      if (isClass(value)) return classText(value);
      const kind = kindOf(value);
      const lead = kind === 'AsyncFunction' || kind === 'AsyncGeneratorFunction' ? 'async function' : 'function';
      const star = kind === 'GeneratorFunction' || kind === 'AsyncGeneratorFunction' ? '*' : '';
      return `${lead}${star} ${functionName(value)}${parameters(value)}`;
    };

    return { inspect, describe };
  };
})()
