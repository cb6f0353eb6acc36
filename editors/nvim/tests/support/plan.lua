-- What the tests of plans share: having something planned, and looking at buffers and files.

local check = require("support.check")
local eq, wait_for = check.eq, check.wait_for

local M = {}

---Files of which a tool executes one.
M.executed = {
  ["conftest.py"] = "from lib import load\n\n\ndef pytest_configure():\n    load()\n",
  ["lib.py"] = "def load():\n    return 1\n",
  ["README.md"] = "See load() in lib.\n",
}

---Waits until the plan is on the screen.
function M.shown(nvim)
  wait_for("the plan", function()
    return nvim:lua("return vim.bo.filetype") == "spelunk-plan"
  end)
end

---Opens a file, has something planned, and gives the Neovim once the plan is on the screen.
function M.planned(scene, request, opts)
  opts = opts or {}
  local folder = scene:workspace("w", opts.files)
  local nvim = scene:nvim(opts)
  nvim:edit(folder .. "/" .. (opts.file or "src/main.rs"))
  nvim:cmd("Spelunk plan " .. request)
  if opts.reply then
    opts.reply()
  end
  M.shown(nvim)
  return nvim, folder
end

---Has a scripted model plan by code.
function M.scripted(scene, code, opts)
  local endpoint = scene:endpoint()
  opts = vim.tbl_extend("force", opts or {}, {
    env = endpoint:env(),
    reply = function()
      endpoint:next():code(code .. '\nanswer("As asked.")')
      if opts.insists then
        endpoint:next():code('answer("As asked.")')
      end
    end,
  })
  return M.planned(scene, "what the script says", opts)
end

---A plan that creates, moves, removes and edits.
function M.everything(scene)
  return M.scripted(
    scene,
    'plan.step("All of it"); plan.create("src/new.rs", "pub fn fresh() {}\\n");\n'
      .. 'plan.move("src/parse.rs", "src/text.rs"); plan.remove("notes.md");',
    {
      files = {
        ["src/main.rs"] = "mod parse;\n\nfn main() {\n    parse::go();\n}\n",
        ["src/parse.rs"] = "pub fn go() {}\n",
        ["notes.md"] = "Old.\n",
      },
    }
  )
end

---Puts the cursor on the line with a text and types keys.
function M.on(nvim, text, keys)
  eq(nvim:lua([[return vim.fn.search("\\V" .. ..., "wc") > 0]], text), true, "no line with " .. text)
  nvim:keys(keys)
end

---Applies by the key, and waits for what is said of it.
function M.apply(nvim)
  nvim:keys("a")
  return nvim:said("applied: ")
end

---The text of a file's buffer, loaded or not.
function M.buffer(nvim, path)
  return nvim:lua(
    [[
    local bufnr = vim.fn.bufadd(...)
    vim.fn.bufload(bufnr)
    return table.concat(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false), "\n") .. "\n"
  ]],
    path
  )
end

---The text of a file on disk; nil when there is none.
function M.disk(path)
  local file = io.open(path, "rb")
  local text = file and file:read("*a")
  if file then
    file:close()
  end
  return text
end

return M
