-- The language server's clients: how one is started, found, asked and started again. Each workspace has its own.

local config = require("spelunk.config")
local M = {}

local NAME = "spelunk"
-- Milliseconds that a server has to end by itself.
local PATIENCE = 3000

---Settings of the machine that were chosen for this session, over those of the configuration.
---@type table
M.session = {}

---Whether Neovim has been told to attach the server to files.
M.enabled = false

---@type table<integer, fun(client: vim.lsp.Client?, problem: string?)[]> by client, until it is ready
local waiting = {}
---@type table<string, true> programs that were said to be missing
local missing = {}
---@type table<integer, true> clients that we stop ourselves
local stopping = {}

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
  return root.of_buffer(bufnr) or root.of(vim.fn.getcwd() .. "/.")
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

---The configuration of `vim.lsp.config`, ours with what the user set over it.
---@return vim.lsp.Config
local function configured()
  ---@diagnostic disable-next-line: undefined-field
  local given = vim.lsp.config[NAME] --[[@as vim.lsp.Config?]]
  return given or error("spelunk: lsp/spelunk.lua is not in 'runtimepath'", 0)
end

---The command line that would be started.
---@return string[]
function M.command()
  local cmd = configured().cmd
  return type(cmd) == "table" and cmd --[[@as string[] ]] or config.get().cmd
end

---Whether the program is there. When it is not, that is said, once unless a person asked for it just now.
---@param asked? boolean
---@return boolean
function M.can_start(asked)
  local program = M.command()[1]
  if vim.fn.executable(program) == 1 then
    missing[program] = nil
    return true
  end
  if asked or not missing[program] then
    missing[program] = true
    fail(
      ("there is no program %q. Install spelunk so that it is on $PATH, or name it: "):format(program)
        .. 'require("spelunk").setup({ cmd = { "/path/to/spelunk", "lsp" } }). :checkhealth spelunk says more'
    )
  end
  return false
end

---`cmd` of the configuration.
---@param dispatchers vim.lsp.rpc.Dispatchers
---@param given? vim.lsp.ClientConfig
---@return vim.lsp.rpc.PublicClient
function M.start(dispatchers, given)
  local rpc = vim.lsp.rpc.start(config.get().cmd, dispatchers, {
    cwd = given and given.root_dir,
    env = given and given.cmd_env,
    detached = given and given.detached,
  })
  local request = rpc.request
  -- Neovim raises what `initialize` is refused with; a person needs the message alone.
  rpc.request = function(method, params, callback, replied)
    if method ~= "initialize" then
      return request(method, params, callback, replied)
    end
    return request(method, params, function(err, result, id)
      if err then
        fail(("the server cannot start: %s. Mend the options, then :Spelunk restart"):format(err.message))
        rpc.terminate()
      else
        callback(err, result, id)
      end
    end, replied)
  end
  return rpc
end

---Whether a workspace is trusted.
---@param root string?
---@return boolean
local function is_trusted(root)
  local trusted = config.get().trusted
  if type(trusted) == "function" then
    return trusted(root or "") == true
  end
  return trusted
end

---`before_init` of the configuration.
---@param params lsp.InitializeParams
---@param given vim.lsp.ClientConfig
function M.before_init(params, given)
  require("spelunk.plan.edit").declare(params.capabilities)
  local defaults = { runs = true, trusted = is_trusted(given.root_dir), machine = vim.empty_dict() }
  local ours = { machine = config.get().machine }
  params.initializationOptions =
    vim.tbl_deep_extend("force", defaults, ours, given.init_options or {}, { machine = M.session })
end

---@param id integer
---@param client? vim.lsp.Client
---@param problem? string
local function settle(id, client, problem)
  local callbacks = waiting[id] or {}
  waiting[id] = nil
  for _, callback in ipairs(callbacks) do
    callback(client, problem)
  end
end

---`on_init` of the configuration.
---@param client vim.lsp.Client
function M.on_init(client)
  require("spelunk.served").watch(client)
  settle(client.id, client)
end

