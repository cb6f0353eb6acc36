-- Opens the files that a plan names, where its changes are.

local api = vim.api
local M = {}

---The file as it is now: before the plan is applied a moved one is where it was.
---@param view spelunk.PlanView
---@param item spelunk.PlanItem
---@return string? path absolute
function M.file(view, item)
  local client = vim.lsp.get_client_by_id(view.client_id)
  local root = client and client.root_dir or vim.b.spelunk_root
  local planned = item.file
    or vim.iter(view.plan.files):find(function(file)
      return file.path == item.path or file.before == item.path
    end)
  local paths = { item.path, planned and planned.path or nil, planned and planned.before or nil }
  local uris = vim.iter({ planned, unpack(view.plan.doubts) }):filter(function(one)
    return one.path == item.path and one.uri
  end)
  local candidates = uris
    :map(function(one)
      return vim.uri_to_fname(one.uri)
    end)
    :totable()
  for _, path in ipairs(paths) do
    table.insert(candidates, vim.fs.joinpath(root, path))
  end
  return vim.iter(candidates):find(function(path)
    return vim.uv.fs_stat(path) ~= nil or vim.fn.bufloaded(path) == 1
  end)
end

---@param view spelunk.PlanView
---@param item spelunk.PlanItem
function M.open(view, item)
  local path = M.file(view, item)
  if not path then
    return vim.notify(("spelunk: %s is not there yet; the plan creates it"):format(item.path))
  end
  api.nvim_set_current_win(require("spelunk.answer.window").for_file())
  vim.cmd("normal! m'")
  local bufnr = vim.fn.bufadd(path)
  vim.bo[bufnr].buflisted = true
  api.nvim_win_set_buf(0, bufnr)
  local line = math.min(item.line or 1, api.nvim_buf_line_count(0))
  api.nvim_win_set_cursor(0, { line, 0 })
  vim.cmd("normal! ^zv")
end

return M
