-- A Neovim of its own for a test, driven over RPC.

local wait_for = require("support.check").wait_for
local M = {}
M.__index = M

local plugin = vim.fs.dirname(vim.fs.dirname(vim.fs.dirname(vim.fs.abspath(debug.getinfo(1, "S").source:sub(2)))))

-- Kept: what is said and asked, so that nothing waits for a key.
local prelude = [[
  vim.o.swapfile, vim.o.columns, vim.o.lines = false, 100, 30
  _G.said, _G.choices, _G.inputs, _G.events = {}, {}, {}, {}
  vim.notify = function(text, level) table.insert(_G.said, { text = text, level = level or vim.log.levels.INFO }) end
  vim.ui.select = function(items, opts, callback)
    local shown = vim.tbl_map(opts.format_item or tostring, items)
    table.insert(_G.choices, { prompt = opts.prompt, items = shown })
    _G.choose = function(part)
      _G.choose = nil
      for index, line in ipairs(shown) do
        if part and line:find(part, 1, true) then return callback(items[index], index) end
      end
      callback(nil)
    end
  end
  vim.ui.input = function(opts, callback)
    table.insert(_G.inputs, opts)
    _G.enter = function(text) _G.enter = nil callback(text) end
  end
  vim.api.nvim_create_autocmd("User", { pattern = "SpelunkRun*", callback = function(args)
    table.insert(_G.events, { name = args.match, data = args.data })
  end })
]]

---@param scene table
---@param opts { cwd?: string, env?: table<string, string>, setup?: string, enable?: boolean }
function M.start(scene, opts)
  local home = vim.fs.joinpath(scene.dir, "home")
  -- Nothing of the machine's own configuration, keys or models.
  local env = {
    HOME = home,
    XDG_CONFIG_HOME = home .. "/config",
    XDG_STATE_HOME = home .. "/state",
    XDG_DATA_HOME = home .. "/data",
    XDG_CACHE_HOME = home .. "/cache",
    NVIM_LOG_FILE = home .. "/nvim.log",
  }
  for _, name in ipairs({ "PATH", "VIMRUNTIME", "LD_LIBRARY_PATH", "TMPDIR" }) do
    env[name] = vim.env[name]
  end
  env = vim.tbl_extend("force", env, opts.env or {})
  vim.fn.mkdir(home, "p")
  local program = vim.env.NVIM_UNDER_TEST or vim.env.SPELUNK_TEST_NVIM or vim.v.progpath
  local arguments = { "--embed", "--headless", "-u", "NONE", "-i", "NONE", "--cmd", "set rtp^=" .. plugin }
  local job = vim.fn.jobstart({ program, unpack(arguments) }, {
    rpc = true,
    env = env,
    clear_env = true,
    cwd = opts.cwd or scene.dir,
  })
  assert(job > 0, "cannot start " .. program)
  local self = setmetatable({ job = job }, M)
  self:lua(prelude)
  self:lua(
    "vim.cmd('filetype plugin indent on') vim.cmd('syntax on') vim.cmd.runtime({ 'plugin/spelunk.lua' })"
      .. " require('spelunk.config').set({ cmd = { ..., 'lsp' } })",
    vim.env.SPELUNK or error("SPELUNK has to name the program")
  )
  if opts.setup then
    self:lua(opts.setup)
  end
  if opts.enable ~= false then
    self:lua('vim.lsp.enable("spelunk")')
  end
  return self
end

---Runs Lua in it; `...` are the arguments.
---@param code string
function M:lua(code, ...)
  local value = vim.rpcrequest(self.job, "nvim_exec_lua", code, { ... })
  if value ~= vim.NIL then
    return value
  end
end

---@param command string
function M:cmd(command)
  return vim.rpcrequest(self.job, "nvim_command", command)
end

---Types keys, as they are written in mappings, and waits until they have done their work.
---@param keys string
function M:keys(keys)
  self:lua("vim.api.nvim_feedkeys(vim.keycode(...), 'mtx', false)", keys)
end

---Opens a file and waits for the server to be attached to it.
---@param path string
function M:edit(path)
  self:cmd("edit " .. path)
  self:attached()
end

function M:attached()
  wait_for("an attached client", function()
    return self:lua([[
      local client = vim.lsp.get_clients({ name = "spelunk", bufnr = 0 })[1]
      return client ~= nil and client.initialized == true
    ]])
  end)
end

---The text of the current buffer.
---@return string
function M:text()
  return self:lua("return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\\n')")
end

---What is on the screen, line by line.
---@return string
function M:screen()
  return self:lua([[
    vim.cmd.redraw({ bang = true })
    local lines = {}
    for row = 1, vim.o.lines do
      local cells = {}
      for column = 1, vim.o.columns do cells[column] = vim.fn.screenstring(row, column) end
      lines[row] = (table.concat(cells):gsub("%s+$", ""))
    end
    return table.concat(lines, "\n")
  ]])
end

---Waits until something is said that has `part` in it.
---@param part string
---@return string
function M:said(part)
  return wait_for(("a message with %q"):format(part), function()
    for _, message in ipairs(self:lua("return _G.said")) do
      if message.text:find(part, 1, true) then
        return message.text
      end
    end
  end)
end

---Waits for a choice that is offered, takes the item with `part`, and gives all items.
---@param part string?
---@return string[]
function M:choose(part)
  wait_for("a choice", function()
    return self:lua("return _G.choose ~= nil")
  end)
  local items = self:lua("return _G.choices[#_G.choices].items")
  self:lua("_G.choose(...)", part)
  return items
end

---Waits until so many runs have ended, and gives the end of the last.
---@param count? integer
---@return table
function M:ended(count)
  return wait_for("the end of a run", function()
    return self:lua(
      [[
        local ends = vim.tbl_filter(function(event) return event.name == "SpelunkRunEnded" end, _G.events)
        return #ends >= ... and vim.json.decode(vim.json.encode(ends[#ends].data.finish)) or nil
      ]],
      count or 1
    )
  end)
end

---@return string
function M:report()
  local good, report = pcall(function()
    return "screen:\n" .. self:screen() .. "\nsaid: " .. vim.inspect(self:lua("return _G.said"))
  end)
  return good and report or "the Neovim under test does not answer"
end

function M:stop()
  pcall(vim.rpcnotify, self.job, "nvim_command", "qall!")
  if vim.fn.jobwait({ self.job }, 5000)[1] == -1 then
    vim.fn.jobstop(self.job)
  end
end

return M