---`on_exit` of the configuration.
---@param code integer
---@param signal integer
---@param id integer
function M.on_exit(code, signal, id)
  vim.schedule(function()
    local how = signal ~= 0 and ("by signal " .. signal) or ("with exit code " .. code)
    local why = ("the server ended %s; :Spelunk restart starts it again, :Spelunk log shows its log"):format(how)
    if stopping[id] then
      why = "the server was stopped"
    end
    -- A run that ends by it says so itself, and so does a question that waits.
    local told = require("spelunk.runs").lost(id, why) or waiting[id] ~= nil
    settle(id, nil, why)
    if not told and not stopping[id] and (code ~= 0 or signal ~= 0) and vim.v.exiting == vim.NIL then
      fail(why)
    end
    stopping[id] = nil
  end)
end

---Finds or starts the client of a buffer's workspace and hands it over when it is ready. What prevents it is said.
---@param bufnr integer
---@param callback fun(client: vim.lsp.Client)
function M.with(bufnr, callback)
  local root = M.root(bufnr)
  local ready = M.of_root(root)
  if ready then
    return callback(ready)
  end
  if not root then
    local markers = vim.iter(config.get().root_markers):flatten():join(", ")
    return fail(
      ("neither this file nor the current folder lies in a workspace (a folder with %s); :cd to one"):format(markers)
    )
  end
  if not M.can_start(true) then
    return
  end
  local given = vim.deepcopy(configured())
  given.root_dir = root
  local attach = require("spelunk.root").of_buffer(bufnr) == root
  local id = vim.lsp.start(given, { bufnr = bufnr, attach = attach, reuse_client = given.reuse_client })
  if not id then
    return -- Neovim has said why.
  end
  waiting[id] = waiting[id] or {}
  table.insert(waiting[id], function(client, problem)
    if client then
      callback(client)
    else
      fail(assert(problem))
    end
  end)
end

---Asks the server of a buffer's workspace, or one that is given. Errors are said, or given to `on_error`.
---@param method string
---@param params table
---@param callback fun(result: any, client: vim.lsp.Client)
---@param opts? { bufnr?: integer, client?: vim.lsp.Client, on_error?: fun(message: string) }
function M.request(method, params, callback, opts)
  opts = opts or {}
  local function ask(client)
    -- Without a buffer, what was typed in any of them goes to the server before.
    local sent = client:request(method, params, function(err, result)
      if err then
        local message = err.message
        if err.code == vim.lsp.protocol.ErrorCodes.MethodNotFound then
          message = ("the server does not know %s: it is older than this plugin, update spelunk"):format(method)
        end
        local tell = opts.on_error or fail
        tell(message)
      else
        callback(result, client)
      end
    end)
    if not sent then
      fail("the server is not running any more; :Spelunk restart starts it again")
    end
  end
  if opts.client then
    ask(opts.client)
  else
    M.with(opts.bufnr or vim.api.nvim_get_current_buf(), ask)
  end
end

---Starts the server for every file that it serves, of workspaces that had one or wherever it is enabled.
---@param roots table<string, true>
local function start_for_files(roots)
  local root = require("spelunk.root")
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    local folder = vim.api.nvim_buf_is_loaded(bufnr) and root.of_buffer(bufnr)
    if folder and (roots[folder] or M.enabled) then
      if not M.can_start(true) then
        return
      end
      local given = vim.deepcopy(configured())
      given.root_dir = folder
      vim.lsp.start(given, { bufnr = bufnr, reuse_client = given.reuse_client })
    end
  end
end

---Stops every client, and starts those that open files need. The only way in which clients are stopped.
---@param done? fun() called once the new ones have been started
function M.restart(done)
  local clients = vim.lsp.get_clients({ name = NAME, _uninitialized = true })
  local roots = {} ---@type table<string, true>
  for _, client in ipairs(clients) do
    stopping[client.id] = true
    roots[client.root_dir or ""] = true
    client:stop()
  end
  local began, forced = vim.uv.now(), false
  local timer = assert(vim.uv.new_timer())
  local function look()
    local left = vim.tbl_filter(function(client)
      return vim.lsp.get_client_by_id(client.id) ~= nil
    end, clients)
    if #left > 0 and not forced and vim.uv.now() - began > PATIENCE then
      forced = true
      for _, client in ipairs(left) do
        client:stop(true)
      end
    end
    if #left == 0 and not timer:is_closing() then
      timer:close()
      start_for_files(roots)
      if done then
        done()
      end
    end
  end
  timer:start(0, 20, vim.schedule_wrap(look))
end

return M
