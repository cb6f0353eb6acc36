// What the language brings, as far as it says what type comes back. Own words; nothing here has to be complete.
interface Object { constructor: Function; toString(): string; toLocaleString(): string; valueOf(): Object; hasOwnProperty(v: PropertyKey): boolean; isPrototypeOf(v: Object): boolean; propertyIsEnumerable(v: PropertyKey): boolean }
interface ObjectConstructor {
  new (value?: any): Object; (value?: any): any; prototype: Object;
  getPrototypeOf(o: any): any; getOwnPropertyDescriptor(o: any, p: PropertyKey): PropertyDescriptor | undefined;
  getOwnPropertyDescriptors<T>(o: T): { [P in keyof T]: TypedPropertyDescriptor<T[P]> } & { [x: string]: PropertyDescriptor };
  getOwnPropertyNames(o: any): string[]; getOwnPropertySymbols(o: any): symbol[]; create(o: object | null, properties?: PropertyDescriptorMap): any;
  defineProperty<T>(o: T, p: PropertyKey, attributes: PropertyDescriptor & ThisType<any>): T;
  defineProperties<T>(o: T, properties: PropertyDescriptorMap & ThisType<any>): T;
  freeze<T>(o: T): Readonly<T>; seal<T>(o: T): T; preventExtensions<T>(o: T): T; isFrozen(o: any): boolean; isSealed(o: any): boolean; isExtensible(o: any): boolean;
  keys(o: {}): string[]; values<T>(o: { [s: string]: T } | ArrayLike<T>): T[]; values(o: {}): any[];
  entries<T>(o: { [s: string]: T } | ArrayLike<T>): [string, T][]; entries(o: {}): [string, any][];
  fromEntries<T = any>(entries: Iterable<readonly [PropertyKey, T]>): { [k: string]: T };
  assign<T extends {}, U>(target: T, source: U): T & U; assign<T extends {}, U, V>(target: T, one: U, other: V): T & U & V; assign(target: object, ...sources: any[]): any;
  is(a: any, b: any): boolean; setPrototypeOf(o: any, proto: object | null): any; hasOwn(o: object, v: PropertyKey): boolean; groupBy<K extends PropertyKey, T>(items: Iterable<T>, by: (item: T, index: number) => K): Partial<Record<K, T[]>>;
}
declare var Object: ObjectConstructor;
type PropertyKey = string | number | symbol;
interface PropertyDescriptor { configurable?: boolean; enumerable?: boolean; value?: any; writable?: boolean; get?(): any; set?(v: any): void }
interface TypedPropertyDescriptor<T> { configurable?: boolean; enumerable?: boolean; value?: T; writable?: boolean; get?: () => T; set?: (v: T) => void }
interface PropertyDescriptorMap { [key: PropertyKey]: PropertyDescriptor }
interface Function { apply(this: Function, self: any, args?: any): any; call(this: Function, self: any, ...args: any[]): any; bind(this: Function, self: any, ...args: any[]): any; toString(): string; prototype: any; readonly length: number; arguments: any; caller: Function; readonly name: string }
interface CallableFunction extends Function {}
interface NewableFunction extends Function {}
interface FunctionConstructor { new (...args: string[]): Function; (...args: string[]): Function; readonly prototype: Function }
declare var Function: FunctionConstructor;
interface IArguments { [index: number]: any; length: number; callee: Function }
interface ThisType<T> {}
type Partial<T> = { [P in keyof T]?: T[P] };
type Required<T> = { [P in keyof T]-?: T[P] };
type Readonly<T> = { readonly [P in keyof T]: T[P] };
type Pick<T, K extends keyof T> = { [P in K]: T[P] };
type Record<K extends keyof any, T> = { [P in K]: T };
type Exclude<T, U> = T extends U ? never : T;
type Extract<T, U> = T extends U ? T : never;
type Omit<T, K extends keyof any> = Pick<T, Exclude<keyof T, K>>;
type NonNullable<T> = T & {};
type Parameters<T extends (...args: any) => any> = T extends (...args: infer P) => any ? P : never;
type ConstructorParameters<T extends abstract new (...args: any) => any> = T extends abstract new (...args: infer P) => any ? P : never;
type ReturnType<T extends (...args: any) => any> = T extends (...args: any) => infer R ? R : any;
type InstanceType<T extends abstract new (...args: any) => any> = T extends abstract new (...args: any) => infer R ? R : any;
type Awaited<T> = T extends null | undefined ? T : T extends PromiseLike<infer V> ? Awaited<V> : T;
type NoInfer<T> = T;
type Uppercase<S extends string> = string;
type Lowercase<S extends string> = string;
type Capitalize<S extends string> = string;
type Uncapitalize<S extends string> = string;
type ThisParameterType<T> = T extends (this: infer U, ...args: never) => any ? U : unknown;
type OmitThisParameter<T> = T;
interface ArrayLike<T> { readonly length: number; readonly [n: number]: T }
interface ConcatArray<T> { readonly length: number; readonly [n: number]: T; join(separator?: string): string; slice(start?: number, end?: number): T[] }
interface IteratorYieldResult<T> { done?: false; value: T }
interface IteratorReturnResult<R> { done: true; value: R }
type IteratorResult<T, R = any> = IteratorYieldResult<T> | IteratorReturnResult<R>;
interface Iterator<T, R = any, N = any> { next(...value: [] | [N]): IteratorResult<T, R>; return?(value?: R): IteratorResult<T, R>; throw?(e?: any): IteratorResult<T, R> }
interface Iterable<T, R = any, N = any> { [Symbol.iterator](): Iterator<T, R, N> }
interface IterableIterator<T, R = any, N = any> extends Iterator<T, R, N> { [Symbol.iterator](): IterableIterator<T, R, N> }
interface IteratorObject<T, R = unknown, N = unknown> extends Iterator<T, R, N> { [Symbol.iterator](): IteratorObject<T, R, N>; map<U>(f: (value: T, index: number) => U): IteratorObject<U>; filter(f: (value: T, index: number) => unknown): IteratorObject<T>; toArray(): T[]; forEach(f: (value: T, index: number) => void): void; find(f: (value: T, index: number) => unknown): T | undefined }
interface ArrayIterator<T> extends IteratorObject<T> {}
interface MapIterator<T> extends IteratorObject<T> {}
interface SetIterator<T> extends IteratorObject<T> {}
interface Generator<T = unknown, R = any, N = any> extends IteratorObject<T, R, N> { next(...value: [] | [N]): IteratorResult<T, R>; return(value: R): IteratorResult<T, R>; throw(e: any): IteratorResult<T, R>; [Symbol.iterator](): Generator<T, R, N> }
interface AsyncIterator<T, R = any, N = any> { next(...value: [] | [N]): Promise<IteratorResult<T, R>>; return?(value?: R | PromiseLike<R>): Promise<IteratorResult<T, R>>; throw?(e?: any): Promise<IteratorResult<T, R>> }
interface AsyncIterable<T, R = any, N = any> { [Symbol.asyncIterator](): AsyncIterator<T, R, N> }
interface AsyncIterableIterator<T, R = any, N = any> extends AsyncIterator<T, R, N> { [Symbol.asyncIterator](): AsyncIterableIterator<T, R, N> }
interface AsyncGenerator<T = unknown, R = any, N = any> extends AsyncIterator<T, R, N> { next(...value: [] | [N]): Promise<IteratorResult<T, R>>; return(value: R | PromiseLike<R>): Promise<IteratorResult<T, R>>; throw(e: any): Promise<IteratorResult<T, R>>; [Symbol.asyncIterator](): AsyncGenerator<T, R, N> }
interface ReadonlyArray<T> {
  readonly length: number; readonly [n: number]: T; toString(): string; join(separator?: string): string; concat(...items: (T | ConcatArray<T>)[]): T[]; slice(start?: number, end?: number): T[];
  indexOf(item: T, from?: number): number; lastIndexOf(item: T, from?: number): number; includes(item: T, from?: number): boolean; at(index: number): T | undefined;
  every<S extends T>(f: (value: T, index: number, array: readonly T[]) => value is S, self?: any): this is readonly S[]; every(f: (value: T, index: number, array: readonly T[]) => unknown, self?: any): boolean;
  some(f: (value: T, index: number, array: readonly T[]) => unknown, self?: any): boolean; forEach(f: (value: T, index: number, array: readonly T[]) => void, self?: any): void;
  map<U>(f: (value: T, index: number, array: readonly T[]) => U, self?: any): U[];
  filter<S extends T>(f: (value: T, index: number, array: readonly T[]) => value is S, self?: any): S[]; filter(f: (value: T, index: number, array: readonly T[]) => unknown, self?: any): T[];
  reduce(f: (previous: T, current: T, index: number, array: readonly T[]) => T): T; reduce(f: (previous: T, current: T, index: number, array: readonly T[]) => T, start: T): T; reduce<U>(f: (previous: U, current: T, index: number, array: readonly T[]) => U, start: U): U;
  reduceRight<U>(f: (previous: U, current: T, index: number, array: readonly T[]) => U, start: U): U;
  find<S extends T>(f: (value: T, index: number, array: readonly T[]) => value is S, self?: any): S | undefined; find(f: (value: T, index: number, array: readonly T[]) => unknown, self?: any): T | undefined;
  findIndex(f: (value: T, index: number, array: readonly T[]) => unknown, self?: any): number; findLast(f: (value: T, index: number, array: readonly T[]) => unknown, self?: any): T | undefined; findLastIndex(f: (value: T, index: number, array: readonly T[]) => unknown, self?: any): number;
  flatMap<U>(f: (value: T, index: number, array: T[]) => U | readonly U[], self?: any): U[]; flat<U>(this: readonly (U | readonly U[])[], depth?: number): U[];
  entries(): ArrayIterator<[number, T]>; keys(): ArrayIterator<number>; values(): ArrayIterator<T>; [Symbol.iterator](): ArrayIterator<T>; toReversed(): T[]; toSorted(f?: (a: T, b: T) => number): T[]; toSpliced(start: number, count?: number, ...items: T[]): T[]; with(index: number, value: T): T[];
}
interface Array<T> {
  length: number; [n: number]: T; toString(): string; pop(): T | undefined; push(...items: T[]): number; concat(...items: (T | ConcatArray<T>)[]): T[]; join(separator?: string): string; reverse(): T[]; shift(): T | undefined; slice(start?: number, end?: number): T[];
  sort(f?: (a: T, b: T) => number): this; splice(start: number, count?: number, ...items: T[]): T[]; unshift(...items: T[]): number; indexOf(item: T, from?: number): number; lastIndexOf(item: T, from?: number): number; includes(item: T, from?: number): boolean; at(index: number): T | undefined;
  every<S extends T>(f: (value: T, index: number, array: T[]) => value is S, self?: any): this is S[]; every(f: (value: T, index: number, array: T[]) => unknown, self?: any): boolean;
  some(f: (value: T, index: number, array: T[]) => unknown, self?: any): boolean; forEach(f: (value: T, index: number, array: T[]) => void, self?: any): void; map<U>(f: (value: T, index: number, array: T[]) => U, self?: any): U[];
  filter<S extends T>(f: (value: T, index: number, array: T[]) => value is S, self?: any): S[]; filter(f: (value: T, index: number, array: T[]) => unknown, self?: any): T[];
  reduce(f: (previous: T, current: T, index: number, array: T[]) => T): T; reduce(f: (previous: T, current: T, index: number, array: T[]) => T, start: T): T; reduce<U>(f: (previous: U, current: T, index: number, array: T[]) => U, start: U): U;
  reduceRight(f: (previous: T, current: T, index: number, array: T[]) => T): T; reduceRight(f: (previous: T, current: T, index: number, array: T[]) => T, start: T): T; reduceRight<U>(f: (previous: U, current: T, index: number, array: T[]) => U, start: U): U;
  find<S extends T>(f: (value: T, index: number, array: T[]) => value is S, self?: any): S | undefined; find(f: (value: T, index: number, array: T[]) => unknown, self?: any): T | undefined;
  findIndex(f: (value: T, index: number, array: T[]) => unknown, self?: any): number; findLast(f: (value: T, index: number, array: T[]) => unknown, self?: any): T | undefined; findLastIndex(f: (value: T, index: number, array: T[]) => unknown, self?: any): number;
  fill(value: T, start?: number, end?: number): this; copyWithin(target: number, start: number, end?: number): this; flatMap<U>(f: (value: T, index: number, array: T[]) => U | readonly U[], self?: any): U[]; flat<U>(this: (U | readonly U[])[], depth?: number): U[];
  entries(): ArrayIterator<[number, T]>; keys(): ArrayIterator<number>; values(): ArrayIterator<T>; [Symbol.iterator](): ArrayIterator<T>; toReversed(): T[]; toSorted(f?: (a: T, b: T) => number): T[]; toSpliced(start: number, count?: number, ...items: T[]): T[]; with(index: number, value: T): T[];
}
interface ArrayConstructor { new <T = any>(length?: number): T[]; new <T>(...items: T[]): T[]; <T = any>(length?: number): T[]; <T>(...items: T[]): T[]; isArray(arg: any): arg is any[]; readonly prototype: any[]; from<T>(items: Iterable<T> | ArrayLike<T>): T[]; from<T, U>(items: Iterable<T> | ArrayLike<T>, f: (value: T, index: number) => U, self?: any): U[]; of<T>(...items: T[]): T[] }
declare var Array: ArrayConstructor;
interface TemplateStringsArray extends ReadonlyArray<string> { readonly raw: readonly string[] }
interface String { toString(): string; charAt(at: number): string; charCodeAt(at: number): number; codePointAt(at: number): number | undefined; concat(...all: string[]): string; indexOf(of: string, from?: number): number; lastIndexOf(of: string, from?: number): number; includes(of: string, from?: number): boolean; startsWith(of: string, at?: number): boolean; endsWith(of: string, at?: number): boolean; localeCompare(to: string): number; match(by: string | RegExp): RegExpMatchArray | null; matchAll(by: RegExp): IterableIterator<RegExpMatchArray>; normalize(form?: string): string; padStart(to: number, by?: string): string; padEnd(to: number, by?: string): string; repeat(count: number): string; replace(from: string | RegExp, to: string | ((found: string, ...args: any[]) => string)): string; replaceAll(from: string | RegExp, to: string | ((found: string, ...args: any[]) => string)): string; search(by: string | RegExp): number; slice(from?: number, to?: number): string; split(by: string | RegExp, limit?: number): string[]; substring(from: number, to?: number): string; substr(from: number, count?: number): string; toLowerCase(): string; toUpperCase(): string; toLocaleLowerCase(): string; toLocaleUpperCase(): string; trim(): string; trimStart(): string; trimEnd(): string; readonly length: number; readonly [n: number]: string; at(index: number): string | undefined; valueOf(): string; [Symbol.iterator](): IterableIterator<string> }
interface StringConstructor { new (value?: any): String; (value?: any): string; fromCharCode(...codes: number[]): string; fromCodePoint(...codes: number[]): string; raw(template: any, ...all: any[]): string; readonly prototype: String }
declare var String: StringConstructor;
interface Number { toString(radix?: number): string; toFixed(digits?: number): string; toExponential(digits?: number): string; toPrecision(digits?: number): string; toLocaleString(locales?: any, options?: any): string; valueOf(): number }
interface NumberConstructor { new (value?: any): Number; (value?: any): number; readonly prototype: Number; readonly MAX_VALUE: number; readonly MIN_VALUE: number; readonly NaN: number; readonly NEGATIVE_INFINITY: number; readonly POSITIVE_INFINITY: number; readonly EPSILON: number; readonly MAX_SAFE_INTEGER: number; readonly MIN_SAFE_INTEGER: number; isFinite(v: unknown): boolean; isInteger(v: unknown): boolean; isNaN(v: unknown): boolean; isSafeInteger(v: unknown): boolean; parseFloat(v: string): number; parseInt(v: string, radix?: number): number }
declare var Number: NumberConstructor;
interface Boolean { valueOf(): boolean }
interface BooleanConstructor { new (value?: any): Boolean; <T>(value?: T): boolean; readonly prototype: Boolean }
declare var Boolean: BooleanConstructor;
interface BigInt { toString(radix?: number): string; toLocaleString(locales?: any, options?: any): string; valueOf(): bigint }
interface BigIntConstructor { (value: any): bigint; asIntN(bits: number, v: bigint): bigint; asUintN(bits: number, v: bigint): bigint; readonly prototype: BigInt }
declare var BigInt: BigIntConstructor;
interface Symbol { toString(): string; valueOf(): symbol; readonly description: string | undefined }
interface SymbolConstructor { readonly prototype: Symbol; (description?: string | number): symbol; for(key: string): symbol; keyFor(s: symbol): string | undefined; readonly iterator: symbol; readonly asyncIterator: symbol; readonly hasInstance: symbol; readonly species: symbol; readonly toPrimitive: symbol; readonly toStringTag: symbol; readonly dispose: symbol; readonly asyncDispose: symbol; readonly observable: symbol }
declare var Symbol: SymbolConstructor;
interface Math { abs(x: number): number; ceil(x: number): number; floor(x: number): number; round(x: number): number; trunc(x: number): number; sign(x: number): number; max(...all: number[]): number; min(...all: number[]): number; pow(x: number, y: number): number; sqrt(x: number): number; random(): number; log(x: number): number; log2(x: number): number; log10(x: number): number; exp(x: number): number; sin(x: number): number; cos(x: number): number; tan(x: number): number; atan2(y: number, x: number): number; hypot(...all: number[]): number; readonly PI: number; readonly E: number }
declare var Math: Math;
interface JSON { parse(text: string, reviver?: (this: any, key: string, value: any) => any): any; stringify(value: any, replacer?: any, space?: string | number): string }
declare var JSON: JSON;
interface Date { toString(): string; toISOString(): string; toJSON(key?: any): string; toDateString(): string; toTimeString(): string; toUTCString(): string; toLocaleDateString(locales?: any, options?: any): string; toLocaleTimeString(locales?: any, options?: any): string; valueOf(): number; getTime(): number; getFullYear(): number; getMonth(): number; getDate(): number; getDay(): number; getHours(): number; getMinutes(): number; getSeconds(): number; getMilliseconds(): number; getUTCFullYear(): number; getUTCMonth(): number; getUTCDate(): number; getTimezoneOffset(): number; setTime(v: number): number; setFullYear(v: number): number; setMonth(v: number): number; setDate(v: number): number; setHours(v: number): number; setMinutes(v: number): number; setSeconds(v: number): number; setMilliseconds(v: number): number }
interface DateConstructor { new (...args: any[]): Date; (): string; readonly prototype: Date; parse(s: string): number; UTC(...args: number[]): number; now(): number }
declare var Date: DateConstructor;
interface RegExpMatchArray extends Array<string> { index?: number; input?: string; groups?: { [key: string]: string } }
interface RegExpExecArray extends Array<string> { index: number; input: string; groups?: { [key: string]: string } }
interface RegExp { exec(s: string): RegExpExecArray | null; test(s: string): boolean; readonly source: string; readonly global: boolean; readonly flags: string; lastIndex: number; readonly ignoreCase: boolean; readonly multiline: boolean; readonly sticky: boolean; readonly unicode: boolean; compile(): this }
interface RegExpConstructor { new (pattern: RegExp | string, flags?: string): RegExp; (pattern: RegExp | string, flags?: string): RegExp; readonly prototype: RegExp }
declare var RegExp: RegExpConstructor;
interface ErrorOptions { cause?: unknown }
interface Error { name: string; message: string; stack?: string; cause?: unknown }
interface ErrorConstructor { new (message?: string, options?: ErrorOptions): Error; (message?: string, options?: ErrorOptions): Error; readonly prototype: Error; captureStackTrace(target: object, from?: Function): void; stackTraceLimit: number }
declare var Error: ErrorConstructor;
interface TypeError extends Error {}
interface TypeErrorConstructor { new (message?: string, options?: ErrorOptions): TypeError; (message?: string): TypeError; readonly prototype: TypeError }
declare var TypeError: TypeErrorConstructor;
declare var RangeError: ErrorConstructor;
declare var SyntaxError: ErrorConstructor;
declare var ReferenceError: ErrorConstructor;
declare var EvalError: ErrorConstructor;
declare var URIError: ErrorConstructor;
interface AggregateError extends Error { errors: any[] }
declare var AggregateError: { new (errors: Iterable<any>, message?: string): AggregateError; (errors: Iterable<any>, message?: string): AggregateError };
interface PromiseLike<T> { then<A = T, B = never>(done?: ((value: T) => A | PromiseLike<A>) | null, failed?: ((reason: any) => B | PromiseLike<B>) | null): PromiseLike<A | B> }
interface Promise<T> { then<A = T, B = never>(done?: ((value: T) => A | PromiseLike<A>) | null, failed?: ((reason: any) => B | PromiseLike<B>) | null): Promise<A | B>; catch<B = never>(failed?: ((reason: any) => B | PromiseLike<B>) | null): Promise<T | B>; finally(f?: (() => void) | null): Promise<T> }
interface PromiseFulfilledResult<T> { status: "fulfilled"; value: T }
interface PromiseRejectedResult { status: "rejected"; reason: any }
type PromiseSettledResult<T> = PromiseFulfilledResult<T> | PromiseRejectedResult;
interface PromiseConstructor { readonly prototype: Promise<any>; new <T>(run: (resolve: (value: T | PromiseLike<T>) => void, reject: (reason?: any) => void) => void): Promise<T>; all<T>(all: Iterable<T | PromiseLike<T>>): Promise<Awaited<T>[]>; all<T extends readonly unknown[] | []>(all: T): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }>; allSettled<T>(all: Iterable<T | PromiseLike<T>>): Promise<PromiseSettledResult<Awaited<T>>[]>; race<T>(all: Iterable<T | PromiseLike<T>>): Promise<Awaited<T>>; any<T>(all: Iterable<T | PromiseLike<T>>): Promise<Awaited<T>>; resolve(): Promise<void>; resolve<T>(value: T | PromiseLike<T>): Promise<Awaited<T>>; reject<T = never>(reason?: any): Promise<T>; withResolvers<T>(): { promise: Promise<T>; resolve: (value: T | PromiseLike<T>) => void; reject: (reason?: any) => void } }
declare var Promise: PromiseConstructor;
type PromiseConstructorLike = new <T>(run: (resolve: (value: T | PromiseLike<T>) => void, reject: (reason?: any) => void) => void) => PromiseLike<T>;
interface ReadonlyMap<K, V> { get(key: K): V | undefined; has(key: K): boolean; forEach(f: (value: V, key: K, map: ReadonlyMap<K, V>) => void, self?: any): void; readonly size: number; entries(): MapIterator<[K, V]>; keys(): MapIterator<K>; values(): MapIterator<V>; [Symbol.iterator](): MapIterator<[K, V]> }
interface Map<K, V> { clear(): void; delete(key: K): boolean; forEach(f: (value: V, key: K, map: Map<K, V>) => void, self?: any): void; get(key: K): V | undefined; has(key: K): boolean; set(key: K, value: V): this; readonly size: number; entries(): MapIterator<[K, V]>; keys(): MapIterator<K>; values(): MapIterator<V>; [Symbol.iterator](): MapIterator<[K, V]>; readonly [Symbol.toStringTag]: string }
interface MapConstructor { new <K = any, V = any>(entries?: Iterable<readonly [K, V]> | null): Map<K, V>; readonly prototype: Map<any, any>; groupBy<K, T>(items: Iterable<T>, by: (item: T, index: number) => K): Map<K, T[]> }
declare var Map: MapConstructor;
interface WeakKeyTypes { object: object }
type WeakKey = object;
interface WeakMap<K, V> { delete(key: K): boolean; get(key: K): V | undefined; has(key: K): boolean; set(key: K, value: V): this }
declare var WeakMap: { new <K = any, V = any>(entries?: readonly (readonly [K, V])[] | null): WeakMap<K, V>; readonly prototype: WeakMap<any, any> };
interface ReadonlySet<T> { has(value: T): boolean; forEach(f: (value: T, again: T, set: ReadonlySet<T>) => void, self?: any): void; readonly size: number; entries(): SetIterator<[T, T]>; keys(): SetIterator<T>; values(): SetIterator<T>; [Symbol.iterator](): SetIterator<T> }
interface Set<T> { add(value: T): this; clear(): void; delete(value: T): boolean; forEach(f: (value: T, again: T, set: Set<T>) => void, self?: any): void; has(value: T): boolean; readonly size: number; entries(): SetIterator<[T, T]>; keys(): SetIterator<T>; values(): SetIterator<T>; [Symbol.iterator](): SetIterator<T>; readonly [Symbol.toStringTag]: string }
interface SetConstructor { new <T = any>(values?: Iterable<T> | null): Set<T>; readonly prototype: Set<any> }
declare var Set: SetConstructor;
interface WeakSet<T> { add(value: T): this; delete(value: T): boolean; has(value: T): boolean }
declare var WeakSet: { new <T = any>(values?: Iterable<T> | null): WeakSet<T>; readonly prototype: WeakSet<any> };
interface WeakRef<T> { deref(): T | undefined }
declare var WeakRef: { new <T>(target: T): WeakRef<T> };
interface FinalizationRegistry<T> { register(target: object, held: T, token?: object): void; unregister(token: object): void }
declare var FinalizationRegistry: { new <T>(f: (held: T) => void): FinalizationRegistry<T> };
interface ProxyHandler<T extends object> { apply?(target: T, self: any, args: any[]): any; construct?(target: T, args: any[], by: Function): object; defineProperty?(target: T, p: string | symbol, attributes: PropertyDescriptor): boolean; deleteProperty?(target: T, p: string | symbol): boolean; get?(target: T, p: string | symbol, receiver: any): any; getOwnPropertyDescriptor?(target: T, p: string | symbol): PropertyDescriptor | undefined; getPrototypeOf?(target: T): object | null; has?(target: T, p: string | symbol): boolean; isExtensible?(target: T): boolean; ownKeys?(target: T): ArrayLike<string | symbol>; preventExtensions?(target: T): boolean; set?(target: T, p: string | symbol, value: any, receiver: any): boolean; setPrototypeOf?(target: T, v: object | null): boolean }
interface ProxyConstructor { revocable<T extends object>(target: T, handler: ProxyHandler<T>): { proxy: T; revoke: () => void }; new <T extends object>(target: T, handler: ProxyHandler<T>): T }
declare var Proxy: ProxyConstructor;
declare namespace Reflect { function apply(target: Function, self: any, args: ArrayLike<any>): any; function construct(target: Function, args: ArrayLike<any>, by?: Function): any; function defineProperty(target: object, p: PropertyKey, attributes: PropertyDescriptor): boolean; function deleteProperty(target: object, p: PropertyKey): boolean; function get(target: object, p: PropertyKey, receiver?: any): any; function getOwnPropertyDescriptor(target: object, p: PropertyKey): PropertyDescriptor | undefined; function getPrototypeOf(target: object): object | null; function has(target: object, p: PropertyKey): boolean; function ownKeys(target: object): (string | symbol)[]; function set(target: object, p: PropertyKey, value: any, receiver?: any): boolean; function setPrototypeOf(target: object, proto: object | null): boolean }
interface ArrayBuffer { readonly byteLength: number; slice(from: number, to?: number): ArrayBuffer }
declare var ArrayBuffer: { new (length: number): ArrayBuffer; isView(arg: any): arg is ArrayBufferView; readonly prototype: ArrayBuffer };
interface ArrayBufferView { buffer: ArrayBuffer; byteLength: number; byteOffset: number }
interface Uint8Array extends ArrayBufferView { [index: number]: number; readonly length: number; slice(from?: number, to?: number): Uint8Array; subarray(from?: number, to?: number): Uint8Array; set(from: ArrayLike<number>, at?: number): void; fill(v: number): this; map(f: (v: number, i: number) => number): Uint8Array; forEach(f: (v: number, i: number) => void): void; [Symbol.iterator](): IterableIterator<number> }
declare var Uint8Array: { new (from?: any, ...rest: any[]): Uint8Array; from(items: Iterable<number> | ArrayLike<number>): Uint8Array; of(...items: number[]): Uint8Array };
interface TextEncoder { encode(s?: string): Uint8Array }
declare var TextEncoder: { new (): TextEncoder };
interface TextDecoder { decode(b?: any): string }
declare var TextDecoder: { new (label?: string): TextDecoder };
interface Console { log(...all: any[]): void; error(...all: any[]): void; warn(...all: any[]): void; info(...all: any[]): void; debug(...all: any[]): void; trace(...all: any[]): void; table(...all: any[]): void; time(label?: string): void; timeEnd(label?: string): void; group(...all: any[]): void; groupEnd(): void; dir(...all: any[]): void; assert(...all: any[]): void }
declare var console: Console;
declare function parseInt(s: string, radix?: number): number;
declare function parseFloat(s: string): number;
declare function isNaN(n: number): boolean;
declare function isFinite(n: number): boolean;
declare function encodeURIComponent(s: string): string;
declare function decodeURIComponent(s: string): string;
declare function encodeURI(s: string): string;
declare function decodeURI(s: string): string;
declare function setTimeout(f: (...args: any[]) => void, ms?: number, ...args: any[]): number;
declare function setInterval(f: (...args: any[]) => void, ms?: number, ...args: any[]): number;
declare function clearTimeout(id?: any): void;
declare function clearInterval(id?: any): void;
declare function queueMicrotask(f: () => void): void;
declare function requestAnimationFrame(f: (time: number) => void): number;
declare function cancelAnimationFrame(id: number): void;
declare function structuredClone<T>(value: T): T;
declare function atob(s: string): string;
declare function btoa(s: string): string;
declare var NaN: number;
declare var Infinity: number;
declare var globalThis: any;
interface AbortSignal extends EventTarget { readonly aborted: boolean; readonly reason: any; onabort: ((e: Event) => any) | null; throwIfAborted(): void }
interface AbortController { readonly signal: AbortSignal; abort(reason?: any): void }
declare var AbortController: { new (): AbortController };
declare var AbortSignal: { new (): AbortSignal; abort(reason?: any): AbortSignal; timeout(ms: number): AbortSignal };
interface Event { readonly type: string; readonly target: EventTarget | null; readonly currentTarget: EventTarget | null; preventDefault(): void; stopPropagation(): void; readonly defaultPrevented: boolean; readonly timeStamp: number }
declare var Event: { new (type: string, init?: any): Event };
interface EventTarget { addEventListener(type: string, listener: ((e: any) => void) | null, options?: any): void; removeEventListener(type: string, listener: ((e: any) => void) | null, options?: any): void; dispatchEvent(e: Event): boolean }
declare var EventTarget: { new (): EventTarget };
interface AddEventListenerOptions { once?: boolean; passive?: boolean; capture?: boolean; signal?: AbortSignal }
interface EventListenerOptions { capture?: boolean }
interface Performance extends EventTarget { now(): number; mark(name: string): any; measure(name: string): any; readonly timeOrigin: number }
declare var performance: Performance;
interface Headers { append(name: string, value: string): void; get(name: string): string | null; has(name: string): boolean; set(name: string, value: string): void; delete(name: string): void; forEach(f: (value: string, key: string, all: Headers) => void): void }
interface Body { readonly body: ReadableStream<Uint8Array> | null; readonly bodyUsed: boolean; json(): Promise<any>; text(): Promise<string>; blob(): Promise<Blob>; arrayBuffer(): Promise<ArrayBuffer> }
interface Response extends Body { readonly headers: Headers; readonly ok: boolean; readonly status: number; readonly statusText: string; readonly type: string; readonly url: string; clone(): Response }
interface Request extends Body { readonly headers: Headers; readonly method: string; readonly url: string; readonly signal: AbortSignal; clone(): Request }
interface RequestInit { method?: string; headers?: any; body?: any; signal?: AbortSignal | null; mode?: string; credentials?: string; cache?: string; redirect?: string; keepalive?: boolean }
declare function fetch(input: string | Request | URL, init?: RequestInit): Promise<Response>;
interface URL { href: string; host: string; hostname: string; pathname: string; port: string; protocol: string; search: string; hash: string; origin: string; username: string; password: string; searchParams: URLSearchParams; toString(): string }
declare var URL: { new (url: string, base?: string | URL): URL; canParse(url: string): boolean; createObjectURL(o: any): string };
interface URLSearchParams { append(name: string, value: string): void; get(name: string): string | null; getAll(name: string): string[]; has(name: string): boolean; set(name: string, value: string): void; delete(name: string): void; forEach(f: (value: string, key: string) => void): void; toString(): string; entries(): IterableIterator<[string, string]>; [Symbol.iterator](): IterableIterator<[string, string]> }
declare var URLSearchParams: { new (init?: any): URLSearchParams };
interface Blob { readonly size: number; readonly type: string; text(): Promise<string>; slice(from?: number, to?: number, type?: string): Blob; arrayBuffer(): Promise<ArrayBuffer> }
declare var Blob: { new (parts?: any[], options?: any): Blob };
interface File extends Blob { readonly name: string; readonly lastModified: number }
declare var File: { new (parts: any[], name: string, options?: any): File };
interface FormData { append(name: string, value: any, file?: string): void; get(name: string): any; set(name: string, value: any): void; has(name: string): boolean; delete(name: string): void; forEach(f: (value: any, key: string) => void): void; entries(): IterableIterator<[string, any]> }
declare var FormData: { new (): FormData };
interface ReadableStreamReadDoneResult<T> { done: true; value?: T }
interface ReadableStreamReadValueResult<T> { done: false; value: T }
interface ReadableStreamDefaultReader<T = any> { read(): Promise<ReadableStreamReadValueResult<T> | ReadableStreamReadDoneResult<T>>; releaseLock(): void; cancel(reason?: any): Promise<void>; readonly closed: Promise<void> }
interface ReadableStream<T = any> { readonly locked: boolean; cancel(reason?: any): Promise<void>; getReader(): ReadableStreamDefaultReader<T>; pipeThrough(to: any): ReadableStream<any>; pipeTo(to: any): Promise<void> }
interface XMLHttpRequestUpload extends EventTarget { onprogress: ((e: ProgressEvent) => any) | null }
interface ProgressEvent extends Event { readonly lengthComputable: boolean; readonly loaded: number; readonly total: number }
type XMLHttpRequestResponseType = "" | "arraybuffer" | "blob" | "document" | "json" | "text";
interface XMLHttpRequest extends EventTarget { readonly readyState: number; readonly response: any; readonly responseText: string; responseType: XMLHttpRequestResponseType; readonly responseURL: string; readonly status: number; readonly statusText: string; timeout: number; readonly upload: XMLHttpRequestUpload; withCredentials: boolean; abort(): void; getAllResponseHeaders(): string; getResponseHeader(name: string): string | null; open(method: string, url: string, async?: boolean, user?: string | null, password?: string | null): void; overrideMimeType(mime: string): void; send(body?: any): void; setRequestHeader(name: string, value: string): void; onload: ((e: ProgressEvent) => any) | null; onerror: ((e: ProgressEvent) => any) | null; onprogress: ((e: ProgressEvent) => any) | null; ontimeout: ((e: ProgressEvent) => any) | null; onabort: ((e: ProgressEvent) => any) | null; onreadystatechange: ((e: Event) => any) | null }
declare var XMLHttpRequest: { new (): XMLHttpRequest };
interface CloseEvent extends Event { readonly code: number; readonly reason: string; readonly wasClean: boolean }
interface MessageEvent<T = any> extends Event { readonly data: T; readonly origin: string }
type BinaryType = "arraybuffer" | "blob";
interface WebSocket extends EventTarget { binaryType: BinaryType; readonly bufferedAmount: number; onclose: ((e: CloseEvent) => any) | null; onerror: ((e: Event) => any) | null; onmessage: ((e: MessageEvent) => any) | null; onopen: ((e: Event) => any) | null; readonly protocol: string; readonly readyState: number; readonly url: string; close(code?: number, reason?: string): void; send(data: any): void }
declare var WebSocket: { new (url: string | URL, protocols?: string | string[]): WebSocket; readonly CLOSED: number; readonly CLOSING: number; readonly CONNECTING: number; readonly OPEN: number };
interface Node extends EventTarget { readonly nodeName: string; readonly parentNode: Node | null; readonly childNodes: NodeListOf<Node>; textContent: string | null; appendChild<T extends Node>(node: T): T; removeChild<T extends Node>(node: T): T }
interface NodeListOf<T> { readonly length: number; item(index: number): T; forEach(f: (value: T, index: number) => void): void; [index: number]: T }
interface Element extends Node { id: string; className: string; innerHTML: string; readonly tagName: string; getAttribute(name: string): string | null; setAttribute(name: string, value: string): void; removeAttribute(name: string): void; querySelector(s: string): Element | null; querySelectorAll(s: string): NodeListOf<Element>; remove(): void }
interface HTMLElement extends Element { style: any; hidden: boolean; click(): void; focus(): void; blur(): void }
interface Document extends Node { body: HTMLElement; head: HTMLElement; createElement(name: string): HTMLElement; getElementById(id: string): HTMLElement | null; querySelector(s: string): Element | null; querySelectorAll(s: string): NodeListOf<Element> }
declare var document: Document;
interface Window extends EventTarget { document: Document; location: any; navigator: any; setTimeout(f: () => void, ms?: number): number }
declare var window: Window & { [key: string]: any };
declare var navigator: any;
declare var location: any;
declare var self: any;
interface ImportMeta { url: string }
interface Disposable { [Symbol.dispose](): void }
interface AsyncDisposable { [Symbol.asyncDispose](): PromiseLike<void> }
declare namespace Intl { interface DateTimeFormat { format(d?: Date | number): string } interface NumberFormat { format(n: number): string } const DateTimeFormat: { new (locales?: any, options?: any): DateTimeFormat }; const NumberFormat: { new (locales?: any, options?: any): NumberFormat } }
type PropertyDecorator = (target: Object, key: string | symbol) => void;
type ClassDecorator = (target: Function) => any;
type MethodDecorator = (target: Object, key: string | symbol, descriptor: PropertyDescriptor) => any;
type ParameterDecorator = (target: Object, key: string | symbol | undefined, index: number) => void;
