-- The buffers of plans: drawn from what is known of a plan, drawn again when a choice changes, and their keys.

local api = vim.api
local M = {}

local namespace = api.nvim_create_namespace("spelunk.plan")

---@type table<integer, { view: spelunk.PlanView, page: spelunk.PlanPage }> by buffer
local shown = {}

---Of a window on a plan, for 'foldexpr'.
---@return string
function M.fold()
  local plan = shown[api.nvim_get_current_buf()]
  return plan and plan.page.folds[vim.v.lnum] or "0"
end

---@param bufnr integer
---@return spelunk.PlanView?
function M.view(bufnr)
  return shown[bufnr] and shown[bufnr].view
end

---Of a window on a plan, for 'winbar'.
---@return string
function M.bar()
  local plan = shown[api.nvim_get_current_buf()]
  return plan and (plan.view.busy or plan.view.said or require("spelunk.plan.keys").hint()) or ""
end

---What the line under the cursor is about.
---@return spelunk.PlanItem?
function M.item()
  local plan = shown[api.nvim_get_current_buf()]
  return plan and plan.page.items[api.nvim_win_get_cursor(0)[1]]
end

---The buffer of a run's plan, if there is one.
---@param run_id spelunk.RunId
---@return integer?
function M.of_run(run_id)
  return vim.iter(pairs(shown)):find(function(_, plan)
    return plan.view.run_id == run_id
  end)
end

---Replaces the lines that differ, so that folds and the cursor stay.
---@param bufnr integer
---@param lines string[]
local function set_lines(bufnr, lines)
  local old = api.nvim_buf_get_lines(bufnr, 0, -1, false)
  local first = 1
  while first <= #lines and first <= #old and lines[first] == old[first] do
    first = first + 1
  end
  local same = 0
  while same < math.min(#lines, #old) - first + 1 and lines[#lines - same] == old[#old - same] do
    same = same + 1
  end
  if #lines == #old then
    -- A fold loses its state when its lines are replaced as a block.
    for row = first, #lines - same do
      if lines[row] ~= old[row] then
        api.nvim_buf_set_text(bufnr, row - 1, 0, row - 1, #old[row], { lines[row] })
      end
    end
  else
    api.nvim_buf_set_lines(bufnr, first - 1, #old - same, false, vim.list_slice(lines, first, #lines - same))
  end
end

---Draws the buffer anew.
---@param bufnr integer
function M.draw(bufnr)
  local plan = shown[bufnr]
  plan.page = require("spelunk.plan.render").page(plan.view)
  vim.bo[bufnr].modifiable = true
  set_lines(bufnr, plan.page.lines)
  vim.bo[bufnr].modifiable, vim.bo[bufnr].modified = false, false
  api.nvim_buf_clear_namespace(bufnr, namespace, 0, -1)
  for _, mark in ipairs(plan.page.marks) do
    local options = { end_col = mark.to, hl_group = mark.group }
    api.nvim_buf_set_extmark(bufnr, namespace, mark.row, mark.from, options)
  end
  vim.cmd.redrawstatus({ bang = true })
end

---@param bufnr integer
local function set_keys(bufnr)
  local keys = require("spelunk.plan.keys")
  for name, action in pairs(keys.actions) do
    for _, key in ipairs(keys.of(name)) do
      vim.keymap.set("n", key, action.run, { buffer = bufnr, nowait = true, desc = "spelunk: " .. action.about })
    end
  end
end

---Folds are the window's.
---@param window integer
local function set_window(window)
  local wo = vim.wo[window][0]
  wo.foldmethod, wo.foldexpr = "expr", "v:lua.require'spelunk.plan.buffer'.fold()"
  wo.foldtext, wo.foldlevel, wo.foldenable, wo.fillchars = "", 1, true, "fold: "
  wo.number, wo.relativenumber, wo.signcolumn, wo.list = false, false, "no", false
  wo.wrap, wo.linebreak, wo.breakindent, wo.cursorline = true, true, true, true
  wo.winbar = "%#SpelunkProgress# %{v:lua.require'spelunk.plan.buffer'.bar()}"
end

---The buffer of a plan, drawn.
---@param view spelunk.PlanView
---@param root string the workspace
---@return integer bufnr
function M.open(view, root)
  local bufnr = M.of_run(view.run_id)
  if bufnr then
    local before = shown[bufnr].view
    view.choice, view.applied = before.choice, before.applied
    shown[bufnr].view = view
    M.draw(bufnr)
    return bufnr
  end
  bufnr = api.nvim_create_buf(false, true)
  api.nvim_buf_set_name(bufnr, "spelunk://plan/" .. view.run_id)
  vim.b[bufnr].spelunk_root = root
  vim.b[bufnr].spelunk_run = view.run_id
  vim.bo[bufnr].bufhidden, vim.bo[bufnr].swapfile, vim.bo[bufnr].undolevels = "hide", false, -1
  shown[bufnr] = { view = view, page = { lines = {}, marks = {}, items = {}, folds = {} } }
  api.nvim_create_autocmd("BufWinEnter", {
    buffer = bufnr,
    callback = function()
      set_window(api.nvim_get_current_win())
    end,
  })
  api.nvim_create_autocmd("BufWipeout", {
    buffer = bufnr,
    callback = function()
      shown[bufnr] = nil
    end,
  })
  M.draw(bufnr)
  vim.bo[bufnr].filetype = "spelunk-plan"
  set_keys(bufnr)
  return bufnr
end

return M
