-- What luacheck knows of Neovim, and what it may not forgive.
std = "luajit"
cache = false
codes = true
max_line_length = 120
max_cyclomatic_complexity = 20

-- Options and variables are set through these.
local settable = { read_only = false, other_fields = true }
read_globals = {
  vim = {
    other_fields = true,
    fields = {
      b = settable,
      bo = settable,
      env = settable,
      g = settable,
      go = settable,
      o = settable,
      opt = settable,
      ui = settable,
      v = settable,
      w = settable,
      wo = settable,
      notify = { read_only = false },
    },
  },
}

-- An argument that is there for its place begins with an underscore.
ignore = { "212/_.*" }
