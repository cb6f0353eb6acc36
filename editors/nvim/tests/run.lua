-- Runs the tests of the plugin in real Neovims against a real server:
--   SPELUNK=path/to/spelunk nvim -l editors/nvim/tests/run.lua [filter]
-- NVIM_UNDER_TEST names another Neovim than the one that runs this.

local here = vim.fs.dirname(vim.fs.abspath(debug.getinfo(1, "S").source:sub(2)))
package.path = here .. "/?.lua;" .. here .. "/../lua/?.lua;" .. here .. "/../lua/?/init.lua;" .. package.path

local scene = require("support.scene")
local filter = _G.arg[1] or ""
local passed, failed = 0, 0

for _, file in ipairs(vim.fn.sort(vim.fn.glob(here .. "/*_spec.lua", true, true))) do
  local spec = vim.fs.basename(file):gsub("_spec%.lua$", "")
  for _, test in ipairs(dofile(file)) do
    local name = spec .. ": " .. test[1]
    if name:find(filter, 1, true) then
      local place = scene.new()
      local good, problem = xpcall(test[2], debug.traceback, place)
      if good then
        passed = passed + 1
      else
        failed = failed + 1
        io.stdout:write("FAILED ", name, "\n", tostring(problem), "\n", place:report(), "\n")
      end
      place:close()
    end
  end
end

io.stdout:write(("%d passed, %d failed\n"):format(passed, failed))
os.exit(failed == 0 and passed > 0 and 0 or 1)
