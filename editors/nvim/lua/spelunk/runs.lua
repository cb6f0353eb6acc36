-- What is known of the runs of this session, folded from the server's notices.

local M = {}

---@class spelunk.Run
---@field id spelunk.RunId
---@field client_id integer
---@field root string the workspace
---@field plan boolean it plans
---@field question string
---@field conversation string
---@field model string
---@field turn integer
---@field activity string what it does right now, in a few words
---@field calls table<string, spelunk.Call> calls under way, by agent and call
---@field texts string[] what the root model wrote, one text per call
---@field children integer children under way
---@field spent spelunk.Spent
---@field began integer milliseconds of `vim.uv.now()`
---@field finish? spelunk.End how it ended

---@class spelunk.Call
---@field role "root"|"leaf"
---@field label string
---@field text? integer where in `texts` its text is

---@type table<spelunk.RunId, spelunk.Run>
local known = {}
---@type table<integer, table<spelunk.RunId, spelunk.RunNotice[]>> by client, of runs that no answer has named yet
local early = {}
---@type table<spelunk.RunId, fun(run: spelunk.Run, event: spelunk.Event)[]>
local listeners = {}
---@type spelunk.RunId[]  The order in which they began.
local order = {}

---@param name string
---@param run spelunk.Run
---@param data? table
local function fire(name, run, data)
  data = vim.tbl_extend("force", { run_id = run.id, client_id = run.client_id, question = run.question }, data or {})
  vim.api.nvim_exec_autocmds("User", { pattern = name, modeline = false, data = data })
end

---@type table<string, fun(run: spelunk.Run, event: spelunk.Event, agent: integer)>
local folds = {
  started = function(run, event)
    run.question, run.model, run.conversation = event.question, event.model, event.conversationId
  end,
  turn = function(run, event, agent)
    if agent == 0 then
      run.turn, run.activity = event.turn, "thinking"
    end
  end,
  callStarted = function(run, event, agent)
    local call = { role = event.role, label = event.label }
    if agent == 0 and event.role == "root" then
      table.insert(run.texts, "")
      call.text = #run.texts
    end
    run.calls[agent .. "." .. event.call] = call
    run.activity = event.label
  end,
  text = function(run, event, agent)
    local call = run.calls[agent .. "." .. event.call]
    if call and call.text then
      run.texts[call.text] = run.texts[call.text] .. event.text
    end
  end,
  retry = function(run, event, agent)
    local call = run.calls[agent .. "." .. event.call]
    if call and call.text then
      run.texts[call.text] = ""
    end
    run.activity = "waiting: " .. event.reason
  end,
  callFinished = function(run, event, agent)
    run.calls[agent .. "." .. event.call] = nil
    run.spent = event.spent
  end,
  code = function(run, _, agent)
    run.activity = agent == 0 and "running code" or run.activity
  end,
  looking = function(run, event)
    run.activity = event.what
  end,
  note = function(run, event)
    run.activity = event.text
  end,
  childStarted = function(run, event)
    run.children = run.children + 1
    run.activity = event.question
  end,
  childEnded = function(run)
    run.children = run.children - 1
  end,
  limit = function(run, event)
    run.activity = event.message
  end,
  ["end"] = function(run, event)
    ---@cast event +spelunk.End, -spelunk.Event
    run.finish, run.calls, run.children, run.activity = event, {}, 0, event.message
    run.conversation, run.spent = event.conversationId, event.spent
  end,
}

---@param run spelunk.Run
---@param notice spelunk.RunNotice
local function apply(run, notice)
  local event = notice.event
  local fold = folds[event.kind]
  if run.finish or not fold then
    return -- A kind that a newer server has.
  end
  fold(run, event, notice.agent or 0)
  for _, listener in ipairs(listeners[run.id] or {}) do
    listener(run, event)
  end
  if event.kind == "end" then
    listeners[run.id] = nil
    fire("SpelunkRunEnded", run, { finish = event })
  elseif event.kind ~= "text" then
    fire("SpelunkRunProgress", run, { event = event })
  end
end

---Takes a run over whose id the server gave, with the notices that came before.
---@param client vim.lsp.Client
---@param result spelunk.AskResult
---@param given { question: string, plan?: boolean }
---@return spelunk.Run
function M.begin(client, result, given)
  ---@type spelunk.Run
  local run = {
    id = result.runId,
    client_id = client.id,
    root = client.root_dir or vim.fn.getcwd(),
    plan = given.plan or false,
    question = given.question,
    conversation = result.conversationId,
    model = "",
    turn = 0,
    activity = "starting",
    calls = {},
    texts = {},
    children = 0,
    spent = { turns = 0, calls = 0, tokens = 0, usd = 0, unpriced = 0, hits = 0 },
    began = vim.uv.now(),
  }
  known[run.id] = run
  table.insert(order, run.id)
  fire("SpelunkRunStarted", run)
  local waiting = early[client.id] or {}
  local notices = waiting[run.id] or {}
  waiting[run.id] = nil
  for _, notice in ipairs(notices) do
    apply(run, notice)
  end
  return run
end

---Handles `spelunk/run`.
---@param notice spelunk.RunNotice
---@param client_id integer
function M.take(notice, client_id)
  local run = known[notice.runId]
  if run and run.client_id == client_id then
    return apply(run, notice)
  end
  early[client_id] = early[client_id] or {}
  early[client_id][notice.runId] = early[client_id][notice.runId] or {}
  table.insert(early[client_id][notice.runId], notice)
end

---Calls back for every further event of a run; at once with the end of one that ended.
---@param run spelunk.Run
---@param listener fun(run: spelunk.Run, event: spelunk.Event)
function M.listen(run, listener)
  if run.finish then
    listener(run, run.finish --[[@as spelunk.Event]])
  else
    listeners[run.id] = listeners[run.id] or {}
    table.insert(listeners[run.id], listener)
  end
end

---Ends the runs of a client that is gone.
---@param client_id integer
---@param why string
---@return boolean whether there were any
function M.lost(client_id, why)
  early[client_id] = nil
  local any = false
  for _, id in ipairs(order) do
    local run = known[id]
    if run.client_id == client_id and not run.finish then
      local finish = {
        kind = "end",
        runId = id,
        conversationId = run.conversation,
        reason = "failed",
        message = why,
        answer = "",
        citations = {},
        dropped = {},
        model = run.model,
        spent = run.spent,
        seconds = (vim.uv.now() - run.began) / 1000,
      }
      apply(run, { runId = id, seq = 0, event = finish })
      any = true
    end
  end
  return any
end

---@param id spelunk.RunId
---@return spelunk.Run?
function M.get(id)
  return known[id]
end

---Runs of this session, oldest first.
---@param root? string of one workspace
---@return spelunk.Run[]
function M.all(root)
  return vim
    .iter(order)
    :map(function(id)
      return known[id]
    end)
    :filter(function(run)
      return not root or run.root == root
    end)
    :totable()
end

---Runs under way, oldest first.
---@param root? string of one workspace
---@return spelunk.Run[]
function M.running(root)
  return vim.tbl_filter(function(run)
    return not run.finish
  end, M.all(root))
end

return M
