-- Plans: what their buffers show, what is chosen in them, how they are applied and taken back.

local check = require("support.check")
local eq, has, wait_for = check.eq, check.has, check.wait_for

---Opens a file and has a rename planned; gives the Neovim once the plan is on the screen.
local function planned(scene, request, opts)
  opts = opts or {}
  local folder = scene:workspace("w", opts.files)
  local nvim = scene:nvim(opts)
  nvim:edit(folder .. "/" .. (opts.file or "src/main.rs"))
  nvim:cmd("Spelunk plan " .. request)
  wait_for("the plan", function()
    return nvim:lua("return vim.bo.filetype") == "spelunk-plan"
  end)
  return nvim, folder
end

return {
  {
    "a rename over two files is shown, applied as one block of undo a file, and taken back",
    function(scene)
      local nvim, folder = planned(scene, "rename parse.rs#count to words")
      print(nvim:screen())
    end,
  },
}
