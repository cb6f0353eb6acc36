-- Answers the server's question for settings, and names the languages that other servers serve.

local config = require("spelunk.config")
local M = {}

---Ids, as Neovim sends them, of the languages that other clients navigate, among the buffers of this one.
---@param client vim.lsp.Client
---@return string[]
function M.languages(client)
  local found = {} ---@type table<string, true>
  for bufnr in pairs(client.attached_buffers) do
    for _, other in ipairs(vim.api.nvim_buf_is_valid(bufnr) and vim.lsp.get_clients({ bufnr = bufnr }) or {}) do
      if other.name ~= client.name and other:supports_method("textDocument/definition", bufnr) then
        found[client.get_language_id(bufnr, vim.bo[bufnr].filetype)] = true
      end
    end
  end
  local names = vim.tbl_keys(found)
  table.sort(names)
  return names
end

---Handles `workspace/configuration`.
---@param params lsp.ConfigurationParams
---@param ctx lsp.HandlerContext
---@return any[]
function M.configuration(params, ctx)
  local client = vim.lsp.get_client_by_id(ctx.client_id)
  if not client then
    return {}
  end
  local own = client.settings.spelunk --[[@as table?]]
  local given = vim.tbl_deep_extend("force", {}, config.get().settings, own or {})
  given.served = vim.list_extend(M.languages(client), given.served or {})
  return vim
    .iter(params.items or {})
    :map(function(item)
      if item.section == "spelunk" then
        return given
      end
      local keys = vim.split(item.section or "", ".", { plain = true })
      return vim.tbl_get(client.settings, unpack(keys)) or vim.NIL
    end)
    :totable()
end

---Has the server ask for its settings again when another client comes to a buffer or leaves it.
---@param client vim.lsp.Client
function M.watch(client)
  local last = "" -- of what the server knows
  local group = vim.api.nvim_create_augroup("spelunk.served." .. client.id, {})
  vim.api.nvim_create_autocmd({ "LspAttach", "LspDetach" }, {
    group = group,
    callback = function()
      -- A client that detaches is gone from the buffer only afterwards.
      vim.schedule(function()
        if client:is_stopped() then
          pcall(vim.api.nvim_del_augroup_by_id, group)
          return
        end
        local now = table.concat(M.languages(client), " ")
        if now ~= last then
          last = now
          client:notify("workspace/didChangeConfiguration", { settings = vim.empty_dict() })
        end
      end)
    end,
  })
end

return M
