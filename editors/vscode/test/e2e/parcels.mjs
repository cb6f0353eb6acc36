// The repository that pictures show: a service that takes in parcels, in TypeScript.
import { commit, write } from "./repository.mjs";

const files = {
  "package.json": '{ "name": "parcels", "version": "1.4.0", "type": "module" }\n',
  "README.md": "# parcels\n\nTakes in parcels, prices them and tells people where they are.\n",
  "src/jobs/queue.ts": `import { delay, exhausted } from "./retry.js";
import { bury } from "../store/graves.js";

export interface Job {
  id: string;
  kind: "notify" | "track";
  attempts: number;
}

const waiting: Job[] = [];

export function enqueue(job: Job): void {
  waiting.push(job);
}

/** Runs one job; one that fails goes back into the queue. */
export async function work(run: (job: Job) => Promise<void>): Promise<void> {
  const job = waiting.shift();
  if (!job) return;
  try {
    await run(job);
  } catch (error) {
    job.attempts += 1;
    if (exhausted(job)) await bury(job, error);
    else setTimeout(() => enqueue(job), delay(job.attempts));
  }
}
`,
  "src/jobs/retry.ts": `import type { Job } from "./queue.js";

const MOST = 5;

/** Milliseconds until the next attempt: doubled each time, a minute at most. */
export function delay(attempts: number): number {
  return Math.min(1000 * 2 ** attempts, 60_000);
}

export function exhausted(job: Job): boolean {
  return job.attempts >= MOST;
}
`,
  "src/jobs/notify.ts": `import { enqueue } from "./queue.js";
import { quote } from "../pricing/quote.js";
import type { Parcel } from "../store/parcels.js";

export function notify(parcel: Parcel): void {
  const { cents } = quote(parcel);
  if (cents > 0) enqueue({ id: parcel.id, kind: "notify", attempts: 0 });
}
`,
  "src/store/graves.ts": `import type { Job } from "../jobs/queue.js";
import { database } from "./database.js";

/** Keeps a job that nobody will try again, with what went wrong. */
export async function bury(job: Job, error: unknown): Promise<void> {
  await database.insert("graves", { ...job, error: String(error), at: Date.now() });
}
`,
  "src/store/database.ts": `type Row = Record<string, unknown>;

const tables = new Map<string, Row[]>();

export const database = {
  async insert(table: string, row: Row): Promise<void> {
    tables.set(table, [...(tables.get(table) ?? []), row]);
  },
};
`,
  "src/store/parcels.ts": `import { database } from "./database.js";

export interface Parcel {
  id: string;
  grams: number;
  country: string;
}

export async function keep(parcel: Parcel): Promise<void> {
  await database.insert("parcels", { ...parcel });
}
`,
  "src/pricing/rates.ts": `/** Cents per started kilogram, by country. */
export const rates: Record<string, number> = { DE: 420, FR: 510, GB: 690 };
`,
  "src/pricing/quote.ts": `import { rates } from "./rates.js";
import type { Parcel } from "../store/parcels.js";

/** What sending a parcel costs. */
export function quote(parcel: Parcel): { cents: number } {
  const rate = rates[parcel.country] ?? 990;
  return { cents: rate * Math.ceil(parcel.grams / 1000) };
}
`,
  "src/http/routes.ts": `import { quote } from "../pricing/quote.js";
import { keep, type Parcel } from "../store/parcels.js";
import { notify } from "../jobs/notify.js";

export async function post(parcel: Parcel): Promise<{ cents: number }> {
  await keep(parcel);
  notify(parcel);
  return quote(parcel);
}

/** Asks for a price and keeps nothing. */
export function ask(parcel: Parcel): { cents: number } {
  return quote(parcel);
}
`,
  "test/quote.test.ts": `import { quote } from "../src/pricing/quote.js";

const cents = quote({ id: "a", grams: 1200, country: "DE" }).cents;
if (cents !== 840) throw new Error(\`quote: \${cents}\`);
`,
};

/** The service, committed. */
export function parcels(folder) {
  write(folder, files);
  commit(folder);
}
