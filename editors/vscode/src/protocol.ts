// The messages of docs/protocol.md, as types and as requests with their names.
import type { Location, Position, ProgressToken, Range, WorkspaceEdit } from "vscode-languageclient/node";

/** Where a question was asked. A range wins over a position. */
export interface Place {
  uri: string;
  position?: Position;
  range?: Range;
}

export interface AskParams {
  question: string;
  scope?: string | string[];
  at?: Place;
  conversationId?: string;
  schema?: object;
  confirmed?: boolean;
}

export interface PlanParams {
  request: string;
  scope?: string | string[];
  at?: Place;
  conversationId?: string;
  confirmed?: boolean;
}

export interface Begun {
  runId: string;
  conversationId: string;
}

/** Tokens of one call; `estimated` when the provider did not say. */
export interface Usage {
  input: number;
  cached: number;
  written?: number;
  output: number;
  reasoning: number;
  estimated: boolean;
}

/** What a run has used so far; `usd` of the calls with a known price, `unpriced` counts those without. */
export interface Spent {
  turns: number;
  calls: number;
  tokens: number;
  usd: number;
  unpriced: number;
  hits: number;
}

export type Event =
  | { kind: "started"; question: string; model: string; leafModel: string; conversationId: string }
  | { kind: "turn"; turn: number }
  | { kind: "callStarted"; call: number; role: "root" | "leaf"; label: string }
  | { kind: "text"; call: number; text: string }
  | { kind: "retry"; call: number; reason: string; waitMs: number }
  | {
      kind: "callFinished";
      call: number;
      usage: Usage;
      usd?: number;
      error?: string;
      hit?: boolean;
      spent: Spent;
    }
  | { kind: "code"; cell: number; code: string }
  | { kind: "output"; cell: number; output: string; error?: string }
  | { kind: "looking"; what: string }
  | { kind: "note"; text: string }
  | { kind: "childStarted"; agent: number; parent: number; depth: number; question: string; scope: string[] }
  | { kind: "childEnded"; agent: number; error?: string }
  | { kind: "limit"; message: string }
  | ({ kind: "end" } & End);

/** `agent` is absent for the run's own agent; `seq` counts from 0 without gaps. */
export interface RunNotice {
  runId: string;
  seq: number;
  agent?: number;
  event: Event;
}

/** A citation whose lines (1-based, inclusive) were looked at. */
export interface Cited {
  path: string;
  from: number;
  to: number;
  status: "valid" | "unsupported" | "moved" | "stale";
  missing?: string[];
  location?: Location;
}

export interface Uncited {
  path: string;
  from: number;
  to: number;
  reason: string;
}

export interface End {
  runId: string;
  conversationId: string;
  reason: "answered" | "limit" | "cancelled" | "failed";
  message: string;
  answer: string;
  value?: unknown;
  citations: Cited[];
  dropped: Uncited[];
  model: string;
  spent: Spent;
  seconds: number;
  document?: string;
  plan?: Plan;
}

export interface RunParams {
  runId: string;
}

export interface RunSummary {
  runId: string;
  question: string;
  state: "running" | "answered" | "limit" | "cancelled" | "failed" | "unfinished";
  plan?: boolean;
  model: string;
  workspace: string;
  /** Milliseconds since 1970. */
  started: number;
  seconds: number;
  usd?: number;
}

export interface Plan {
  hash: string;
  markdown: string;
  document: PlanDocument;
  files: PlannedFile[];
  doubts: PlannedDoubt[];
  problems: PlanProblem[];
  stale: StaleStep[];
}

/** The parts of docs/plan.schema.json that are shown here. Not made safe to show. */
export interface PlanDocument {
  version: number;
  request: string;
  summary: string;
  steps: { id: number; title: string; why: string }[];
  verified?: Verified;
}

export interface PlannedFile {
  uri?: string;
  path: string;
  before?: string;
  change: "created" | "edited" | "moved" | "removed";
  edits: number;
  steps: number[];
  executed?: string;
}

export interface PlannedDoubt {
  step: number;
  uri?: string;
  path: string;
  line: number;
  text: string;
  why: string;
  editable: boolean;
}

export interface PlanProblem {
  check: string;
  fatal: boolean;
  step?: number;
  path?: string;
  line?: number;
  message: string;
}

export interface StaleStep {
  step: number;
  path: string;
  why: string;
}

export interface PlanChoice {
  runId: string;
  steps?: number[];
  doubtful?: boolean;
  executed?: string[];
}

