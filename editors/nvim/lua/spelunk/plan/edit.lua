-- Applies the server's edits to buffers and files: all of an edit or none, each buffer's part as one block of undo.
--
-- Neovim's own `apply_workspace_edit` looks at versions for the first change alone, and says that it applied what it
-- skipped. So what can be wrong is looked at before the first change, and what fails all the same is taken back.

local api = vim.api
local obstacle = require("spelunk.plan.obstacle")
local M = {}

---@class spelunk.Applied What an edit did.
---@field label string
---@field buffers integer[] with text that was edited
---@field places vim.quickfix.entry[] what was changed, where it is now

---Of the edit that was applied last.
---@type spelunk.Applied?
M.last = nil

-- Octal 600 and 7777.
local OWNER_ONLY, PERMISSIONS = 384, 4095

local namespace = api.nvim_create_namespace("spelunk.edit")

---Says what is done here and what is not. Annotations are left out: what needs a yes is asked in the plan's buffer, and
---Neovim's own question could only be answered for a whole file.
---@param capabilities lsp.ClientCapabilities
function M.declare(capabilities)
  local edits = vim.tbl_get(capabilities, "workspace", "workspaceEdit")
  if edits then
    edits.documentChanges = true
    edits.changeAnnotationSupport = nil
    edits.failureHandling = "transactional"
  end
end

---Both forms of an edit as one list.
---@param edit lsp.WorkspaceEdit
---@return spelunk.Change[]
local function changes_of(edit)
  if edit.documentChanges then
    return edit.documentChanges
  end
  local changes = {}
  for uri, edits in vim.spairs(edit.changes or {}) do
    table.insert(changes, { textDocument = { uri = uri, version = vim.NIL }, edits = edits })
  end
  return changes
end

---Ends the block of undo that the buffer is in.
---@param bufnr integer
local function end_undo_block(bufnr)
  vim.bo[bufnr].undolevels = vim.bo[bufnr].undolevels
end

---Marks that stay where the edits of a document are made.
---@param bufnr integer
---@param edits lsp.TextEdit[]
---@param encoding "utf-8"|"utf-16"|"utf-32"
---@return integer[]
local function mark(bufnr, edits, encoding)
  return vim.tbl_map(function(edit)
    local start = edit.range.start
    local row = math.min(start.line, api.nvim_buf_line_count(bufnr) - 1)
    local line = api.nvim_buf_get_lines(bufnr, row, row + 1, false)[1] or ""
    local column = vim.str_byteindex(line, encoding, start.character, false)
    return api.nvim_buf_set_extmark(bufnr, namespace, row, column, { right_gravity = false })
  end, edits)
end

---The lines that marks are on, once each.
---@param bufnr integer
---@param marks integer[]
---@return vim.quickfix.entry[]
local function places(bufnr, marks)
  local found, rows = {}, {}
  for _, id in ipairs(marks) do
    local row, column = unpack(api.nvim_buf_get_extmark_by_id(bufnr, namespace, id, {}))
    if row and not rows[row] then
      rows[row] = true
      local text = vim.trim(api.nvim_buf_get_lines(bufnr, row, row + 1, false)[1] or "")
      table.insert(found, { bufnr = bufnr, lnum = row + 1, col = column + 1, text = text })
    end
  end
  api.nvim_buf_clear_namespace(bufnr, namespace, 0, -1)
  return found
end

---@alias spelunk.Inverse fun() takes a change back

---@param change lsp.TextDocumentEdit
---@param client vim.lsp.Client
---@param applied spelunk.Applied
---@return spelunk.Inverse
local function edit_text(change, client, applied)
  local bufnr = vim.uri_to_bufnr(change.textDocument.uri)
  vim.fn.bufload(bufnr)
  if not api.nvim_buf_is_loaded(bufnr) then
    error("it could not be opened", 0)
  end
  end_undo_block(bufnr)
  local before = api.nvim_buf_call(bufnr, vim.fn.undotree).seq_cur
  local edits = change.edits --[[@as lsp.TextEdit[] ]]
  local marks = mark(bufnr, edits, client.offset_encoding)
  local function take_back()
    api.nvim_buf_call(bufnr, function()
      vim.cmd("silent undo " .. before)
    end)
  end
  local done, why = pcall(vim.lsp.util.apply_text_edits, edits, bufnr, client.offset_encoding)
  end_undo_block(bufnr)
  if not done then
    take_back()
    error(why, 0)
  end
  vim.bo[bufnr].buflisted = true
  table.insert(applied.buffers, bufnr)
  vim.list_extend(applied.places, places(bufnr, marks))
  return take_back
