-- The choice of a model for this session.

local client = require("spelunk.client")
local M = {}

---Uses a model for as long as Neovim runs. The server takes it only at its start.
---@param name string
local function use(name)
  local server = require("spelunk.server")
  server.session.model = name
  server.restart(function()
    vim.notify(
      ("spelunk: %s answers from now on, as long as Neovim runs. To make it last: "):format(name)
        .. ('require("spelunk").setup({ machine = { model = %q } }), or `model = %q` in config.toml'):format(name, name)
    )
  end)
end

---What there is to choose from, models that can be used first.
---@param result spelunk.ModelsResult
---@return { name: string, about: string }[]
local function choices(result)
  local found, others = {}, {}
  for _, provider in ipairs(result.providers) do
    local about = provider.error or (provider.key == "missing" and "needs " .. (provider.keyEnv or "a key")) or ""
    if provider.name == "builtin" then
      table.insert(found, { name = "builtin", about = "no language model" })
    end
    for _, model in ipairs(provider.models) do
      table.insert(found, { name = provider.name .. "/" .. model, about = about })
    end
    if #provider.models == 0 and provider.name ~= "builtin" then
      table.insert(others, { name = provider.name .. "/", about = about ~= "" and about or "enter a name" })
    end
  end
  return vim.list_extend(found, others)
end

---Lets the model be chosen from what the providers have.
---@param name? string `provider/model`
function M.choose(name)
  if name then
    return use(name)
  end
  client.request("spelunk/models", { list = true }, function(result)
    ---@cast result spelunk.ModelsResult
    if result.from == "environment" then
      local text = "spelunk: SPELUNK_MODEL is set in the environment and wins over what is chosen here"
      vim.notify(text, vim.log.levels.WARN)
    end
    vim.ui.select(choices(result), {
      prompt = ("Model (now %s)"):format(result.root),
      kind = "spelunk.models",
      format_item = function(choice)
        local about = choice.about ~= "" and ("  (%s)"):format(choice.about) or ""
        return choice.name .. about .. (choice.name == result.root and "  (now)" or "")
      end,
    }, function(choice)
      if not choice then
        return
      end
      if not choice.name:match("/$") then
        return use(choice.name)
      end
      vim.ui.input({ prompt = "Model: ", default = choice.name }, function(typed)
        if typed and not typed:match("/$") and vim.trim(typed) ~= "" then
          use(vim.trim(typed))
        end
      end)
    end)
  end)
end

return M
