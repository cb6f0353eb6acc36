-- The server's processes: what they are started with, how they end, and how they are started again.

local config = require("spelunk.config")
local M = {}

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

---Gives those who wait for a client what came of it; neither client nor problem when it has been said why.
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

---The configuration of `vim.lsp.config`, ours with what the user set over it.
---@return vim.lsp.Config
local function configured()
  ---@diagnostic disable-next-line: undefined-field
  local given = vim.lsp.config["spelunk"] --[[@as vim.lsp.Config?]]
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
  local refused = false
  local cmd = vim.deepcopy(config.get().cmd)
  local program = vim.fn.exepath(cmd[1])
  cmd[1] = program ~= "" and program or cmd[1]
  local rpc = vim.lsp.rpc.start(cmd, {
    notification = dispatchers.notification,
    server_request = dispatchers.server_request,
    on_error = dispatchers.on_error,
    -- The end of a server that refused to start is no news.
    on_exit = function(code, signal)
      dispatchers.on_exit(refused and 0 or code, refused and 0 or signal)
    end,
  }, {
    -- Not in the workspace, where a program may lie that the system would take for another.
    cwd = vim.uv.os_homedir(),
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
        refused = true
        fail(("the server cannot start: %s. Mend the options, then :Spelunk restart"):format(err.message))
        for _, client in ipairs(vim.lsp.get_clients({ name = "spelunk", _uninitialized = true })) do
          if client.rpc == rpc then
            settle(client.id)
          end
        end
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
  local ours = { runs = true, trusted = is_trusted(given.root_dir), machine = config.get().machine }
  local options = vim.tbl_deep_extend("force", ours, given.init_options or {}, { machine = M.session })
  if not next(options.machine) then
    options.machine = vim.empty_dict() -- or it would be sent as a list
  end
  params.initializationOptions = options
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
    local bad = (code ~= 0 or signal ~= 0) and vim.v.exiting == vim.NIL
    settle(id, nil, bad and why or "the server ended before it was ready; :Spelunk log shows its log")
    if bad and not told and not stopping[id] then
      fail(why)
    end
    stopping[id] = nil
  end)
end

---Starts the server of a workspace, or takes the one that is starting.
---@param root string
---@param bufnr integer attached when it is a file of that workspace
---@return integer? id of the client; Neovim has said why when there is none
local function start(root, bufnr)
  local given = vim.deepcopy(configured())
  given.root_dir = root
  local attach = require("spelunk.root").of_buffer(bufnr) == root
  return vim.lsp.start(given, { bufnr = bufnr, attach = attach, reuse_client = given.reuse_client })
end

---Starts the server of a workspace, or takes the one that is starting.
---@param root string
---@param bufnr integer attached when it is a file of that workspace
---@param callback fun(client: vim.lsp.Client?, problem: string?) once it is ready, or has ended; with
---neither where it has been said why
function M.begin(root, bufnr, callback)
  local id = start(root, bufnr)
  if id then
    waiting[id] = waiting[id] or {}
    table.insert(waiting[id], callback)
  else
    callback()
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
      start(folder, bufnr)
    end
  end
end

---Stops every client, and starts those that open files need. The only way in which clients are stopped.
---@param done? fun() called once the new ones have been started
function M.restart(done)
  local clients = vim.lsp.get_clients({ name = "spelunk", _uninitialized = true })
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
