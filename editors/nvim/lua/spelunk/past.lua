-- Runs of the past: the choice among them, their answers, their plans and their records.

local client = require("spelunk.client")
local M = {}

---@param summary spelunk.RunSummary
---@param owner vim.lsp.Client
---@return boolean
local function is_here(summary, owner)
  return summary.workspace == vim.fs.basename(owner.root_dir or "")
end

---@param summary spelunk.RunSummary
---@return string
local function line(summary)
  local when = os.date("%Y-%m-%d %H:%M", math.floor(summary.started / 1000))
  local facts = { summary.plan and "plan" or "", summary.state, summary.workspace }
  if summary.usd then
    table.insert(facts, 3, require("spelunk.answer.text").money(summary.usd))
  end
  local words = vim.iter(facts):filter(function(fact)
    return fact ~= ""
  end)
  return ("%s  %s  (%s)"):format(when, summary.question:gsub("%s+", " "), words:join(", "))
end

---@param summary spelunk.RunSummary
---@param finish spelunk.End
---@param owner vim.lsp.Client
local function show(summary, finish, owner)
  if finish.plan then
    -- The client that it was made by may be gone.
    return require("spelunk.plan").open({ id = summary.runId, client_id = owner.id }, finish)
  end
  local run = require("spelunk.runs").get(summary.runId)
  local elsewhere = not run and not is_here(summary, owner) and summary.workspace or nil
  require("spelunk.answer").show_ended(finish, summary.question, owner, elsewhere)
end

---@param summary spelunk.RunSummary
---@param owner vim.lsp.Client
local function open(summary, owner)
  local answer = require("spelunk.answer")
  local run = require("spelunk.runs").get(summary.runId)
  if run and not run.finish then
    return answer.reveal(run.id) or answer.show(run)
  end
  client.request("spelunk/answered", { runId = summary.runId }, function(finish)
    show(summary, finish, owner)
  end, {
    client = owner,
    on_error = function(message)
      local text = "spelunk: %s; :Spelunk trace %s shows how far it came"
      vim.notify(text:format(message, summary.runId), vim.log.levels.WARN)
    end,
  })
end

---Lets a run be chosen, those of this workspace first, and shows its answer or its plan.
function M.choose()
  client.request("spelunk/runs", vim.empty_dict(), function(result, owner)
    if #result.runs == 0 then
      return vim.notify("spelunk: no runs are recorded")
    end
    local here, elsewhere = {}, {}
    for _, summary in ipairs(result.runs) do
      table.insert(is_here(summary, owner) and here or elsewhere, summary)
    end
    local runs = vim.list_extend(here, elsewhere)
    vim.ui.select(runs, { prompt = "Runs", kind = "spelunk.runs", format_item = line }, function(chosen)
      if chosen then
        open(chosen, owner)
      end
    end)
  end)
end

---Shows the record of a run in a buffer.
---@param id? spelunk.RunId
function M.trace(id)
  local bufnr = vim.api.nvim_get_current_buf()
  local here = require("spelunk.answer").at(bufnr, vim.api.nvim_win_get_cursor(0)[1])
  local all = require("spelunk.runs").all(client.root(bufnr))
  id = id or (here and here.run_id) or (all[#all] and all[#all].id)
  if not id then
    local text = "spelunk: nothing was asked in this session; :Spelunk trace RUN shows an earlier run"
    return vim.notify(text, vim.log.levels.WARN)
  end
  client.request("spelunk/trace", { runId = id }, function(result, owner)
    local buffer = require("spelunk.answer.buffer")
    local shown = buffer.page("spelunk://trace/" .. id, owner.root_dir or "", "", result.text)
    require("spelunk.answer.window").open(shown, "tab")
    vim.wo[0][0].winbar = ""
    vim.keymap.set("n", "q", "<Cmd>close<CR>", { buffer = shown, desc = "spelunk: close the window" })
  end)
end

return M
