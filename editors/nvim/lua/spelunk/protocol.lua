---@meta
-- Types of the messages of docs/protocol.md, for the type check. Nothing here is run.

---@alias spelunk.RunId string

---@class spelunk.Place
---@field uri string
---@field position? lsp.Position
---@field range? lsp.Range

---@class spelunk.AskParams
---@field question string
---@field scope? string|string[]
---@field at? spelunk.Place
---@field conversationId? string
---@field confirmed? boolean

---@class spelunk.PlanParams
---@field request string
---@field scope? string|string[]
---@field at? spelunk.Place
---@field conversationId? string
---@field confirmed? boolean

---@class spelunk.AskResult
---@field runId spelunk.RunId
---@field conversationId string

---@class spelunk.RunNotice
---@field runId spelunk.RunId
---@field seq integer counts from 0, without gaps
---@field agent? integer the child that it comes from, from 1
---@field event spelunk.Event

---@class spelunk.Event One kind has some of these fields.
---@field kind string "started", "turn", "callStarted", "text", "retry", "callFinished", "code" and so on
---@field question? string
---@field model? string
---@field leafModel? string
---@field conversationId? string
---@field turn? integer
---@field call? integer
---@field role? "root"|"leaf"
---@field label? string
---@field text? string
---@field reason? string
---@field waitMs? integer
---@field usage? spelunk.Usage
---@field usd? number
---@field error? string
---@field hit? boolean
---@field spent? spelunk.Spent
---@field cell? integer
---@field code? string
---@field output? string
---@field what? string
---@field agent? integer
---@field parent? integer
---@field depth? integer
---@field scope? string[]
---@field message? string

---@class spelunk.Usage Tokens of one call.
---@field input integer
---@field cached integer
---@field written? integer
---@field output integer
---@field reasoning integer
---@field estimated boolean

---@class spelunk.Spent
---@field turns integer
---@field calls integer
---@field tokens integer
---@field usd number US dollars, of the calls with a known price
---@field unpriced integer calls without one
---@field hits integer

---@class spelunk.End
---@field kind? "end"
---@field runId spelunk.RunId
---@field conversationId string
---@field reason "answered"|"limit"|"cancelled"|"failed"
---@field message string
---@field answer string Markdown; empty when there is none
---@field value? any
---@field citations spelunk.Cited[]
---@field dropped spelunk.Uncited[]
---@field model string
---@field spent spelunk.Spent
---@field seconds number
---@field document? string
---@field plan? spelunk.Plan

---@class spelunk.Cited Lines count from 1 and are inclusive.
---@field path string
---@field from integer
---@field to integer
---@field status "valid"|"unsupported"|"moved"|"stale"
---@field missing? string[]
---@field location? lsp.Location

---@class spelunk.Uncited
---@field path string
---@field from integer
---@field to integer
---@field reason string

---@class spelunk.RunSummary
---@field runId spelunk.RunId
---@field question string
---@field state "running"|"answered"|"limit"|"cancelled"|"failed"|"unfinished"
---@field plan? boolean
---@field model string
---@field workspace string
---@field started integer milliseconds since 1970
---@field seconds number
---@field usd? number

---@class spelunk.ModelsResult
---@field root string
---@field leaf string
---@field from "environment"|"client"|"file"|"editor"|"default"
---@field error? string
---@field providers spelunk.ProviderInfo[]

---@class spelunk.ProviderInfo
---@field name string
---@field baseUrl? string
---@field key "none"|"set"|"missing"
---@field keyEnv? string
---@field models string[]
---@field error? string

---@class spelunk.DoctorResult
---@field good boolean
---@field checks { good: boolean, what: string, found: string }[]

---@class spelunk.Plan
---@field hash string
---@field markdown string
---@field document table as docs/plans.md has it
---@field files spelunk.PlannedFile[]
---@field doubts spelunk.PlannedDoubt[]
---@field problems spelunk.PlanProblem[]
---@field stale spelunk.StaleStep[]

---@class spelunk.PlannedFile
---@field uri? string
---@field path string
---@field before? string
---@field change "created"|"edited"|"moved"|"removed"
---@field edits integer
---@field steps integer[]
---@field executed? string

---@class spelunk.PlannedDoubt
---@field step integer
---@field uri? string
---@field path string
---@field line integer
---@field text string
---@field why string
---@field editable boolean

---@class spelunk.PlanProblem
---@field check string
---@field fatal boolean
---@field step? integer
---@field path? string
---@field line? integer
---@field message string

---@class spelunk.StaleStep
---@field step integer
---@field path string
---@field why string

---@class spelunk.PlanChoice
---@field runId spelunk.RunId
---@field steps? integer[]
---@field doubtful? boolean
---@field executed? string[]

---@class spelunk.LeftOut
---@field path string
---@field line? integer
---@field why string
---@field steps integer[]

---@class spelunk.ApplyPlanResult
---@field applied boolean
---@field message string
---@field leftOut spelunk.LeftOut[]

---@class spelunk.Verified
---@field command string
---@field plan string
---@field passed boolean
---@field before? boolean
---@field how string
---@field output string
---@field seconds number
---@field confined string[]
---@field missing? string[]
