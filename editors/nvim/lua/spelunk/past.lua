-- Runs of the past: the choice among them, their answers, their plans and their records.

local client = require("spelunk.client")
local M = {}

---@param summary spelunk.RunSummary
---@return string
local function line(summary)
  local text = require("spelunk.answer.text")
  local money = summary.usd and " " .. text.money(summary.usd) or ""
  local when = os.date("%Y-%m-%d %H:%M", math.floor(summary.started / 1000))
  local what = summary.plan and "plan, " or ""
  return ("%s  %s  (%s%s%s, %s)"):format(when, summary.question:gsub("%s+", " "), what, summary.state, money, summary.workspace)
end

---@param summary spelunk.RunSummary
---@param owner vim.lsp.Client
local function open(summary, owner)
  local answer = require("spelunk.answer")
  local run = require("spelunk.runs").get(summary.runId)
  if run and not run.finish and not answer.reveal(run.id) then
    return answer.show(run)
  elseif summary.state == "running" then
    return
  end
  client.request("spelunk/answered", { runId = summary.runId }, function(finish)
    if finish.plan then
      require("spelunk.plan").open(run or { id = summary.runId, client_id = owner.id, root = owner.root_dir, question = summary.question }, finish)
    else
      answer.show_ended(finish, summary.question, owner)
    end
  end, { client = owner })
end

---Lets a run be chosen and shows its answer or its plan.
function M.choose()
  client.request("spelunk/runs", vim.empty_dict(), function(result, owner)
    if #result.runs == 0 then
      return vim.notify("spelunk: no runs are recorded")
    end
    vim.ui.select(result.runs, { prompt = "Runs", kind = "spelunk.runs", format_item = line }, function(chosen)
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
    return vim.notify("spelunk: nothing was asked in this session; :Spelunk trace RUN shows an earlier run", vim.log.levels.WARN)
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
