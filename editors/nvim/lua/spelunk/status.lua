-- A component for status lines.

local M = {}

---The runs under way, the one that began last in words; empty when there are none.
---@return string
function M.line()
  local running = require("spelunk.runs").running()
  if #running == 0 then
    return ""
  end
  local line = require("spelunk.answer.winbar").line(running[#running])
  local others = #running > 1 and ("%d runs · "):format(#running) or ""
  return "spelunk: " .. others .. line
end

return M
