-- `:checkhealth spelunk`: what it finds, and the way out that it names.

local check = require("support.check")
local eq, has, wait_for = check.eq, check.has, check.wait_for

local here = vim.fs.dirname(vim.fs.abspath(debug.getinfo(1, "S").source:sub(2)))

local function health(nvim)
  nvim:cmd("checkhealth spelunk")
  return wait_for("the report", function()
    local text = nvim:text()
    return text:find("Options", 1, true) and text
  end)
end

---A program that says what a test wants.
local function program(scene, script)
  local path = scene.dir .. "/program"
  scene:write(path, "#!/bin/sh\n" .. script)
  assert(vim.uv.fs_chmod(path, tonumber("755", 8)))
  return ("require('spelunk.config').set({ cmd = { %q, 'lsp' } })"):format(path)
end

return {
  {
    "a running server is asked how it is",
    function(scene)
      local folder = scene:workspace("w")
      local nvim = scene:nvim()
      nvim:edit(folder .. "/src/main.rs")
      local text = health(nvim)
      has(text, "they can be used")
      has(text, "as the plugin's")
      has(text, "Server of " .. folder)
      has(text, "attached to 1 buffer")
      has(text, "OK sandbox: ")
      has(text, "OK worker: ")
      has(text, "root model: builtin")
      has(text, "index: ")
      eq(text:find("ERROR", 1, true), nil)
    end,
  },
  {
    "without a server the program is asked",
    function(scene)
      local text = health(scene:nvim({ env = { SPELUNK_MODEL = "openai/small", OPENAI_API_KEY = "" } }))
      has(text, "none is running")
      has(text, "OK sandbox: ")
      has(text, "ERROR models: no API key for openai")
      has(text, "Choose another model with :Spelunk model")
    end,
  },
  {
    "options that were refused are named",
    function(scene)
      local nvim = scene:nvim({ setup = [[pcall(require("spelunk").setup, { windw = {}, max_bytes = "many" })]] })
      local text = health(nvim)
      has(text, "ERROR windw is no option")
      has(text, "ERROR max_bytes has to be")
      has(text, ":help |spelunk-options|")
    end,
  },
  {
    "a missing program comes with the way to get it",
    function(scene)
      local nvim = scene:nvim({ setup = [[require("spelunk.config").set({ cmd = { "/none/spelunk", "lsp" } })]] })
      local text = health(nvim)
      has(text, 'ERROR there is no program "/none/spelunk"')
      has(text, "releases/latest/download/install.sh")
      eq(text:find("Server", 1, true), nil)
    end,
  },
  {
    "a program that does not run, and one of another version, are said to be so",
    function(scene)
      local broken = program(scene, "echo 'no library' >&2; exit 127\n")
      has(health(scene:nvim({ setup = broken })), "ERROR it does not run: no library")
      local newer = program(scene, 'case $1 in --version) echo "spelunk 99.0.0";; *) exit 1;; esac\n')
      local text = health(scene:nvim({ setup = newer }))
      has(text, "WARNING version 99.0.0, and the plugin is of ")
      has(text, "Update the plugin.")
      local older = program(scene, 'case $1 in --version) echo "spelunk 0.0.1";; *) exit 1;; esac\n')
      has(health(scene:nvim({ setup = older })), "Install the newer program.")
    end,
  },
  {
    "the plugin has the version of the program",
    function()
      local manifest = io.open(here .. "/../../../Cargo.toml"):read("*a")
      eq(manifest:match('\nversion = "([^"]+)"'), require("spelunk.version"))
    end,
  },
}
