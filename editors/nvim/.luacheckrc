-- What luacheck knows of Neovim, and what it may not forgive.
std = "luajit"
cache = false
codes = true
max_line_length = 120
max_cyclomatic_complexity = 20
read_globals = { "vim" }

-- Options and variables are set through these.
globals = { "vim.b", "vim.bo", "vim.g", "vim.go", "vim.o", "vim.opt", "vim.opt_local", "vim.env", "vim.v", "vim.w", "vim.wo" }
globals[#globals + 1] = "vim.lsp.commands"

-- A method that does not need itself, a callback that does not need its first argument.
self = false
ignore = { "212/_.*" }
