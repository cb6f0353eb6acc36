-- Windows of answers: where they open, and whether they follow the end of a growing text.

local M = {}

---@param bufnr integer
---@param size number
---@return integer
local function float(bufnr, size)
  local width = math.max(40, math.floor(vim.o.columns * size))
  local height = math.max(5, math.floor(vim.o.lines * 0.8))
  width, height = math.min(width, vim.o.columns - 2), math.min(height, vim.o.lines - 4)
  return vim.api.nvim_open_win(bufnr, true, {
    relative = "editor",
    width = width,
    height = height,
    row = math.floor((vim.o.lines - height) / 2) - 1,
    col = math.floor((vim.o.columns - width) / 2),
    border = "rounded",
    title = " spelunk ",
  })
end

---A window of this tab page with a buffer of ours: the one itself, else any.
---@param bufnr integer
---@return integer?
local function ours(bufnr)
  local found ---@type integer?
  for _, win in ipairs(vim.api.nvim_tabpage_list_wins(0)) do
    local shown = vim.api.nvim_win_get_buf(win)
    if shown == bufnr then
      return win
    end
    found = found or (vim.b[shown].spelunk_root and win)
  end
  return found
end

---@param bufnr integer
---@param kind "split"|"vsplit"|"float"|"tab"
---@param size number
---@return integer
local function new(bufnr, kind, size)
  if kind == "float" then
    return float(bufnr, size)
  elseif kind == "tab" then
    vim.cmd("tab split")
    vim.api.nvim_win_set_buf(0, bufnr)
    return vim.api.nvim_get_current_win()
  end
  local vertical = kind == "vsplit"
  local room = vertical and vim.o.columns or vim.o.lines
  return vim.api.nvim_open_win(bufnr, true, {
    split = vertical and "right" or "below",
    win = -1,
    [vertical and "width" or "height"] = math.max(1, math.floor(room * size)),
  })
end

---Shows a buffer in the window that shows it or another one of ours, else in a new one, and goes there.
---@param bufnr integer
---@param kind? "split"|"vsplit"|"float"|"tab" as the options say when not given
---@return integer win
function M.open(bufnr, kind)
  local options = require("spelunk.config").get().window
  local win = kind ~= "tab" and ours(bufnr) or nil
  if win then
    vim.api.nvim_win_set_buf(win, bufnr)
    vim.api.nvim_set_current_win(win)
  else
    win = new(bufnr, kind or options.kind, options.size)
  end
  local set = vim.wo[win][0]
  set.wrap, set.linebreak, set.number, set.relativenumber, set.signcolumn = true, true, false, false, "no"
  -- The mark at the end makes a line that is too long lose its end.
  set.winbar = "%#SpelunkProgress# %{v:lua.require'spelunk.answer.winbar'.text()}%<"
  return win
end

---Windows that show the end of a buffer and so go on with it.
---@param bufnr integer
---@return integer[]
function M.following(bufnr)
  local last = vim.api.nvim_buf_line_count(bufnr)
  return vim.tbl_filter(function(win)
    return vim.api.nvim_win_get_cursor(win)[1] >= last
  end, vim.fn.win_findbuf(bufnr))
end

---@param win integer
function M.to_end(win)
  vim.api.nvim_win_set_cursor(win, { vim.api.nvim_buf_line_count(vim.api.nvim_win_get_buf(win)), 0 })
end

---Shows a line at the top of a window.
---@param win integer
---@param line integer from 1
function M.to_line(win, line)
  vim.api.nvim_win_set_cursor(win, { line, 0 })
  vim.api.nvim_win_call(win, function()
    vim.fn.winrestview({ topline = line })
  end)
end

---A window for a file: the last one that shows one, else a new one beside the answer. An answer that floats is closed.
---@return integer
function M.for_file()
  local here = vim.api.nvim_get_current_win()
  local floats = vim.api.nvim_win_get_config(here).relative ~= ""
  local function fits(win)
    local bufnr = vim.api.nvim_win_get_buf(win)
    return win ~= here and vim.api.nvim_win_get_config(win).relative == "" and vim.bo[bufnr].buftype == ""
  end
  local candidates = { vim.fn.win_getid(vim.fn.winnr("#")) }
  vim.list_extend(candidates, vim.api.nvim_tabpage_list_wins(0))
  for _, win in ipairs(candidates) do
    if win ~= 0 and fits(win) then
      if floats then
        vim.api.nvim_win_close(here, false)
      end
      return win
    end
  end
  if floats then
    vim.api.nvim_win_close(here, false)
    return vim.api.nvim_get_current_win()
  end
  return vim.api.nvim_open_win(0, false, { split = "left", win = here })
end

return M
