-- The functions that a person's configuration and `:Spelunk` call. What each does is worked out elsewhere.

local client = require("spelunk.client")
local M = {}

---@param text string
---@param level? integer
local function say(text, level)
  vim.notify("spelunk: " .. text, level or vim.log.levels.INFO)
end

---Takes options and has the server attach to files. Without options `vim.lsp.enable("spelunk")` does as well.
---@param options? spelunk.Options
function M.setup(options)
  require("spelunk.config").set(options)
  vim.lsp.enable("spelunk")
end

---@class spelunk.AskOptions
---@field range? { [1]: integer, [2]: integer } lines from 1, inclusive: the question is about these
---@field scope? string|string[] globs, folders or URIs that the run sees
---@field at? spelunk.Place instead of the cursor or the range
---@field bufnr? integer whose workspace is asked; the current one when not given
---@field on_begin? fun(run: spelunk.Run) instead of showing the run

---@param text string?
---@param prompt string
---@param callback fun(text: string)
local function entered(text, prompt, callback)
  if text and vim.trim(text) ~= "" then
    return callback(vim.trim(text))
  end
  vim.ui.input({ prompt = prompt }, function(typed)
    if typed and vim.trim(typed) ~= "" then
      callback(vim.trim(typed))
    end
  end)
end

---Begins a run and shows it.
---@param text string
---@param where spelunk.Where?
---@param opts spelunk.AskOptions
---@param plan boolean
local function begin(text, where, opts, plan)
  local bufnr = opts.bufnr or vim.api.nvim_get_current_buf()
  bufnr = vim.b[bufnr].spelunk_conversation or bufnr
  local answer = require("spelunk.answer")
  client.with(bufnr, function(ready)
    -- As `spelunk.AskParams` or `spelunk.PlanParams`.
    local params = {
      [plan and "request" or "question"] = text,
      scope = opts.scope,
      at = opts.at or (where and require("spelunk.place").convert(where, ready)),
      conversationId = answer.conversation(bufnr, ready),
    }
    client.request(plan and "spelunk/plan" or "spelunk/ask", params, function(result)
      local run = require("spelunk.runs").begin(ready, result, { question = text, plan = plan })
      require("spelunk.progress").follow(run)
      local show = opts.on_begin or answer.show
      show(run, bufnr)
    end, { client = ready })
  end)
end

---Asks the repository. Asked from an answer's buffer it goes on in that conversation.
---@param question? string asked for when there is none
---@param opts? spelunk.AskOptions
function M.ask(question, opts)
  local bufnr = opts and opts.bufnr or vim.api.nvim_get_current_buf()
  opts = vim.tbl_extend("force", opts or {}, { bufnr = bufnr })
  local where = require("spelunk.place").capture(opts.range)
  local goes_on = require("spelunk.answer").view(bufnr) ~= nil
  entered(question, goes_on and "Go on: " or "Ask: ", function(text)
    begin(text, where, opts, false)
  end)
end

---Plans a change. The plan is shown when it is there; nothing is changed by it.
---@param request? string asked for when there is none
---@param opts? spelunk.AskOptions
function M.plan(request, opts)
  opts = vim.tbl_extend("keep", opts or {}, { bufnr = vim.api.nvim_get_current_buf() })
  local where = require("spelunk.place").capture(opts.range)
  entered(request, "Plan: ", function(text)
    begin(text, where, opts, true)
  end)
end

---Asks about the name under the cursor, or about the range.
---@param opts? spelunk.AskOptions
function M.explain(opts)
  opts = opts or {}
  local name = vim.fn.expand("<cword>") --[[@as string]]
  local question = opts.range and "What does the selected text do?"
    or name:match("^[%w_$]+$") and ("Explain `%s`"):format(name)
    or "What does this file do?"
  M.ask(question, opts)
end

---Takes back what was applied of a plan.
---@param id? spelunk.RunId this buffer's plan, or the one applied last, when not given
function M.undo(id)
  require("spelunk.plan").undo(id)
end

---What a code action of the server's asks.
---@param params spelunk.AskParams
---@param ctx lsp.HandlerContext
function M.ask_at(params, ctx)
  begin(params.question, nil, { at = params.at, scope = params.scope, bufnr = ctx.bufnr }, false)
end

---What a code action of the server's plans.
---@param params spelunk.PlanParams
---@param ctx lsp.HandlerContext
function M.plan_at(params, ctx)
  begin(params.request, nil, { at = params.at, scope = params.scope, bufnr = ctx.bufnr }, true)
end

---Calls back with the run that is meant: the one of this buffer, the only one under way, or the one that is chosen.
---@param callback fun(run: spelunk.Run)
local function choose_running(callback)
  local runs = require("spelunk.runs")
  local here = require("spelunk.answer").run(vim.api.nvim_get_current_buf())
  if here and not here.finish then
    return callback(here)
  end
  local running = runs.running()
  if #running == 0 then
    return say("nothing is running")
  end
  if #running == 1 then
    return callback(running[1])
  end
  vim.ui.select(running, {
    prompt = "Which run?",
    format_item = function(run)
      return run.question
    end,
  }, function(run)
    if run then
      callback(run)
    end
  end)
end

---@param method string
local function end_run(method)
  choose_running(function(run)
    local owner = vim.lsp.get_client_by_id(run.client_id)
    if owner then
      client.request(method, { runId = run.id }, function(result)
        if not result.running then
          say("the run has ended already")
        end
      end, { client = owner })
    end
  end)
end

---Stops a run: no answer is wanted any more.
function M.stop()
  end_run("spelunk/cancel")
end

---Ends a run with the best answer from what is known by now.
function M.answer_now()
  end_run("spelunk/answerNow")
end

---Lets one of the runs be chosen, and shows its answer or its plan.
function M.history()
  require("spelunk.past").choose()
end

---Shows the record of a run.
---@param id? spelunk.RunId this buffer's run, or the last one, when not given
function M.trace(id)
  require("spelunk.past").trace(id)
end

---Lets the model of this session be chosen.
---@param name? string `provider/model`; chosen from a list when not given
function M.model(name)
  require("spelunk.model").choose(name)
end

---Checks configuration, sandbox and models.
function M.doctor()
  vim.cmd.checkhealth("spelunk")
end

---Opens the log of the language server.
function M.log()
  vim.cmd.tabedit(vim.fn.fnameescape(require("vim.lsp.log").get_filename()))
  vim.cmd.normal({ "G", bang = true })
end

---Stops the language server and starts it again.
function M.restart()
  require("spelunk.server").restart()
end

---What a status line may show: the runs under way, with money and time; empty when there are none.
---@return string
function M.status()
  return require("spelunk.status").line()
end

return M
