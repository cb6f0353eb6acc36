-- Where a question is asked: the cursor or a selection, in bytes as Neovim has them and in the protocol's positions.

local M = {}

---@class spelunk.Where Lines count from 0, columns are bytes from 0, the end is exclusive.
---@field bufnr integer
---@field line integer
---@field column integer
---@field end_line? integer only of a selection
---@field end_column? integer

---The column behind the character that begins or continues at a byte.
---@param bufnr integer
---@param line integer
---@param column integer
---@return integer
local function behind(bufnr, line, column)
  local text = vim.api.nvim_buf_get_lines(bufnr, line, line + 1, false)[1] or ""
  if column >= #text then
    return #text
  end
  return column + vim.str_utf_end(text, column + 1) + 1
end

---The lines of a range, or what was selected in them when the range comes from Visual mode.
---@param bufnr integer
---@param first integer from 1
---@param last integer from 1
---@return spelunk.Where
local function selection(bufnr, first, last)
  local from, to = vim.api.nvim_buf_get_mark(bufnr, "<"), vim.api.nvim_buf_get_mark(bufnr, ">")
  local text = vim.api.nvim_buf_get_lines(bufnr, last - 1, last, false)[1] or ""
  local where = { bufnr = bufnr, line = first - 1, column = 0, end_line = last - 1, end_column = #text }
  if from[1] == first and to[1] == last and vim.fn.visualmode() == "v" then
    where.column = from[2]
    where.end_column = vim.o.selection == "exclusive" and to[2] or behind(bufnr, last - 1, to[2])
  end
  return where
end

---Where the cursor or the range of a command is; nil in a buffer without a file.
---@param range? { [1]: integer, [2]: integer } lines from 1, inclusive
---@return spelunk.Where?
function M.capture(range)
  local bufnr = vim.api.nvim_get_current_buf()
  if not require("spelunk.root").is_file(bufnr) then
    return nil
  end
  if range then
    return selection(bufnr, range[1], range[2])
  end
  local cursor = vim.api.nvim_win_get_cursor(0)
  return { bufnr = bufnr, line = cursor[1] - 1, column = cursor[2] }
end

---A byte's position as a client counts.
---@param where spelunk.Where
---@param line integer
---@param column integer
---@param encoding "utf-8"|"utf-16"|"utf-32"
---@return lsp.Position
local function position(where, line, column, encoding)
  local text = vim.api.nvim_buf_get_lines(where.bufnr, line, line + 1, false)[1] or ""
  return { line = line, character = vim.str_utfindex(text, encoding, math.min(column, #text), false) }
end

---The place as the protocol has it.
---@param where spelunk.Where
---@param client vim.lsp.Client
---@return spelunk.Place
function M.convert(where, client)
  local encoding = client.offset_encoding
  local start = position(where, where.line, where.column, encoding)
  local place = { uri = vim.uri_from_bufnr(where.bufnr) } ---@type spelunk.Place
  if where.end_line then
    local last, column = where.end_line, where.end_column or 0
    place.range = { start = start, ["end"] = position(where, last, column, encoding) }
  else
    place.position = start
  end
  return place
end

return M
