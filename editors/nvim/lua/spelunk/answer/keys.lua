-- The keys of an answer's buffer.

local M = {}

---@type table<string, { about: string, run: fun() }>
M.actions = {
  jump = {
    about = "go to the lines of the citation",
    run = function()
      require("spelunk.answer.jump").to_lines()
    end,
  },
  file = {
    about = "go to the file of the citation",
    run = function()
      require("spelunk.answer.jump").to_lines(true)
    end,
  },
  follow_up = {
    about = "go on in this conversation",
    run = function()
      require("spelunk").ask()
    end,
  },
  stop = {
    about = "stop the run",
    run = function()
      require("spelunk").stop()
    end,
  },
  answer_now = {
    about = "answer with what is known by now",
    run = function()
      require("spelunk").answer_now()
    end,
  },
  close = {
    about = "close the window",
    run = function()
      if not pcall(vim.api.nvim_win_close, 0, false) then
        vim.cmd.bprevious() -- The last window stays.
      end
    end,
  },
  help = {
    about = "show these keys",
    run = function()
      M.help()
    end,
  },
}

---Keys of an action, as configured.
---@param name string
---@return string[]
local function keys(name)
  local value = require("spelunk.config").get().mappings.answer[name]
  return type(value) == "table" and value or value and { value } or {}
end

---Sets the keys in a buffer.
---@param bufnr integer
function M.set(bufnr)
  for name, action in pairs(M.actions) do
    for _, key in ipairs(keys(name)) do
      vim.keymap.set("n", key, action.run, { buffer = bufnr, nowait = true, desc = "spelunk: " .. action.about })
    end
  end
end

---Shows the keys.
function M.help()
  local lines = {}
  for name, action in vim.spairs(M.actions) do
    if #keys(name) > 0 then
      table.insert(lines, ("%-12s %s"):format(table.concat(keys(name), " "), action.about))
    end
  end
  vim.lsp.util.open_floating_preview(lines, "text", { border = "rounded", title = " Keys ", focusable = false })
end

return M
