-- The line above an answer: what its run does, for how long and for how much money.

local runs = require("spelunk.runs")
local text = require("spelunk.answer.text")
local M = {}

---A run under way in one line.
---@param run spelunk.Run
---@return string
function M.line(run)
  local parts = { text.time((vim.uv.now() - run.began) / 1000), text.cost(run.spent) }
  if run.turn > 0 then
    table.insert(parts, "turn " .. run.turn)
  end
  local leaves = vim.iter(run.calls):fold(0, function(count, _, call)
    return count + (call.role == "leaf" and 1 or 0)
  end)
  if leaves > 0 then
    table.insert(parts, leaves .. (leaves == 1 and " call" or " calls"))
  end
  if run.children > 0 then
    table.insert(parts, run.children .. (run.children == 1 and " child" or " children"))
  end
  table.insert(parts, (run.activity:gsub("%s+", " ")))
  return table.concat(parts, " · ")
end

---The line of the window that is drawn: the run under way, else the question above what is read.
---@return string
function M.text()
  local answer = require("spelunk.answer")
  local run = answer.run(vim.api.nvim_get_current_buf())
  if run and not run.finish then
    return M.line(run)
  end
  local exchange = answer.at(vim.api.nvim_get_current_buf(), vim.fn.line("."))
  return exchange and (exchange.question:gsub("%s+", " ")) or ""
end

local ticking = false

---Draws anew twice a second, as long as something is under way.
function M.tick()
  if ticking then
    return
  end
  ticking = true
  local timer = assert(vim.uv.new_timer())
  timer:start(
    0,
    500,
    vim.schedule_wrap(function()
      vim.cmd.redrawstatus({ bang = true })
      if #runs.running() == 0 and not timer:is_closing() then
        timer:close()
        ticking = false
      end
    end)
  )
end

return M
