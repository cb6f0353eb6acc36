-- What a plan does to one file, side by side in a tab of its own; and the whole plan as a patch.

local api = vim.api
local M = {}

---@param name string
---@param text string?
---@param path string for the file type
---@return integer bufnr
local function side(name, text, path)
  for _, old in ipairs(api.nvim_list_bufs()) do
    if api.nvim_buf_get_name(old) == name then
      api.nvim_buf_delete(old, { force = true })
    end
  end
  local bufnr = api.nvim_create_buf(false, true)
  api.nvim_buf_set_name(bufnr, name)
  local lines = vim.split(text or "", "\r?\n")
  if lines[#lines] == "" then
    table.remove(lines)
  end
  api.nvim_buf_set_lines(bufnr, 0, -1, false, lines)
  vim.bo[bufnr].bufhidden, vim.bo[bufnr].modifiable = "wipe", false
  vim.bo[bufnr].filetype = vim.filetype.match({ filename = path, buf = bufnr }) or ""
  vim.keymap.set("n", "q", "<Cmd>tabclose<CR>", { buffer = bufnr, nowait = true, desc = "spelunk: close the diff" })
  return bufnr
end

---Shows a file before and after.
---@param run_id spelunk.RunId
---@param file { path: string, before?: string }
---@param texts { before: any, after: any } null where the file is not there
function M.show(run_id, file, texts)
  local function text(value)
    return type(value) == "string" and value or nil
  end
  local prefix = ("spelunk://plan/%s/"):format(run_id)
  local before = side(prefix .. "before/" .. (file.before or file.path), text(texts.before), file.before or file.path)
  local after = side(prefix .. "after/" .. file.path, text(texts.after), file.path)
  vim.cmd("tab split")
  api.nvim_set_current_buf(before)
  vim.cmd.diffthis()
  vim.cmd("rightbelow vertical sbuffer " .. after)
  vim.cmd.diffthis()
  vim.cmd("normal! gg")
  vim.cmd("silent! normal! ]c")
end

---Shows a patch in a tab.
---@param run_id spelunk.RunId
---@param patch string
function M.patch(run_id, patch)
  local bufnr = side(("spelunk://plan/%s/patch"):format(run_id), patch, "plan.diff")
  vim.cmd("tab split")
  api.nvim_set_current_buf(bufnr)
end

return M
