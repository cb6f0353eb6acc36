// The messages of docs/protocol.md, as types and as requests with their names.
import { NotificationType, RequestType } from "vscode-languageclient/node";
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

/** The `data` of an error that answers `spelunk/complete`. */
export interface CompleteFailure {
  kind: "noPermission" | "notFound" | "blocked" | "other";
  models?: string[];
}

export const ask = new RequestType<AskParams, Begun, void>("spelunk/ask");
export const run = new NotificationType<RunNotice>("spelunk/run");
export const cancel = new RequestType<RunParams, { running: boolean }, void>("spelunk/cancel");
export const answerNow = new RequestType<RunParams, { running: boolean }, void>("spelunk/answerNow");
export const runs = new RequestType<{ limit?: number }, { runs: RunSummary[] }, void>("spelunk/runs");
export const answered = new RequestType<RunParams, End, void>("spelunk/answered");
export const record = new RequestType<RunParams, { notices: RunNotice[] }, void>("spelunk/record");
export const trace = new RequestType<RunParams & { full?: boolean; html?: boolean }, { text: string }, void>(
  "spelunk/trace",
);
export const plan = new RequestType<PlanParams, Begun, void>("spelunk/plan");
export const planned = new RequestType<RunParams, Plan, void>("spelunk/planned");
export const planEdit = new RequestType<PlanChoice, PlanEditResult, void>("spelunk/planEdit");
export const applyPlan = new RequestType<PlanChoice, ApplyPlanResult, void>("spelunk/applyPlan");
export const undoPlan = new RequestType<RunParams, ApplyPlanResult, void>("spelunk/undoPlan");
export const planDiff = new RequestType<RunParams & { path?: string }, { diff: string }, void>(
  "spelunk/planDiff",
);
export const planFile = new RequestType<
  RunParams & { path: string },
  { before: string | null; after: string | null },
  void
>("spelunk/planFile");
export const verifyPlan = new RequestType<VerifyPlanParams, Verified, void>("spelunk/verifyPlan");
export const models = new RequestType<{ list?: boolean }, ModelsResult, void>("spelunk/models");
export const doctor = new RequestType<object, DoctorResult, void>("spelunk/doctor");
export const complete = new RequestType<CompleteParams, CompleteResult, CompleteFailure>("spelunk/complete");
export const completePart = new NotificationType<{ id: number; text: string }>("spelunk/completePart");
