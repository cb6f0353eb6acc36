-- Answers on the screen: which run is shown in which buffer, and what happens to it as the run goes on.

local buffer = require("spelunk.answer.buffer")
local citations = require("spelunk.answer.citations")
local runs = require("spelunk.runs")
local text = require("spelunk.answer.text")
local window = require("spelunk.answer.window")

local M = {}

---@class spelunk.View A buffer that shows one conversation.
---@field bufnr integer
---@field root string
---@field client_id? integer the client that knows the conversation
---@field conversation string "" when it cannot go on
---@field exchanges spelunk.Exchange[]  Only the last can be under way.

---@class spelunk.Exchange A question and what came of it.
---@field question string
---@field run_id spelunk.RunId
---@field run? spelunk.Run of this session
---@field finish? spelunk.End
---@field forgotten? boolean the server does not know what was said above
---@field elsewhere? string the workspace that it is about, when it is another than the view's
---@field head integer extmark of the line with the question
---@field drawn string[] the lines below the question that are in the buffer

---@type table<integer, spelunk.View> by buffer, while that is loaded
local views = {}

---@param bufnr integer
---@return spelunk.View?
function M.view(bufnr)
  return views[bufnr]
end

---The run that a buffer shows last.
---@param bufnr integer
---@return spelunk.Run?
function M.run(bufnr)
  local view = views[bufnr]
  return view and view.exchanges[#view.exchanges].run
end

---The conversation that a question from a buffer goes on with.
---@param bufnr integer
---@param client vim.lsp.Client
---@return string?
function M.conversation(bufnr, client)
  local view = views[bufnr]
  if view and view.client_id == client.id and view.conversation ~= "" then
    return view.conversation
  end
end

---@param view spelunk.View
---@param exchange spelunk.Exchange
local function draw(view, exchange)
  local following = window.following(view.bufnr)
  buffer.draw(view.bufnr, exchange, text.body(exchange))
  for _, win in ipairs(following) do
    window.to_end(win)
  end
end

---@param view spelunk.View
---@param exchange spelunk.Exchange
local function draw_ended(view, exchange)
  buffer.draw(view.bufnr, exchange, text.body(exchange))
  citations.mark(view.bufnr, exchange)
  buffer.summarize(view.bufnr, exchange, text.summary(exchange))
end

---Shows how an exchange ended.
---@param view spelunk.View
---@param exchange spelunk.Exchange
---@param finish spelunk.End
local function finished(view, exchange, finish)
  local following = window.following(view.bufnr)
  exchange.finish = finish
  view.conversation = finish.conversationId
  draw_ended(view, exchange)
  for _, win in ipairs(following) do
    window.to_line(win, buffer.line(view.bufnr, exchange))
  end
end

---Adds an exchange below the others.
---@param view spelunk.View
---@param exchange spelunk.Exchange
local function add(view, exchange)
  exchange.head = buffer.ask(view.bufnr, exchange.question)
  exchange.drawn = {}
  if exchange.forgotten then
    buffer.note(view.bufnr, exchange, "the server was started again and does not know what was said before")
  end
end

---Follows what a person does to the buffer: `:edit` empties it, `:bdelete` is its end.
---@param view spelunk.View
local function unloaded(view)
  if not vim.api.nvim_buf_is_valid(view.bufnr) or not vim.api.nvim_buf_is_loaded(view.bufnr) then
    views[view.bufnr] = nil
    pcall(vim.api.nvim_buf_delete, view.bufnr, { force = true })
    return
  end
  buffer.clear(view.bufnr, "markdown")
  for _, exchange in ipairs(view.exchanges) do
    add(view, exchange)
    if exchange.finish then
      draw_ended(view, exchange)
    else
      draw(view, exchange)
    end
  end
end

---@param run_id spelunk.RunId
---@param root string
---@return spelunk.View
local function new_view(run_id, root)
  local bufnr = buffer.create("spelunk://answer/" .. run_id, root, "markdown")
  local view = { bufnr = bufnr, root = root, conversation = "", exchanges = {} } ---@type spelunk.View
  views[bufnr] = view
  vim.api.nvim_create_autocmd("BufUnload", {
    buffer = bufnr,
    callback = function()
      vim.schedule(function()
        unloaded(view)
      end)
    end,
  })
  require("spelunk.answer.keys").set(bufnr)
  return view
end

---Says how a run ended, where its answer does not.
---@param run spelunk.Run
---@param finish spelunk.End
---@param visible boolean
local function tell(run, finish, visible)
  if finish.reason == "failed" then
    vim.notify("spelunk: " .. finish.message, vim.log.levels.ERROR)
  elseif finish.reason == "limit" then
    vim.notify("spelunk: " .. finish.message, vim.log.levels.WARN)
  elseif not visible then
    vim.notify(("spelunk: %s: %s"):format(text.outcome(finish), run.question))
  end
end

---@param view spelunk.View
---@param exchange spelunk.Exchange
---@param run spelunk.Run
local function ended(view, exchange, run)
  local finish = assert(run.finish)
  exchange.finish = finish
  -- Its buffer may be gone by now.
  local shown = views[view.bufnr] == view
  if shown then
    finished(view, exchange, finish)
  end
  tell(run, finish, shown and #vim.fn.win_findbuf(view.bufnr) > 0)
  require("spelunk.answer.quickfix").fill(run.question, finish, view.root, citations.excerpts(exchange))
  if finish.plan then
    require("spelunk.plan").open(run, finish, view.bufnr)
  end
end

---@param view spelunk.View
---@param exchange spelunk.Exchange
local function follow(view, exchange)
  local run = assert(exchange.run)
  local waiting = false
  runs.listen(run, function(_, event)
    if event.kind == "end" then
      ended(view, exchange, run)
    elseif (event.kind == "text" or event.kind == "retry") and not waiting then
      -- Texts come in many small pieces: they are drawn together.
      waiting = true
      vim.defer_fn(function()
        waiting = false
        if views[view.bufnr] == view and not run.finish then
          draw(view, exchange)
        end
      end, 30)
    end
  end)
  if not run.finish then
    draw(view, exchange)
  end
end

---Shows a run: in the buffer that it was asked from when that is an answer's, else in one of its own.
---@param run spelunk.Run
---@param from? integer
---@return spelunk.View
function M.show(run, from)
  local view = from and views[from] or new_view(run.id, run.root)
  local forgotten = #view.exchanges > 0 and view.client_id ~= run.client_id
  view.client_id, view.conversation = run.client_id, run.conversation
  local exchange = { question = run.question, run_id = run.id, run = run, forgotten = forgotten, head = 0, drawn = {} }
  add(view, exchange)
  table.insert(view.exchanges, exchange)
  local before = vim.api.nvim_get_current_win()
  local win = window.open(view.bufnr)
  window.to_end(win)
  if not require("spelunk.config").get().window.focus and vim.api.nvim_win_get_config(win).relative == "" then
    vim.api.nvim_set_current_win(before)
  end
  follow(view, exchange)
  return view
end

---Shows a run that ended, perhaps before this session.
---@param finish spelunk.End
---@param question string
---@param client vim.lsp.Client
---@param elsewhere? string the workspace that it is about, when it is another than the client's
---@return spelunk.View
function M.show_ended(finish, question, client, elsewhere)
  for _, view in pairs(views) do
    for _, exchange in ipairs(view.exchanges) do
      if exchange.run_id == finish.runId then
        finished(view, exchange, finish)
        window.to_line(window.open(view.bufnr), buffer.line(view.bufnr, exchange))
        return view
      end
    end
  end
  local view = new_view(finish.runId, client.root_dir or vim.fn.getcwd())
  view.client_id = client.id
  local exchange = { question = question, run_id = finish.runId, elsewhere = elsewhere, head = 0, drawn = {} }
  add(view, exchange)
  table.insert(view.exchanges, exchange)
  window.open(view.bufnr)
  finished(view, exchange, finish)
  return view
end

---Brings a run of this session that is shown somewhere to the screen.
---@param run_id spelunk.RunId
---@return boolean whether it is shown anywhere
function M.reveal(run_id)
  for _, view in pairs(views) do
    for _, exchange in ipairs(view.exchanges) do
      if exchange.run_id == run_id then
        window.to_line(window.open(view.bufnr), buffer.line(view.bufnr, exchange))
        return true
      end
    end
  end
  return false
end

---The exchange that a line of a buffer belongs to.
---@param bufnr integer
---@param line integer from 1
---@return spelunk.Exchange?
function M.at(bufnr, line)
  local found ---@type spelunk.Exchange?
  for _, exchange in ipairs((views[bufnr] or { exchanges = {} }).exchanges) do
    if not found or buffer.line(bufnr, exchange) <= line then
      found = exchange
    end
  end
  return found
end

return M
