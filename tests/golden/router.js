'use strict';

const path = require('path');
import defaultThing, { parse as parseUrl, format } from './url.js';
export { format as formatUrl } from './url.js';
export * as errors from './errors.js';

/**
 * Methods that a router knows.
 */
export const METHODS = ['GET', 'POST'];
let counter = 0, limit = 10;
var legacy = function legacyName() { return counter; };

const handlers = {
  prefix: '/api',
  index(request) { return this.prefix + request.url; },
  show: function (request) { return request.id; },
  'quoted-name': () => null,
  nested: { deep: () => 1 },
  async *stream() { yield 1; },
  get size() { return 2; },
};

export default class Router extends Base {
  static instances = new Map();
  #secret = 42;
  handle = async (request) => {
    const local = this.#secret;
    return this.dispatch(request, local);
  };

  constructor(options = {}) {
    super(options);
    this.options = options;
    counter++;
  }

  static create() { return new Router(); }
  get secret() { return this.#secret; }
  #hidden() { return 0; }
  async dispatch(request, extra) {
    const found = handlers[request.name] ?? (() => extra);
    function inner() { return found(request); }
    return inner();
  }
}

function Legacy(name) {
  this.name = name;
  this.greet = function () { return 'hi ' + name; };
}
Legacy.prototype.shout = function (text) { return text.toUpperCase(); };
Legacy.prototype.volume = 11;
Legacy.create = (name) => new Legacy(name);
Legacy.VERSION = '1.0';

exports.parse = function parse(text) { return parseUrl(text); };
exports.limit = limit;
module.exports.late = async () => {};
module.exports = {
  Legacy,
  join: path.join,
  run() { return legacy(); },
};

(function (root) {
  var hidden = 1;
  function insideIife() { return hidden; }
  root.published = insideIife;
})(this);

function* numbers() {
  for (let i = 0; i < limit; i++) { counter += i; yield i; }
}

const { a, b: renamed } = handlers, [c] = METHODS;
const Mixed = class NamedInside { method() {} };
setTimeout(function tick() { numbers(); }, 10);

export async function render() {
  return <Panel title={METHODS[0]} onClick={() => render()}><Icon.Small /></Panel>;
}
