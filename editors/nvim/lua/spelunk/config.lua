-- The options of the plugin: their types, their defaults, and the check of what a person gives.

local M = {}

---@class spelunk.Options What `setup()` takes; every key may be left out.
---@field cmd? string[] The server's command line. Default: `{ "spelunk", "lsp" }`
---@field root_markers? (string|string[])[] What a workspace's folder has. Default: `{ ".git" }`
---@field loose_files? boolean Serve files below no marker too, with their folder as the workspace. Default: false
---@field max_bytes? integer Larger files are left alone. Default: 2000000
---@field trusted? boolean|fun(root: string): boolean False limits it to navigation and `builtin`. Default: true
---@field machine? table Settings of the machine in camelCase: `model`, `maxUsd`, `providers`, ... Default: `{}`
---@field settings? table Settings of the editor: `navigation`, `features`, limits and so on. Default: `{}`
---@field window? spelunk.WindowOptions Where answers are shown.
---@field quickfix? "open"|"fill"|false What is done with the citations of an answer. Default: "fill"
---@field mappings? spelunk.MappingOptions Keys of our buffers; false for none.
---@field plan? spelunk.PlanOptions

---@class spelunk.WindowOptions
---@field kind? "split"|"vsplit"|"float"|"tab" Default: "vsplit"
---@field size? number Part of the editor's height or width, above 0 and at most 1. Default: 0.5
---@field focus? boolean Go to the window when a question was asked; a float is always gone to. Default: true

---@class spelunk.MappingOptions A key, several, or false.
---@field answer? table<string, spelunk.Key> `jump`, `file`, `follow_up`, `stop`, `answer_now`, `close`, `help`
---@field plan? table<string, spelunk.Key> `toggle`, `jump`, `diff`, `apply`, `verify`, `undo`, `copy` and so on

---@alias spelunk.Key string|string[]|false

---@class spelunk.PlanOptions
---@field write? boolean Write the files of a plan once it is applied. Default: false

---@class spelunk.Config Options with nothing left out.
local defaults = {
  cmd = { "spelunk", "lsp" },
  root_markers = { ".git" }, ---@type (string|string[])[]
  loose_files = false,
  max_bytes = 2000000,
  trusted = true, ---@type boolean|fun(root: string): boolean
  machine = {}, ---@type table
  settings = {}, ---@type table
  window = { kind = "vsplit", size = 0.5, focus = true },
  quickfix = "fill", ---@type "open"|"fill"|false
  mappings = {
    ---@type table<string, spelunk.Key>
    answer = {
      jump = { "<CR>", "gd" },
      file = "gf",
      follow_up = { "i", "a" },
      stop = "<C-c>",
      answer_now = "gn",
      close = "q",
      help = "g?",
    },
    ---@type table<string, spelunk.Key>
    plan = {
      toggle = { "x", "<Space>" },
      jump = "<CR>",
      diff = { "K", "gd" },
      apply = "a",
      verify = "v",
      undo = "u",
      copy = "y",
      refresh = "R",
      stop = "<C-c>",
      close = "q",
      help = "g?",
    },
  },
  plan = { write = false },
}

---@type spelunk.Config
local current = vim.deepcopy(defaults)

---@param kind string
---@return fun(value: any): boolean, string
local function list_of(kind)
  return function(value)
    if type(value) ~= "table" or not vim.islist(value) then
      return false, "a list"
    end
    return vim.iter(value):all(function(item)
      return type(item) == kind or (kind == "marker" and (type(item) == "string" or type(item) == "table"))
    end),
      "a list"
  end
end

---@param ... any
local function one_of(...)
  local choices = { ... }
  local words = vim.iter(choices):map(vim.inspect):join(", ")
  return function(value)
    return vim.list_contains(choices, value), "one of " .. words
  end
end

local function is(kind)
  return function(value)
    return type(value) == kind, "a " .. kind
  end
end

local function key(value)
  return value == false or type(value) == "string" or (list_of("string")(value)), "a key, a list of keys, or false"
end

---@type table<string, fun(value: any): boolean, string>
local checks = {
  cmd = function(value)
    return list_of("string")(value) and #value > 0, "a list of the program and its arguments"
  end,
  root_markers = function(value)
    return list_of("marker")(value), "a list of names"
  end,
  loose_files = is("boolean"),
  max_bytes = is("number"),
  trusted = function(value)
    return type(value) == "boolean" or type(value) == "function", "true, false or a function of the root"
  end,
  machine = is("table"),
  settings = is("table"),
  window = is("table"),
  ["window.kind"] = one_of("split", "vsplit", "float", "tab"),
  ["window.size"] = function(value)
    return type(value) == "number" and value > 0 and value <= 1, "a number above 0 and at most 1"
  end,
  ["window.focus"] = is("boolean"),
  quickfix = one_of("open", "fill", false),
  mappings = is("table"),
  ["mappings.answer"] = is("table"),
  ["mappings.answer.*"] = key,
  ["mappings.plan"] = is("table"),
  ["mappings.plan.*"] = key,
  plan = is("table"),
  ["plan.write"] = is("boolean"),
}

-- Tables whose keys are the server's to know.
local open = { machine = true, settings = true }

---@param given table
---@param known table
---@param prefix string
---@param errors string[]
local function check(given, known, prefix, errors)
  for name, value in vim.spairs(given) do
    local path = prefix .. tostring(name)
    local test = checks[path] or checks[prefix .. "*"]
    if known[name] == nil or not test then
      local names = vim.tbl_keys(known)
      table.sort(names)
      table.insert(errors, ("%s is no option; there are %s"):format(path, table.concat(names, ", ")))
    else
      local good, expected = test(value)
      if not good then
        table.insert(
          errors,
          ("%s has to be %s, not %s"):format(path, expected, vim.inspect(value, { newline = " ", indent = "" }))
        )
      elseif type(known[name]) == "table" and not vim.islist(known[name]) and not open[path] then
        check(value, known[name], path .. ".", errors)
      end
    end
  end
end

---What is wrong with options, each naming its key; empty when they can be used.
---@param options any
---@return string[]
function M.errors(options)
  if type(options) ~= "table" then
    return { "the options have to be a table, not " .. type(options) }
  end
  local errors = {} ---@type string[]
  check(options, defaults, "", errors)
  return errors
end

---What was wrong with the options that were given last, which then do not hold.
---@type string[]
M.refused = {}

---Takes options over. Those that cannot be used raise an error that names their keys.
---@param options? spelunk.Options
function M.set(options)
  local errors = M.errors(options or {})
  M.refused = errors
  if #errors > 0 then
    error("spelunk: " .. table.concat(errors, "; "), 0)
  end
  current = vim.tbl_deep_extend("force", vim.deepcopy(defaults), options or {})
end

---@return spelunk.Config
function M.get()
  return current
end

---@return spelunk.Config
function M.defaults()
  return vim.deepcopy(defaults)
end

return M
