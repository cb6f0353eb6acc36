-- The buffer of an answer: how it is made, and how questions, texts and what stands beside them get into it.

local M = {}

local heads = vim.api.nvim_create_namespace("spelunk.heads")
local beside = vim.api.nvim_create_namespace("spelunk.beside")

---Runs `change` while a buffer can be changed.
---@param bufnr integer
---@param change fun()
local function changing(bufnr, change)
  vim.bo[bufnr].modifiable = true
  change()
  vim.bo[bufnr].modifiable = false
  vim.bo[bufnr].modified = false
end

---Makes an empty buffer, or empties the one of that name.
---@param name string
---@param root string its workspace
---@param filetype string
---@return integer
function M.create(name, root, filetype)
  local bufnr = vim.fn.bufadd(name)
  -- Before it is loaded: a repository may have a file of that name, whose text and modelines are not wanted.
  vim.bo[bufnr].buftype = "nofile"
  vim.fn.bufload(bufnr)
  vim.b[bufnr].spelunk_root = root
  M.clear(bufnr, filetype)
  return bufnr
end

---Makes a buffer what it is at first: empty, and of its type.
---@param bufnr integer
---@param filetype string
function M.clear(bufnr, filetype)
  local options = vim.bo[bufnr]
  options.buftype, options.bufhidden, options.swapfile, options.undolevels = "nofile", "hide", false, -1
  changing(bufnr, function()
    vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, {})
  end)
  vim.api.nvim_buf_clear_namespace(bufnr, -1, 0, -1)
  options.filetype = filetype
  if filetype == "markdown" then
    pcall(vim.treesitter.start, bufnr, "markdown")
  end
end

---Makes a buffer of one text, read from its beginning.
---@param name string
---@param root string
---@param filetype string
---@param text string
---@return integer
function M.page(name, root, filetype, text)
  local bufnr = M.create(name, root, filetype)
  changing(bufnr, function()
    vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, vim.split(text, "\n", { plain = true }))
  end)
  return bufnr
end

---Where the line of an exchange's question is now, from 1.
---@param bufnr integer
---@param exchange spelunk.Exchange
---@return integer
function M.line(bufnr, exchange)
  local at = vim.api.nvim_buf_get_extmark_by_id(bufnr, heads, exchange.head, {})
  return (at[1] or 0) + 1
end

---Adds a question at the end.
---@param bufnr integer
---@param question string
---@return integer head the extmark of its line
function M.ask(bufnr, question)
  local line = vim.api.nvim_buf_line_count(bufnr)
  local empty = line == 1 and vim.api.nvim_buf_get_lines(bufnr, 0, 1, false)[1] == ""
  local lines = { "# " .. question:gsub("%s+", " "), "", "" }
  if not empty then
    table.insert(lines, 1, "")
  end
  changing(bufnr, function()
    vim.api.nvim_buf_set_lines(bufnr, empty and 0 or line, -1, false, lines)
  end)
  return vim.api.nvim_buf_set_extmark(bufnr, heads, empty and 0 or line + 1, 0, {})
end

---Makes `lines` what stands below a question, the last one of its buffer unless nothing changes. Only what differs is
---written, so that neither cursors nor highlights of what is there already move.
---@param bufnr integer
---@param exchange spelunk.Exchange
---@param lines string[]
function M.draw(bufnr, exchange, lines)
  local same, drawn = 0, exchange.drawn
  while same < #lines and same < #drawn and lines[same + 1] == drawn[same + 1] do
    same = same + 1
  end
  if same < #lines or same < #drawn then
    local first = M.line(bufnr, exchange) + 1
    changing(bufnr, function()
      vim.api.nvim_buf_set_lines(bufnr, first + same, -1, false, vim.list_slice(lines, same + 1))
    end)
    exchange.drawn = lines
  end
end

---Breaks a line at spaces, for lines that are not in the text are not wrapped.
---@param text string
---@param width integer
---@return string[]
local function broken(text, width)
  local lines, line = {}, ""
  for word in text:gmatch("%S+") do
    if line ~= "" and vim.fn.strdisplaywidth(line .. " " .. word) > width then
      table.insert(lines, line)
      line = word
    else
      line = line == "" and word or line .. " " .. word
    end
  end
  return vim.list_extend(lines, { line })
end

---@param bufnr integer
---@param lines { [1]: string, [2]: string }[] text and highlight group
---@return { [1]: string, [2]: string }[][] virtual lines that fit into the buffer's window
local function wrapped(bufnr, lines)
  local win = vim.fn.bufwinid(bufnr)
  local width = win > 0 and vim.api.nvim_win_get_width(win) - 1 or 78
  local fitting = {}
  for _, line in ipairs(lines) do
    for _, part in ipairs(broken(line[1], width)) do
      table.insert(fitting, { { part, line[2] } })
    end
  end
  return fitting
end

---Shows lines of `{ text, group }` below an exchange, not in the text.
---@param bufnr integer
---@param exchange spelunk.Exchange
---@param lines { [1]: string, [2]: string }[]
function M.summarize(bufnr, exchange, lines)
  local last = M.line(bufnr, exchange) + math.max(#exchange.drawn, 1)
  vim.api.nvim_buf_clear_namespace(bufnr, beside, last - 1, last + 1)
  last = math.min(last, vim.api.nvim_buf_line_count(bufnr) - 1)
  vim.api.nvim_buf_set_extmark(bufnr, beside, last, 0, { virt_lines = wrapped(bufnr, lines) })
end

---Shows a remark below a question, not in the text.
---@param bufnr integer
---@param exchange spelunk.Exchange
---@param remark string
function M.note(bufnr, exchange, remark)
  vim.api.nvim_buf_set_extmark(bufnr, beside, M.line(bufnr, exchange) - 1, 0, {
    virt_lines = wrapped(bufnr, { { remark, "SpelunkSummary" } }),
  })
end

return M
