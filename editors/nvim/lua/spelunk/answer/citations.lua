-- Citations in the text of an answer: where they stand, how they look, and where their lines are.

local M = {}

local space = vim.api.nvim_create_namespace("spelunk.citations")

local groups = {
  valid = "SpelunkCitationValid",
  moved = "SpelunkCitationMoved",
  stale = "SpelunkCitationStale",
  unsupported = "SpelunkCitationUnsupported",
}

---@class spelunk.Mention
---@field row integer from 0, below the question
---@field from integer byte, from 0
---@field to integer byte, exclusive
---@field cited integer which citation

---The end of `:12-20` and its like behind a path, when these are the lines meant.
---@param line string
---@param at integer the byte behind the path, from 1
---@param cited spelunk.Cited|spelunk.Uncited
---@return integer? last from 1
local function lines_behind(line, at, cited)
  local rest = line:sub(at)
  local from = rest:match("^:L?(%d+)") or rest:match("^#L(%d+)")
  if not from or tonumber(from) ~= cited.from then
    return nil
  end
  local head = rest:match("^:L?%d+") or rest:match("^#L%d+")
  local tail = rest:match("^[-]L?%d+", #head + 1) or rest:match("^–L?%d+", #head + 1) or ""
  local to = tonumber(tail:match("%d+$") or from)
  return to == cited.to and at + #head + #tail - 1 or nil
end

---Where a text mentions citations, in order.
---@param lines string[]
---@param citations (spelunk.Cited|spelunk.Uncited)[]
---@return spelunk.Mention[]
function M.mentions(lines, citations)
  local found = {} ---@type spelunk.Mention[]
  for row, line in ipairs(lines) do
    for index, cited in ipairs(citations) do
      local first, last = line:find(cited.path, 1, true)
      while first and last do
        local behind = lines_behind(line, last + 1, cited)
        -- The end of a longer path is another one.
        local before = line:sub(first - 1, first - 1)
        local starts = first == 1 or not before:match("[%w_/.@+~$-]") or line:sub(first - 2, first - 1) == "./"
        if behind and starts then
          table.insert(found, { row = row - 1, from = first - 1, to = behind, cited = index })
        end
        first, last = line:find(cited.path, last + 1, true)
      end
    end
  end
  table.sort(found, function(a, b)
    return a.row < b.row or (a.row == b.row and a.from < b.from)
  end)
  return found
end

---What is to be said of a citation; nil when its lines hold.
---@param cited spelunk.Cited
---@return string?
function M.remark(cited)
  if cited.status == "moved" then
    local range = cited.location and cited.location.range
    return range and ("moved to line %d"):format(range.start.line + 1) or "moved"
  elseif cited.status == "stale" then
    return "stale: these lines have changed since"
  elseif cited.status == "unsupported" then
    local missing = cited.missing or {}
    return #missing > 0 and ("these lines do not name %s"):format(table.concat(missing, ", ")) or "not supported"
  end
end

---Highlights the citations of an exchange by how they stand.
---@param bufnr integer
---@param exchange spelunk.Exchange
function M.mark(bufnr, exchange)
  local first = require("spelunk.answer.buffer").line(bufnr, exchange) + 1
  local finish = assert(exchange.finish)
  vim.api.nvim_buf_clear_namespace(bufnr, space, first, first + #exchange.drawn)
  local remarks = {} ---@type table<integer, string[]>
  for _, mention in ipairs(M.mentions(exchange.drawn, finish.citations)) do
    local cited = finish.citations[mention.cited]
    local row = first + mention.row
    vim.api.nvim_buf_set_extmark(bufnr, space, row, mention.from, {
      end_col = mention.to,
      hl_group = groups[cited.status],
      priority = 200,
    })
    local remark = M.remark(cited)
    if remark then
      remarks[row] = remarks[row] or {}
      table.insert(remarks[row], remark)
    end
  end
  for _, mention in ipairs(M.mentions(exchange.drawn, finish.dropped)) do
    vim.api.nvim_buf_set_extmark(bufnr, space, first + mention.row, mention.from, {
      end_col = mention.to,
      hl_group = "SpelunkCitationDropped",
      priority = 199,
    })
  end
  for row, texts in pairs(remarks) do
    vim.api.nvim_buf_set_extmark(bufnr, space, row, 0, {
      virt_text = { { " " .. table.concat(texts, "; "), "SpelunkRemark" } },
      virt_text_pos = "eol",
    })
  end
end

---The line of the answer that first mentions each citation, by its place in the list.
---@param exchange spelunk.Exchange
---@return table<integer, string>
function M.excerpts(exchange)
  local excerpts = {} ---@type table<integer, string>
  local lines = require("spelunk.answer.text").body(exchange)
  for _, mention in ipairs(M.mentions(lines, assert(exchange.finish).citations)) do
    excerpts[mention.cited] = excerpts[mention.cited] or vim.trim(lines[mention.row + 1] or "")
  end
  return excerpts
end

---Where a citation's lines are, as a location.
---@param cited spelunk.Cited
---@param root string
---@return lsp.Location
function M.location(cited, root)
  if cited.location then
    return cited.location
  end
  local line = math.max(cited.from - 1, 0)
  return {
    uri = vim.uri_from_fname(vim.fs.joinpath(root, cited.path)),
    range = {
      start = { line = line, character = 0 },
      ["end"] = { line = math.max(cited.to - 1, line), character = 0 },
    },
  }
end

return M
