-- What the keys of a plan's buffer do; `mappings.plan` of the options says which keys these are.

local api = vim.api
local M = {}

---@return integer bufnr
---@return spelunk.PlanView
local function here()
  local bufnr = api.nvim_get_current_buf()
  local view = assert(require("spelunk.plan.buffer").view(bufnr), "no plan in this buffer")
  return bufnr, view
end

---Switches what the cursor is on: a step, the doubtful places, or the yes to a file that a tool executes.
local function toggle()
  local buffer, choice = require("spelunk.plan.buffer"), require("spelunk.plan.choice")
  local bufnr, view = here()
  local item = buffer.item()
  if not item then
    return
  elseif item.kind == "doubt" or item.kind == "doubts" then
    view.choice.doubtful = not view.choice.doubtful
  elseif item.file and item.file.executed then
    choice.toggle_executed(view.choice, item.file.path)
  elseif item.step then
    choice.toggle_step(view.choice, item.step)
  end
  buffer.draw(bufnr)
end

---Opens the file that the cursor is on, where the change is.
local function jump()
  local _, view = here()
  local item = require("spelunk.plan.buffer").item()
  if not item or not item.path then
    return vim.cmd("silent! normal! za")
  end
  require("spelunk.plan.place").open(view, item)
end

---The keys of an action, as configured.
---@param name string
---@return string[]
function M.of(name)
  local keys = require("spelunk.config").get().mappings.plan[name]
  if type(keys) == "table" then
    return keys
  end
  return keys and { keys } or {}
end

---The keys that are needed first, in one line.
---@return string
function M.hint()
  return vim
    .iter({ "toggle", "diff", "apply", "verify", "help" })
    :map(function(name)
      local key = M.of(name)[1]
      return key and (key .. " " .. name)
    end)
    :join(" · ")
end

local function help()
  local lines = {}
  for name, action in vim.spairs(M.actions) do
    local keys = table.concat(M.of(name), " ")
    if keys ~= "" then
      table.insert(lines, ("%-12s %s"):format(keys, action.about))
    end
  end
  vim.lsp.util.open_floating_preview(lines, "text", { border = "rounded", title = " Keys ", focusable = false })
end

---@param action string a function of `spelunk.plan.actions`
---@return fun()
local function act(action)
  return function()
    local bufnr, view = here()
    local actions = require("spelunk.plan.actions") ---@type table<string, fun(bufnr: integer, view: spelunk.PlanView)>
    actions[action](bufnr, view)
  end
end

---@type table<string, { about: string, run: fun() }>
M.actions = {
  toggle = { about = "switch the step, the doubtful places, or the yes to an executed file", run = toggle },
  jump = { about = "open the file where the change is; elsewhere, open or close the fold", run = jump },
  diff = { about = "show what changes in the file under the cursor", run = act("diff") },
  apply = { about = "apply what is chosen", run = act("apply") },
  verify = { about = "run the machine's verify command over a copy", run = act("verify") },
  undo = { about = "take back what was applied", run = act("undo") },
  copy = { about = "copy the whole plan as a patch, into the register given", run = act("copy") },
  refresh = { about = "look again at what is stale", run = act("refresh") },
  stop = { about = "stop the verify command", run = act("stop") },
  close = { about = "close the window", run = act("close") },
  help = { about = "show these keys", run = help },
}

return M
