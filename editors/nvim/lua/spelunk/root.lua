-- Which buffers the server is for, and the folder that is the workspace of each.

local config = require("spelunk.config")
local M = {}

---Whether a buffer is a file of reasonable size, and neither a terminal nor what another plugin shows under a URL.
---@param bufnr integer
---@return boolean
function M.is_file(bufnr)
  local name = vim.api.nvim_buf_get_name(bufnr)
  if vim.bo[bufnr].buftype ~= "" or name == "" or name:match("^%a[%w+.-]+://") then
    return false
  end
  local stat = vim.uv.fs_stat(name)
  if stat then
    return stat.type == "file" and stat.size <= config.get().max_bytes
  end
  -- A file that is not written yet.
  return vim.fn.isdirectory(vim.fs.dirname(name)) == 1
end

---The workspace of a path, if it lies in one.
---@param path string
---@return string?
function M.of(path)
  return vim.fs.root(path, config.get().root_markers)
end

---The workspace of a buffer: the nearest folder with a marker, else the file's own where loose files are served.
---@param bufnr integer
---@return string?
function M.of_buffer(bufnr)
  if not M.is_file(bufnr) then
    return nil
  end
  local name = vim.api.nvim_buf_get_name(bufnr)
  return M.of(name) or (config.get().loose_files and vim.fs.dirname(name) or nil)
end

---`root_dir` of the client's configuration.
---@param bufnr integer
---@param on_dir fun(root: string)
function M.find(bufnr, on_dir)
  local server = require("spelunk.server")
  server.enabled = true
  local root = M.of_buffer(bufnr)
  if root and server.can_start() then
    on_dir(root)
  end
end

return M
