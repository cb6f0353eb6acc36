import type { Reader } from "./io";
import { EventEmitter } from "events";
export type { Reader } from "./io";
export * from "./more";

/** A state of the store. */
export interface State<T = unknown> extends Base {
  readonly value: T;
  items?: Array<T>;
  update(next: T): void;
  (call: string): number;
  new (x: number): State<T>;
}

export type Listener<T> = (state: State<T>) => void;
type Shape = { kind: "circle"; radius: number } | { kind: "square"; side: number };

export enum Level {
  Debug,
  Info = 10,
  "quoted" = 11,
}
declare const enum Flags { A = 1 << 0, B = 1 << 1 }

export declare function overload(x: string): string;
export function overload(x: number): number;
export function overload(x: any): any {
  return x;
}

export abstract class Store<T extends object> extends EventEmitter implements State<T> {
  private static instance?: Store<object>;
  protected readonly listeners: Listener<T>[] = [];
  declare value: T;
  #hidden = new Map<string, T>();

  constructor(private readonly reader: Reader, public level: Level = Level.Info) {
    super();
  }

  abstract load(id: string): Promise<T>;
  handler = (event: Event): void => { this.update(event as unknown as T); };

  get size(): number { return this.listeners.length; }
  set size(n: number) { this.listeners.length = n; }

  @logged
  async update<K extends keyof T>(next: T, key?: K): Promise<void> {
    const local: Listener<T> = (state) => state.update(next);
    this.listeners.forEach((listener) => listener(this as State<T>));
    local(this);
    this.value = next;
  }
}

export namespace Geometry {
  export const ORIGIN: Point = { x: 0, y: 0 };
  export interface Point { x: number; y: number }
  export function distance(a: Point, b: Point): number {
    return Math.hypot(a.x - b.x, a.y - b.y);
  }
  namespace Inner { export class Deep {} }
}

declare module "legacy" {
  export function old(): void;
}
declare global {
  interface Window { store: Store<object> }
}

export const createStore = <T extends object>(initial: T): Store<T> => {
  return new (class extends Store<T> { async load() { return initial; } })(null as never);
};
export default function configure(options: Partial<State> = {}): typeof createStore {
  let touched = false;
  touched = !touched;
  return createStore;
}
const assertIs: (x: unknown) => asserts x is string = (x) => { if (typeof x !== "string") throw new Error(); };
export = Geometry;