export interface LeftOut {
  path: string;
  line?: number;
  why: string;
  steps: number[];
}

export interface PlanEditResult {
  edit: WorkspaceEdit;
  leftOut: LeftOut[];
  notes: string[];
  stale: StaleStep[];
}

export interface ApplyPlanResult {
  applied: boolean;
  message: string;
  leftOut: LeftOut[];
}

export interface VerifyPlanParams {
  runId: string;
  approved: string;
  steps?: number[];
  workDoneToken?: ProgressToken;
}

export interface Verified {
  command: string;
  plan: string;
  passed: boolean;
  before?: boolean;
  how: string;
  output: string;
  seconds: number;
  confined: string[];
  missing?: string[];
}

export interface ProviderInfo {
  name: string;
  baseUrl?: string;
  key: "none" | "set" | "missing";
  keyEnv?: string;
  models: string[];
  error?: string;
}

export interface ModelsResult {
  root: string;
  leaf: string;
  from: "environment" | "client" | "file" | "editor" | "default";
  error?: string;
  providers: ProviderInfo[];
}

export interface DoctorResult {
  good: boolean;
  checks: { good: boolean; what: string; found: string }[];
}

export interface ToolCall {
  id: string;
  name: string;
  /** JSON as the model wrote it. */
  arguments: string;
}

export interface ChatMessage {
  role: "system" | "user" | "assistant" | "tool";
  content: string;
  toolCalls?: ToolCall[];
  toolCallId?: string;
}

export interface CompleteParams {
  id: number;
  model?: string;
  messages: ChatMessage[];
  tools?: { name: string; description: string; parameters: object }[];
  maxTokens: number;
  temperature?: number;
  schema?: object;
}

export interface CompleteResult {
  text?: string;
  toolCalls?: ToolCall[];
  usage?: Partial<Usage> & { input: number; output: number };
  finish?: "stop" | "tool-calls" | "length" | "filtered";
}

/** More text of a reply that is under way. */
export interface CompletePart {
  id: number;
  text: string;
}

/** The `data` of an error that answers `spelunk/complete`. */
export interface CompleteFailure {
  kind: "noPermission" | "notFound" | "blocked" | "other";
  models?: string[];
}

/** A request: its name, and as types alone what it takes and what it gives. */
export interface Request<P, R> {
  readonly method: string;
  readonly takes?: (params: P) => void;
  readonly gives?: () => R;
}

/** A notification: its name, and as a type alone what it tells. */
export interface Notification<P> {
  readonly method: string;
  readonly tells?: (params: P) => void;
}

function request<P, R>(method: string): Request<P, R> {
  return { method };
}

function notification<P>(method: string): Notification<P> {
  return { method };
}

export const ask = request<AskParams, Begun>("spelunk/ask");
export const run = notification<RunNotice>("spelunk/run");
export const cancel = request<RunParams, { running: boolean }>("spelunk/cancel");
export const answerNow = request<RunParams, { running: boolean }>("spelunk/answerNow");
export const runs = request<{ limit?: number }, { runs: RunSummary[] }>("spelunk/runs");
export const answered = request<RunParams, End>("spelunk/answered");
export const record = request<RunParams, { notices: RunNotice[] }>("spelunk/record");
export const trace = request<RunParams & { full?: boolean; html?: boolean }, { text: string }>(
  "spelunk/trace",
);
export const plan = request<PlanParams, Begun>("spelunk/plan");
export const planned = request<RunParams, Plan>("spelunk/planned");
export const planEdit = request<PlanChoice, PlanEditResult>("spelunk/planEdit");
export const applyPlan = request<PlanChoice, ApplyPlanResult>("spelunk/applyPlan");
export const undoPlan = request<RunParams, ApplyPlanResult>("spelunk/undoPlan");
export const planDiff = request<RunParams & { path?: string }, { diff: string }>("spelunk/planDiff");
export const planFile = request<
  RunParams & { path: string },
  { before: string | null; after: string | null }
>("spelunk/planFile");
export const verifyPlan = request<VerifyPlanParams, Verified>("spelunk/verifyPlan");
export const models = request<{ list?: boolean }, ModelsResult>("spelunk/models");
export const doctor = request<object, DoctorResult>("spelunk/doctor");
export const complete = request<CompleteParams, CompleteResult>("spelunk/complete");
export const completePart = notification<CompletePart>("spelunk/completePart");
