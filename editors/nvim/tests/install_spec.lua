-- The installations of README.md, each done as a person would who has nothing yet; and the help that comes with it.

local check = require("support.check")
local eq, has = check.eq, check.has

local plugin = vim.fs.dirname(vim.fs.dirname(vim.fs.abspath(debug.getinfo(1, "S").source:sub(2))))
local URL = "https://github.com/spelunk-dev/spelunk"

---The code blocks of a section of the README.
local function blocks(title)
  local readme = io.open(plugin .. "/README.md"):read("*a")
  local section = (readme .. "\n#"):match("\n### " .. vim.pesc(title) .. "\n(.-)\n#")
  local found = {}
  for code in section:gmatch("\n```%l+\n(.-)```") do
    table.insert(found, code)
  end
  return found
end

local function run(command, options)
  local done = vim.system(command, vim.tbl_extend("force", { text = true }, options or {})):wait()
  eq(done.code, 0, table.concat(command, " ") .. "\n" .. done.stdout .. done.stderr)
  return done.stdout .. done.stderr
end

---A repository that has the plugin where the real one has it; its address.
local function repository(scene)
  local folder = scene.dir .. "/repository"
  vim.fn.mkdir(folder .. "/editors", "p")
  run({ "cp", "-R", plugin, folder .. "/editors/nvim" })
  local git = { "git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", folder }
  for _, arguments in ipairs({ { "init", "-q", "-b", "main" }, { "add", "-A" }, { "commit", "-q", "-m", "all" } }) do
    run(vim.list_extend(vim.list_extend({}, git), arguments))
  end
  return "file://" .. folder
end

-- What somebody does who has just installed it.
local probe = [[
  local function stop(text)
    io.stdout:write(text, "\n")
    vim.cmd("qall!")
  end
  vim.api.nvim_create_autocmd("User", { pattern = "SpelunkRunEnded", callback = function(args)
    local help = pcall(vim.cmd.help, "spelunk-plans")
    stop(vim.json.encode({ answer = args.data.finish.answer, help = help, file = vim.fn.expand("%:t") }))
  end })
  vim.defer_fn(function() stop("too late: " .. vim.fn.execute("messages")) end, 60000)
  vim.cmd.edit("src/main.rs")
  vim.cmd("Spelunk ask who calls parse?")
]]

---Starts Neovim as a person's, with a home of its own, and asks a question in it.
local function try(scene, init, home)
  local folder = scene:workspace("w")
  local bin = scene.dir .. "/bin"
  vim.fn.mkdir(bin, "p")
  vim.uv.fs_symlink(vim.fs.abspath(vim.env.SPELUNK), bin .. "/spelunk")
  scene:write(home .. "/.config/nvim/init.lua", init)
  scene:write(scene.dir .. "/probe.lua", probe)
  local env =
    { HOME = home, PATH = bin .. ":" .. vim.env.PATH, SPELUNK_MODEL = "builtin", VIMRUNTIME = vim.env.VIMRUNTIME }
  local nvim = vim.env.NVIM_UNDER_TEST or vim.env.SPELUNK_TEST_NVIM or vim.v.progpath
  local found = run({ nvim, "--headless", "-c", "luafile " .. scene.dir .. "/probe.lua" }, {
    cwd = folder,
    env = env,
    clear_env = true,
  })
  local result = vim.json.decode(found:match("{.*}") or error(found))
  has(result.answer, "parse has 1 call in 1 file")
  eq({ result.help, result.file }, { true, "spelunk.txt" })
end

---Replaces all of a text.
local function with(text, from, to)
  local replaced, count = text:gsub(vim.pesc(from), (to:gsub("%%", "%%%%")))
  assert(count > 0, "no " .. from .. " in\n" .. text)
  return replaced
end

return {
  {
    "by vim.pack",
    function(scene)
      if vim.fn.has("nvim-0.12") == 0 then
        return -- 0.12 brought it.
      end
      local home = scene.dir .. "/home"
      local init = with(blocks("vim.pack")[1], URL, repository(scene))
      -- Who installs agrees once; here nobody is there to be asked.
      try(scene, with(init, "load = function", "confirm = false, load = function"), home)
      try(scene, init, home)
    end,
  },
  {
    "by hand",
    function(scene)
      local home = scene.dir .. "/home"
      vim.fn.mkdir(home, "p")
      local commands, init = unpack(blocks("By hand"))
      run({ "sh", "-ec", with(commands, URL, repository(scene)) }, { env = { HOME = home } })
      try(scene, init, home)
    end,
  },
  {
    "by what lazy.nvim calls: plugins are not sourced by Neovim, and `config` gets the folder",
    function(scene)
      local home = scene.dir .. "/home"
      local clone = home .. "/.local/share/nvim/lazy/spelunk"
      run({ "git", "clone", "-q", repository(scene), clone })
      local init = ("vim.go.loadplugins = false\nlocal spec = %s\nspec.config({ dir = %q })\n"):format(
        blocks("lazy.nvim")[1],
        clone
      )
      try(scene, init, home)
    end,
  },
  {
    "the help has every command, option, key, group, event and function",
    function()
      local help = io.open(plugin .. "/doc/spelunk.txt"):read("*a")
      for name in pairs(require("spelunk.commands").subcommands) do
        has(help, "*:Spelunk-" .. name .. "*")
      end
      for name in pairs(require("spelunk")) do
        has(help, "*spelunk." .. name .. "()*")
      end
      for name in io.open(plugin .. "/plugin/spelunk.lua"):read("*a"):gmatch("\n  (Spelunk%w+) = ") do
        has(help, "\n" .. name .. " ")
      end
      for event in io.open(plugin .. "/lua/spelunk/runs.lua"):read("*a"):gmatch('fire%("(%w+)"') do
        has(help, "*" .. event .. "*")
      end
      local defaults = require("spelunk.config").defaults()
      for part, keys in pairs(defaults.mappings) do
        local chapter = help:match("%*spelunk%-" .. part .. "s%*(.-)\n====")
        for name, lhs in pairs(keys) do
          local line = chapter:match("\n([^\n]*%s`" .. name .. "`%s[^\n]*)")
          for _, key in ipairs(type(lhs) == "table" and lhs or { lhs }) do
            has(line or ("no line with `" .. name .. "`"), key .. " ")
          end
        end
      end
      -- The defaults that are shown are those that hold.
      local shown = help:match('require%("spelunk"%)%.setup%((%b{})%)\n<\n%s+%*spelunk%-cmd')
      shown = loadstring("return " .. with(shown, "{ ... }", "nil"))()
      shown.mappings, defaults.mappings = nil, nil
      eq(shown, defaults)
      for name in pairs(defaults) do
        assert(help:find("\n" .. name .. "[ .]"), "no option " .. name .. " in the help")
      end
    end,
  },
  {
    "the tags of the help are those of its text",
    function(scene)
      run({ "cp", "-R", plugin .. "/doc", scene.dir })
      vim.cmd.helptags(scene.dir .. "/doc")
      local function tags(folder)
        return io.open(folder .. "/doc/tags"):read("*a")
      end
      eq(tags(plugin), tags(scene.dir), "run :helptags editors/nvim/doc")
    end,
  },
}
