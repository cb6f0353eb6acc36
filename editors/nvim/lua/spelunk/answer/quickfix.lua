-- The quickfix list of an answer's citations, in order.

local M = {}

---Puts the citations of an answer into a new quickfix list, as the options say.
---@param question string
---@param finish spelunk.End
---@param root string
---@param excerpts table<integer, string> what the answer says of each
function M.fill(question, finish, root, excerpts)
  local wanted = require("spelunk.config").get().quickfix
  if not wanted or #finish.citations == 0 then
    return
  end
  local citations = require("spelunk.answer.citations")
  local items = {}
  for index, cited in ipairs(finish.citations) do
    local location = citations.location(cited, root)
    local remark = citations.remark(cited)
    table.insert(items, {
      filename = vim.uri_to_fname(location.uri),
      lnum = location.range.start.line + 1,
      end_lnum = location.range.start.line + 1 + cited.to - cited.from,
      col = 1,
      type = remark and "W" or "",
      text = (remark and remark .. ": " or "") .. (excerpts[index] or ""),
    })
  end
  vim.fn.setqflist({}, " ", { title = "spelunk: " .. question, items = items, context = { spelunk = finish.runId } })
  if wanted == "open" then
    local win = vim.api.nvim_get_current_win()
    vim.cmd("botright copen")
    vim.api.nvim_set_current_win(win)
  end
end

return M
