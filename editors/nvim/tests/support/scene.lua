-- The scene of a test: a temporary folder with workspaces in it, and the Neovims and endpoints that were started there.

local M = {}
M.__index = M

---@return table
function M.new()
  local dir = vim.fn.tempname()
  vim.fn.mkdir(dir, "p")
  return setmetatable({ dir = vim.uv.fs_realpath(dir), closers = {}, children = {} }, M)
end

local sources = {
  ["src/main.rs"] = 'mod parse;\n\nfn main() {\n    println!("{}", parse::count("a b"));\n}\n',
  ["src/parse.rs"] = "//! Parsing.\n\n/// Splits.\npub fn parse(line: &str) -> Vec<&str> {\n"
    .. '    line.split(" ").collect()\n}\n\npub fn count(line: &str) -> usize {\n    parse(line).len()\n}\n',
}

---Writes a workspace, the two files that most tests ask about unless others are given.
---@param name string
---@param files? table<string, string>
---@return string folder
function M:workspace(name, files)
  local folder = vim.fs.joinpath(self.dir, name)
  vim.fn.mkdir(folder .. "/.git", "p")
  for path, text in pairs(files or sources) do
    self:write(vim.fs.joinpath(folder, path), text)
  end
  return folder
end

---@param path string
---@param text string
function M.write(_, path, text)
  vim.fn.mkdir(vim.fs.dirname(path), "p")
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

---Starts a Neovim with the plugin, and the server enabled.
---@param opts? table see `support.child`
function M:nvim(opts)
  local child = require("support.child").start(self, opts or {})
  table.insert(self.children, child)
  return child
end

---Starts an endpoint that speaks Chat Completions.
function M:endpoint()
  local endpoint = require("support.endpoint").start()
  table.insert(self.closers, function()
    endpoint:close()
  end)
  return endpoint
end

---What is worth knowing of a test that failed.
function M:report()
  return vim
    .iter(self.children)
    :map(function(child)
      return child:report()
    end)
    :join("\n")
end

function M:close()
  for _, child in ipairs(self.children) do
    child:stop()
  end
  for _, close in ipairs(self.closers) do
    close()
  end
  vim.fn.delete(self.dir, "rf")
end

return M
