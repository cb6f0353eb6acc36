-- The configuration of the language server, for `vim.lsp.enable("spelunk")`. Nothing is loaded before it is needed.

---@type vim.lsp.Config
return {
  cmd = function(dispatchers, config)
    return require("spelunk.server").start(dispatchers, config)
  end,
  root_dir = function(bufnr, on_dir)
    require("spelunk.root").find(bufnr, on_dir)
  end,
  before_init = function(params, config)
    require("spelunk.server").before_init(params, config)
  end,
  on_init = function(client)
    require("spelunk.server").on_init(client)
  end,
  on_exit = function(code, signal, id)
    require("spelunk.server").on_exit(code, signal, id)
  end,
  handlers = {
    ["spelunk/run"] = function(_, notice, ctx)
      require("spelunk.runs").take(notice, ctx.client_id)
    end,
    ["workspace/applyEdit"] = function(_, params, ctx)
      return require("spelunk.plan.edit").apply(params, assert(vim.lsp.get_client_by_id(ctx.client_id)))
    end,
    ["workspace/configuration"] = function(_, params, ctx)
      return require("spelunk.served").configuration(params, ctx)
    end,
  },
  -- What code actions lead to is shown by us, not by the server.
  commands = {
    ["spelunk.ask"] = function(command, ctx)
      require("spelunk").ask_at(command.arguments[1], ctx)
    end,
    ["spelunk.plan"] = function(command, ctx)
      require("spelunk").plan_at(command.arguments[1], ctx)
    end,
  },
  workspace_required = true,
  -- Neovim sends changes that wait before a request about the same buffer; questions and plans are about all buffers.
  flags = { debounce_text_changes = 0 },
  exit_timeout = 3000,
}
