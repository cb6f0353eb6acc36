-- `:checkhealth spelunk`: whether Neovim, the options, the program and the servers are in order, and what to do if not.

local health = vim.health
local M = {}

local version = require("spelunk.version")

-- A model that does not answer is said to be silent by the server itself, before this.
local PATIENCE_MS = 30000

local INSTALL = {
  "Install it: curl -fsSL https://github.com/spelunk-dev/spelunk/releases/latest/download/install.sh | sh",
  'Or name the program: require("spelunk").setup({ cmd = { "/path/to/spelunk", "lsp" } })',
}

-- What to do about a check of the server's that failed, by the first word of its name.
---@type table<string, string>
local advice = {
  settings = "Mend the configuration file of the machine, or the variable in the environment, that is named here.",
  state = "Make the folder writable, or name another one in $SPELUNK_STATE_DIR.",
  cache = "Remove the file, or set cache = false; nothing but kept replies is lost.",
  worker = "Install spelunk again; if it stays so, :Spelunk log says more.",
  sandbox = "The system lacks this layer; the others still hold.",
  models = "Choose another model with :Spelunk model, or set `machine.model`; `builtin` needs no key and no network.",
  root = "Choose another model with :Spelunk model, or set `machine.model`; `builtin` needs no key and no network.",
  leaf = "Choose another model in `machine.leafModel`; `builtin` needs no key and no network.",
  workspace = "Open a file in a folder with one of `root_markers`.",
  index = "Wait until it is complete; questions work meanwhile.",
}

local function check_neovim()
  health.start("Neovim")
  local found = vim.trim(vim.fn.execute("version"):match("NVIM v(%S+)") or "an unknown version")
  if vim.fn.has("nvim-0.11") == 1 then
    health.ok(found)
  else
    health.error(found .. " is too old", "Install Neovim 0.11 or newer.")
  end
  if pcall(vim.treesitter.language.inspect, "markdown") then
    health.ok("there is a parser for Markdown, which answers are highlighted with")
  else
    health.warn(
      "there is no parser for Markdown: answers are not highlighted",
      "Install Neovim with its bundled parsers."
    )
  end
end

local function check_options()
  health.start("Options")
  local config = require("spelunk.config")
  for _, problem in ipairs(config.refused) do
    health.error(problem .. "; none of the options that were given holds", ":help spelunk-options")
  end
  if #config.refused == 0 then
    health.ok("they can be used")
  end
  if #vim.api.nvim_get_runtime_file("lsp/spelunk.lua", false) == 0 then
    health.error("lsp/spelunk.lua is not in 'runtimepath'", ":help spelunk-install")
  elseif vim.lsp.is_enabled and not vim.lsp.is_enabled("spelunk") then
    health.warn(
      "the server does not attach to files by itself; :Spelunk starts it",
      'Call vim.lsp.enable("spelunk"), or require("spelunk").setup().'
    )
  end
end

---Runs the program.
---@param argument string
---@return string? stdout nil when it could not be run
---@return string problem
---@return integer code
local function run(argument)
  local command = { require("spelunk.server").command()[1], argument }
  local started, result = pcall(vim.system, command, { text = true, timeout = PATIENCE_MS })
  if not started then
    return nil, tostring(result), -1
  end
  local done = result:wait()
  return done.stdout or "", vim.trim(done.stderr or ""), done.code
end

---@param found string of the program, "1.2.3"
local function compare(found)
  local ours, theirs = vim.version.parse(version), vim.version.parse(found)
  if not ours or not theirs then
    return health.warn(("cannot compare version %q with %s of the plugin"):format(found, version))
  end
  -- Before 1.0 it is the second number that tells what fits.
  if theirs.major == ours.major and theirs.minor == ours.minor then
    return health.ok(("version %s, as the plugin's %s"):format(found, version))
  end
  local older = vim.version.lt(theirs, ours)
  health.warn(
    ("version %s, and the plugin is of %s"):format(found, version),
    older and "Install the newer program." or "Update the plugin."
  )
end

---@return boolean whether the program runs
local function check_program()
  health.start("Program")
  local command = require("spelunk.server").command()
  local program = command[1]
  local path = vim.fn.exepath(program)
  if path == "" then
    health.error(("there is no program %q"):format(program), INSTALL)
    return false
  end
  health.ok(("%s, started as `%s`"):format(path, table.concat(command, " ")))
  local said, problem, code = run("--version")
  if not said or code ~= 0 then
    health.error("it does not run: " .. problem, INSTALL)
    return false
  end
  compare(said:match("%d+%.%d+%.%d+%S*") or vim.trim(said))
  return true
end

---@param good boolean
---@param what string
---@param found string
local function report(good, what, found)
  local text = vim.trim(what .. ": " .. found)
  local way_out = advice[what:match("^%a+") or ""]
  if good then
    health.ok(text)
  elseif vim.startswith(what, "sandbox") then
    health.warn(text, way_out)
  else
    health.error(text, way_out)
  end
end

---What `spelunk doctor` prints, where no server can be asked.
local function ask_program()
  local said, problem, code = run("doctor")
  if not said then
    return health.error("`spelunk doctor` does not run: " .. problem)
  end
  for _, line in ipairs(vim.split(vim.trim(said), "\n")) do
    -- A mark, a name that is padded to ten characters, and what was found.
    local mark, what, found = line:match("^(%a+)%s+(..........)%s(.*)$")
    if mark and what and found then
      report(mark == "ok", vim.trim(what), found)
    end
  end
  if code ~= 0 and problem ~= "" then
    health.error(problem, advice.settings)
  end
end

---@param client vim.lsp.Client
---@return boolean whether it answered
local function ask_server(client)
  local method = "spelunk/doctor" --[[@as vim.lsp.protocol.Method.ClientToServer.Request]]
  local response, problem = client:request_sync(method, vim.empty_dict(), PATIENCE_MS, 0)
  local result = response and response.result ---@type spelunk.DoctorResult?
  if not result then
    local err = response and response.err
    health.warn("the server does not say how it is: " .. (err and err.message or problem or "?"), ":Spelunk restart")
    return false
  end
  for _, one in ipairs(result.checks) do
    report(one.good, one.what, one.found)
  end
  return true
end

---Checks every workspace's server; the program when there is none.
local function check_servers()
  local clients = vim.lsp.get_clients({ name = "spelunk" })
  local answered = false
  for _, client in ipairs(clients) do
    health.start("Server of " .. (client.root_dir or "no workspace"))
    local count = vim.tbl_count(client.attached_buffers)
    health.info(("client %d, attached to %d %s"):format(client.id, count, count == 1 and "buffer" or "buffers"))
    answered = ask_server(client) or answered
  end
  if not answered then
    health.start("Server")
    if #clients == 0 then
      health.info("none is running; it starts with a file in a workspace, or with :Spelunk ask")
    end
    ask_program()
  end
end

---Runs the checks.
function M.check()
  check_neovim()
  check_options()
  if check_program() then
    check_servers()
  end
end

return M