end

---@param path string
---@return string bytes
---@return integer mode
local function read(path)
  local file = assert(vim.uv.fs_open(path, "r", 0))
  local stat = assert(vim.uv.fs_fstat(file))
  local bytes = assert(vim.uv.fs_read(file, stat.size, 0))
  vim.uv.fs_close(file)
  return bytes, bit.band(stat.mode, PERMISSIONS)
end

---@param path string
---@param bytes string
---@param mode integer
local function write_back(path, bytes, mode)
  local file = assert(vim.uv.fs_open(path, "wx", OWNER_ONLY))
  assert(vim.uv.fs_write(file, bytes, 0))
  vim.uv.fs_close(file)
  assert(vim.uv.fs_chmod(path, mode))
end

---@param change lsp.CreateFile|lsp.RenameFile|lsp.DeleteFile
---@param client vim.lsp.Client
---@param applied spelunk.Applied
---@return spelunk.Inverse
local function operate(change, client, applied)
  local path = vim.uri_to_fname(obstacle.uri(change))
  local goal = change.kind == "rename" and vim.uri_to_fname(change.newUri) or path
  local bytes, mode = "", 0
  if change.kind == "delete" then
    bytes, mode = read(path)
  end
  vim.lsp.util.apply_workspace_edit({ documentChanges = { change } }, client.offset_encoding)
  if change.kind ~= "delete" and not vim.uv.fs_lstat(goal) then
    error("it could not be made", 0)
  end
  if change.kind == "rename" then
    table.insert(applied.places, { filename = goal, lnum = 1, text = "was " .. obstacle.shown(change.oldUri) })
    return function()
      vim.lsp.util.rename(goal, path)
    end
  elseif change.kind == "create" then
    return function()
      vim.fs.rm(path)
      api.nvim_buf_delete(vim.fn.bufadd(path), { force = true })
    end
  end
  return function()
    write_back(path, bytes, mode)
  end
end

---@param inverses { path: string, take_back: spelunk.Inverse }[]
local function take_back(inverses)
  for index = #inverses, 1, -1 do
    local inverse = inverses[index]
    local done, why = pcall(inverse.take_back)
    if not done then
      vim.notify(("spelunk: %s could not be taken back: %s"):format(inverse.path, why), vim.log.levels.ERROR)
    end
  end
end

---Writes buffers; what cannot be written is said.
---@param buffers integer[]
local function write(buffers)
  for _, bufnr in ipairs(buffers) do
    local written, why = pcall(api.nvim_buf_call, bufnr, function()
      vim.cmd("silent update")
    end)
    if not written then
      local name = vim.fn.fnamemodify(api.nvim_buf_get_name(bufnr), ":~:.")
      vim.notify(("spelunk: %s could not be written: %s"):format(name, why), vim.log.levels.ERROR)
    end
  end
end

---Handles `workspace/applyEdit`.
---@param params lsp.ApplyWorkspaceEditParams
---@param client vim.lsp.Client
---@return { applied: boolean, failureReason?: string, failedChange?: integer }
function M.apply(params, client)
  M.last = nil
  local changes = changes_of(params.edit)
  local reason, at = obstacle.find(changes, client)
  if reason then
    return { applied = false, failureReason = reason, failedChange = assert(at) - 1 }
  end
  ---@type spelunk.Applied
  local applied = { label = params.label or "spelunk", buffers = {}, places = {} }
  local inverses = {}
  for index, change in ipairs(changes) do
    local path = obstacle.shown(obstacle.uri(change))
    local run = change.kind and operate or edit_text ---@type fun(...): spelunk.Inverse
    local done, result = pcall(run, change, client, applied)
    if not done then
      take_back(inverses)
      return { applied = false, failureReason = path .. ": " .. tostring(result), failedChange = index - 1 }
    end
    table.insert(inverses, { path = path, take_back = result })
  end
  M.last = applied
  if require("spelunk.config").get().plan.write then
    write(applied.buffers)
  end
  return { applied = true }
end

return M
