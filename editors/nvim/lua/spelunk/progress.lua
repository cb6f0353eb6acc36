-- Tells of runs as Neovim tells of other work of language servers: by `LspProgress` and `vim.lsp.status()`.

local runs = require("spelunk.runs")
local M = {}

---@param run spelunk.Run
---@param kind "begin"|"report"|"end"
---@param message? string
local function tell(run, kind, message)
  local client = vim.lsp.get_client_by_id(run.client_id)
  if not client then
    return
  end
  local value = { kind = kind, title = run.plan and "Planning" or "Asking", message = message }
  local params = { token = "spelunk/run/" .. run.id, value = value }
  client.progress:push(params)
  vim.api.nvim_exec_autocmds("LspProgress", {
    pattern = kind,
    modeline = false,
    data = { client_id = run.client_id, params = params },
  })
end

---Tells of a run until it ends.
---@param run spelunk.Run
function M.follow(run)
  tell(run, "begin")
  require("spelunk.answer.winbar").tick()
  local last = "" -- that was told
  runs.listen(run, function(_, event)
    if event.kind == "end" then
      tell(run, "end", require("spelunk.answer.text").outcome(assert(run.finish)))
    elseif run.activity ~= last then
      last = run.activity
      tell(run, "report", last)
    end
  end)
end

return M
