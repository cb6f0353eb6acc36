-- The way from a citation in an answer to its lines.

local citations = require("spelunk.answer.citations")
local M = {}

local flash = vim.api.nvim_create_namespace("spelunk.target")

---The citation under the cursor, else the next one in its line, else the last before it.
---@return spelunk.Cited?, spelunk.Exchange?, integer? index
local function under_cursor()
  local bufnr = vim.api.nvim_get_current_buf()
  local cursor = vim.api.nvim_win_get_cursor(0)
  local exchange = require("spelunk.answer").at(bufnr, cursor[1])
  if not exchange or not exchange.finish then
    return nil, exchange
  end
  local row = cursor[1] - 1 - (require("spelunk.answer.buffer").line(bufnr, exchange) + 1)
  local best ---@type spelunk.Mention?
  for _, mention in ipairs(citations.mentions({ exchange.drawn[row + 1] or "" }, exchange.finish.citations)) do
    best = mention
    if cursor[2] < mention.to then
      break
    end
  end
  if best then
    return exchange.finish.citations[best.cited], exchange, best.cited
  end
  return nil, exchange
end

---@param cited spelunk.Cited
---@param root string
---@param whole boolean go to the file, not to the lines
local function show(cited, root, whole)
  local location = citations.location(cited, root)
  local name = vim.uri_to_fname(location.uri)
  if not vim.uv.fs_stat(name) and vim.fn.bufloaded(name) == 0 then
    return vim.notify(("spelunk: %s is not there any more"):format(cited.path), vim.log.levels.WARN)
  end
  vim.api.nvim_set_current_win(require("spelunk.answer.window").for_file())
  vim.cmd("normal! m'")
  local bufnr = vim.uri_to_bufnr(location.uri)
  vim.bo[bufnr].buflisted = true
  vim.api.nvim_win_set_buf(0, bufnr)
  if not whole then
    local count = vim.api.nvim_buf_line_count(bufnr)
    local first = math.min(location.range.start.line, count - 1)
    local last = math.min(first + cited.to - cited.from, count - 1)
    vim.api.nvim_win_set_cursor(0, { first + 1, 0 })
    vim.cmd("normal! zvzz")
    vim.hl.range(bufnr, flash, "SpelunkCitationTarget", { first, 0 }, { last, 0 }, { regtype = "V", timeout = 600 })
  end
  local remark = citations.remark(cited)
  if remark and not whole then
    vim.notify(("spelunk: %s:%d: %s"):format(cited.path, cited.from, remark), vim.log.levels.WARN)
  end
end

---Goes to the lines of the citation under the cursor: where they are now, as the server has it.
---@param whole? boolean to the file alone
function M.to_lines(whole)
  local cited, exchange, index = under_cursor()
  local bufnr = vim.api.nvim_get_current_buf()
  local root = vim.b[bufnr].spelunk_root
  if not cited or not exchange then
    return vim.notify("spelunk: there is no citation in this line", vim.log.levels.WARN)
  end
  if exchange.elsewhere then
    local text = "spelunk: %s is in the workspace %s; ask for the history there to go to it"
    return vim.notify(text:format(cited.path, exchange.elsewhere), vim.log.levels.WARN)
  end
  local client = require("spelunk.client").of_root(root)
  if whole or not client then
    return show(cited, root, whole or false)
  end
  local win = vim.api.nvim_get_current_win()
  require("spelunk.client").request("spelunk/answered", { runId = exchange.run_id }, function(finish)
    local now = finish.citations[index]
    if now and now.path == cited.path and now.from == cited.from then
      exchange.finish, cited = finish, now
      if require("spelunk.answer").view(bufnr) then
        citations.mark(bufnr, exchange)
        local summary = require("spelunk.answer.text").summary(exchange)
        require("spelunk.answer.buffer").summarize(bufnr, exchange, summary)
      end
    end
    if vim.api.nvim_get_current_win() == win then
      show(cited, root, false)
    end
  end, {
    client = client,
    -- A run that was not recorded: what is known of it has to do.
    on_error = function()
      show(cited, root, false)
    end,
  })
end

return M
