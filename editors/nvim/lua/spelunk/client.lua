-- The language server's clients, one for each workspace: how the one for a buffer is found, and asked.

local config = require("spelunk.config")
local M = {}

local NAME = "spelunk"
---@param text string
local function fail(text)
  vim.notify("spelunk: " .. text, vim.log.levels.ERROR)
end

---The workspace of a buffer: of ours by `vim.b.spelunk_root`, of files by their folder, else of the current folder.
---@param bufnr integer
---@return string?
function M.root(bufnr)
  local ours = vim.b[bufnr].spelunk_root
  if ours then
    return ours
  end
  local attached = vim.lsp.get_clients({ name = NAME, bufnr = bufnr })[1]
  if attached then
    return attached.root_dir
  end
  local root = require("spelunk.root")
  local name = vim.api.nvim_buf_get_name(bufnr)
  -- A file that is left alone, for its size, still says which workspace is meant.
  local file = vim.bo[bufnr].buftype == "" and vim.uv.fs_stat(name) and root.of(name)
  return root.of_buffer(bufnr) or file or root.of(vim.fn.getcwd())
end

---The ready client of a workspace.
---@param root string?
---@return vim.lsp.Client?
function M.of_root(root)
  return vim.iter(vim.lsp.get_clients({ name = NAME })):find(function(client)
    return client.root_dir == root and client.initialized and not client:is_stopped()
  end)
end

---The ready client for a buffer: the one attached to it, else that of its workspace.
---@param bufnr? integer the current one when not given
---@return vim.lsp.Client?
function M.get(bufnr)
  return M.of_root(M.root(bufnr or vim.api.nvim_get_current_buf()))
end

---Finds or starts the client of a buffer's workspace and hands it over when it is ready. What prevents it is said, or
---given to `on_error`; without a message where it has been said.
---@param bufnr integer
---@param callback fun(client: vim.lsp.Client)
---@param on_error? fun(message: string?)
function M.with(bufnr, callback, on_error)
  local tell = on_error or fail
  local root = M.root(bufnr)
  local ready = M.of_root(root)
  if ready then
    return callback(ready)
  end
  if not root then
    local markers = vim.iter(config.get().root_markers):flatten():join(", ")
    return tell(
      ("neither this file nor the current folder lies in a workspace (a folder with %s); :cd to one"):format(markers)
    )
  end
  local server = require("spelunk.server")
  if server.can_start(true) then
    server.begin(root, bufnr, function(client, problem)
      if client then
        callback(client)
      elseif problem then
        tell(problem)
      elseif on_error then
        on_error(nil)
      end
    end)
  elseif on_error then
    on_error(nil)
  end
end

---Asks the server of a buffer's workspace, or one that is given. Errors are said, or given to `on_error`; without a
---message where they have been said.
---@param method string
---@param params table
---@param callback fun(result: any, client: vim.lsp.Client)
---@param opts? { bufnr?: integer, client?: vim.lsp.Client, on_error?: fun(message: string?) }
function M.request(method, params, callback, opts)
  opts = opts or {}
  local tell = opts.on_error or fail
  local function ask(client)
    -- Without a buffer, what was typed in any of them goes to the server before.
    local sent = client:request(method, params, function(err, result)
      if err then
        local message = err.message
        if err.code == vim.lsp.protocol.ErrorCodes.MethodNotFound then
          message = ("the server does not know %s: it is older than this plugin, update spelunk"):format(method)
        end
        tell(message)
      else
        callback(result, client)
      end
    end)
    if not sent then
      tell("the server is not running any more; :Spelunk restart starts it again")
    end
  end
  if opts.client then
    ask(opts.client)
  else
    M.with(opts.bufnr or vim.api.nvim_get_current_buf(), ask, opts.on_error)
  end
end

return M
