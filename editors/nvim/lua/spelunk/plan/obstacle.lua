-- What stands in the way of an edit, looked at before anything of it is done.

local api = vim.api
local M = {}

local UNSEEN = "it has unsaved changes that the server does not see; :write it first"

---@alias spelunk.Change lsp.TextDocumentEdit|lsp.CreateFile|lsp.RenameFile|lsp.DeleteFile

---What a change is about, as it is called before.
---@param change spelunk.Change
---@return string
function M.uri(change)
  local document = change.textDocument or {}
  return change.kind == "rename" and change.oldUri or change.uri or assert(document.uri)
end

---@param uri string
---@return string path to show
function M.shown(uri)
  return vim.fn.fnamemodify(vim.uri_to_fname(uri), ":~:.")
end

---The loaded buffer of a file, if it has one.
---@param uri string
---@return integer?
local function loaded(uri)
  local path = vim.uri_to_fname(uri)
  return vim.iter(api.nvim_list_bufs()):find(function(bufnr)
    return api.nvim_buf_is_loaded(bufnr) and vim.bo[bufnr].buftype == "" and api.nvim_buf_get_name(bufnr) == path
  end)
end

---@class spelunk.Paths What the changes before leave of the files.
---@field free table<string, true> paths that became free
---@field born table<string, true> URIs that are there only since

---Why a file cannot be removed or moved away.
---@param uri string
---@param kind "delete"|"rename"
---@param paths spelunk.Paths
---@param client vim.lsp.Client
---@return string?
local function leaving(uri, kind, paths, client)
  local path, bufnr = vim.uri_to_fname(uri), loaded(uri)
  if not vim.uv.fs_lstat(path) then
    return bufnr and "it was never written; :write it first" or "there is no such file"
  end
  local unsaved = bufnr and vim.bo[bufnr].modified
  if unsaved and kind == "delete" then
    return "it has unsaved changes, and would be removed; :write it first"
  end
  if unsaved and not client.attached_buffers[bufnr] then
    return UNSEEN
  end
  paths.free[path] = true
end

---Why a file cannot come into being.
---@param uri string
---@param paths spelunk.Paths
---@return string?
local function coming(uri, paths)
  local path = vim.uri_to_fname(uri)
  paths.born[uri] = true
  if paths.free[path] then
    return
  end
  if vim.uv.fs_lstat(path) then
    return "there is such a file already"
  end
  return loaded(uri) and "a buffer of that name is open" or nil
end

---Why a text cannot be edited.
---@param document lsp.OptionalVersionedTextDocumentIdentifier
---@param client vim.lsp.Client
---@return string?
local function editing(document, client)
  local bufnr, version = loaded(document.uri), document.version
  if not bufnr then
    return type(version) == "number" and "it was closed since; try again" or nil
  end
  if not vim.bo[bufnr].modifiable then
    return "its buffer is not modifiable"
  end
  if type(version) == "number" then
    return vim.lsp.util.buf_versions[bufnr] ~= version and "it was changed since; try again" or nil
  end
  if client.attached_buffers[bufnr] then
    return
  end
  -- The server has read the file, so the buffer has to be as the file is.
  vim.cmd.checktime(bufnr)
  return vim.bo[bufnr].modified and UNSEEN or nil
end

---The first reason for which changes cannot be applied as a whole, with the file that it is about.
---@param changes spelunk.Change[]
---@param client vim.lsp.Client
---@return string? reason
---@return integer? at index of the change, from 1
function M.find(changes, client)
  ---@type spelunk.Paths
  local paths = { free = {}, born = {} }
  for at, change in ipairs(changes) do
    local uri, why = M.uri(change), nil ---@type string, string?
    if change.kind == "delete" or change.kind == "rename" then
      why = leaving(uri, change.kind, paths, client)
    end
    if not why and (change.kind == "create" or change.kind == "rename") then
      uri = change.newUri or uri
      why = coming(uri, paths)
    end
    if change.textDocument and not paths.born[uri] then
      why = editing(change.textDocument, client)
    end
    if why then
      return M.shown(uri) .. ": " .. why, at
    end
  end
end

return M
