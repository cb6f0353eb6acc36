-- Plans that are applied and taken back: what becomes of buffers and files.

local check = require("support.check")
local plan = require("support.plan")
local eq, has, wait_for = check.eq, check.has, check.wait_for
local apply, buffer, disk, everything, executed, on, planned, shown =
  plan.apply, plan.buffer, plan.disk, plan.everything, plan.executed, plan.on, plan.planned, plan.shown

return {
  {
    "applying leaves modified buffers, one block of undo each, and the places in the quickfix list",
    function(scene)
      local nvim, folder = planned(scene, "rename parse.rs#count to words")
      local main, parse = disk(folder .. "/src/main.rs"), disk(folder .. "/src/parse.rs")
      has(apply(nvim), "2 files are not written yet: :wall writes")
      has(buffer(nvim, folder .. "/src/main.rs"), 'parse::words("a b")')
      has(buffer(nvim, folder .. "/src/parse.rs"), "pub fn words(")
      eq({ disk(folder .. "/src/main.rs"), disk(folder .. "/src/parse.rs") }, { main, parse })
      local list = nvim:lua([[
        local list = vim.fn.getqflist({ title = 0, items = 0 })
        return { list.title, vim.tbl_map(function(item)
          return { vim.fn.fnamemodify(vim.fn.bufname(item.bufnr), ":t"), item.lnum, item.col, item.text }
        end, list.items) }
      ]])
      eq(list, {
        "spelunk: rename parse.rs#count to words",
        {
          { "main.rs", 4, 27, 'println!("{}", parse::words("a b"));' },
          { "parse.rs", 8, 8, "pub fn words(line: &str) -> usize {" },
        },
      })
      -- What is typed afterwards is a block of its own, and so was what came before.
      nvim:keys("<C-w>h")
      nvim:keys("ggOtyped<Esc>")
      nvim:keys("u")
      has(buffer(nvim, folder .. "/src/main.rs"), "parse::words(")
      nvim:keys("u")
      eq(buffer(nvim, folder .. "/src/main.rs"), main)
      eq(nvim:lua("return vim.bo.modified"), false)
      nvim:keys("<C-r>")
      has(buffer(nvim, folder .. "/src/main.rs"), "parse::words(")
    end,
  },
  {
    "many edits of one buffer are taken back by one undo",
    function(scene)
      local files = { ["lib.py"] = "def load():\n    return 1\n\n\nprint(load(), load())\nprint(load())\n" }
      local nvim, folder = planned(scene, "rename load to fetch", { files = files, file = "lib.py" })
      apply(nvim)
      eq(buffer(nvim, folder .. "/lib.py"), (files["lib.py"]:gsub("load", "fetch")))
      nvim:keys("<C-w>hu")
      eq(buffer(nvim, folder .. "/lib.py"), files["lib.py"])
    end,
  },
  {
    "plan.write writes what was applied",
    function(scene)
      local nvim, folder = planned(scene, "rename parse.rs#count to words", {
        setup = [[require("spelunk.config").get().plan.write = true]],
      })
      eq(apply(nvim):find("not written"), nil)
      has(disk(folder .. "/src/parse.rs"), "pub fn words(")
      has(disk(folder .. "/src/main.rs"), "parse::words(")
    end,
  },
  {
    "files are created, moved and removed",
    function(scene)
      local nvim, folder = everything(scene)
      has(nvim:text(), "src/text.rs  moved from src/parse.rs")
      has(nvim:text(), "src/new.rs  created")
      has(nvim:text(), "notes.md  removed")
      apply(nvim)
      eq(disk(folder .. "/notes.md"), nil)
      eq(disk(folder .. "/src/parse.rs"), nil)
      eq(disk(folder .. "/src/text.rs"), "pub fn go() {}\n")
      eq(buffer(nvim, folder .. "/src/new.rs"), "pub fn fresh() {}\n")
      eq(buffer(nvim, folder .. "/src/main.rs"), "mod text;\n\nfn main() {\n    text::go();\n}\n")
      nvim:cmd("wall")
      eq(disk(folder .. "/src/new.rs"), "pub fn fresh() {}\n")
    end,
  },
  {
    "undo takes back all files, and u in the plan's buffer does the same",
    function(scene)
      local nvim, folder = planned(scene, "rename parse.rs#count to words")
      local main, parse = disk(folder .. "/src/main.rs"), disk(folder .. "/src/parse.rs")
      local function taken_back()
        nvim:said("taken back: 2 files")
        wait_for("a plan that can be applied", function()
          return not nvim:lua([[
            local plan = vim.iter(vim.api.nvim_list_bufs()):find(function(bufnr)
              return vim.bo[bufnr].filetype == "spelunk-plan"
            end)
            return vim.iter(vim.api.nvim_buf_get_lines(plan, 0, -1, false)):any(function(line)
              return line:match("^Applied") or line:match("^Stale")
            end)
          ]])
        end)
        eq({ buffer(nvim, folder .. "/src/main.rs"), buffer(nvim, folder .. "/src/parse.rs") }, { main, parse })
        nvim:lua("_G.said = {}")
      end
      apply(nvim)
      has(nvim:text(), "\nApplied: u takes it back\n")
      eq(nvim:text():find("Stale", 1, true), nil)
      nvim:keys("<C-w>h")
      nvim:cmd("Spelunk undo")
      taken_back()
      nvim:keys("<C-w>l")
      apply(nvim)
      nvim:cmd("wall")
      nvim:keys("u")
      taken_back()
      nvim:cmd("wall")
      eq({ disk(folder .. "/src/main.rs"), disk(folder .. "/src/parse.rs") }, { main, parse })
      nvim:keys("u")
      nvim:said("nothing to take back")
    end,
  },
  {
    "undo names the file that was changed since",
    function(scene)
      local nvim, folder = planned(scene, "rename parse.rs#count to words")
      apply(nvim)
      nvim:keys("<C-w>hggO// mine<Esc><C-w>lu")
      has(nvim:said("src/main.rs"), "changed")
      has(buffer(nvim, folder .. "/src/parse.rs"), "pub fn words(")
      has(buffer(nvim, folder .. "/src/main.rs"), "// mine\nmod parse;")
    end,
  },
  {
    "files that were created, moved and removed are as before after undo",
    function(scene)
      local nvim, folder = everything(scene)
      apply(nvim)
      nvim:cmd("wall")
      nvim:keys("u")
      nvim:said("taken back")
      nvim:cmd("wall")
      eq(disk(folder .. "/notes.md"), "Old.\n")
      eq(disk(folder .. "/src/parse.rs"), "pub fn go() {}\n")
      eq(disk(folder .. "/src/new.rs"), nil)
      eq(disk(folder .. "/src/main.rs"), "mod parse;\n\nfn main() {\n    parse::go();\n}\n")
    end,
  },
  {
    "a moved file that is open, with unsaved text, is followed",
    function(scene)
      local folder = scene:workspace("w")
      local nvim = scene:nvim()
      nvim:edit(folder .. "/src/parse.rs")
      nvim:keys("ggO// not saved<Esc>")
      nvim:cmd("Spelunk plan move src/parse.rs to src/text.rs")
      shown(nvim)
      apply(nvim)
      nvim:keys("<C-w>h")
      eq(nvim:lua("return vim.fn.expand('%:t')"), "text.rs")
      has(nvim:text(), "// not saved\n//! Parsing.")
      has(buffer(nvim, folder .. "/src/main.rs"), "mod text;")
      nvim:cmd("wall")
      nvim:cmd("Spelunk undo")
      nvim:said("taken back")
      eq(nvim:lua("return vim.fn.expand('%:t')"), "parse.rs")
      eq(disk(folder .. "/src/text.rs"), nil)
      has(disk(folder .. "/src/parse.rs"), "// not saved")
    end,
  },
  {
    "names with spaces and signs, and text of many bytes, in every encoding",
    function(scene)
      local path = "we ird [1]/100%25 é#.py"
      local text = "def load():\n    return 1\n\n\ns = '𝄞é', load(), 'é𝄞', load()\n"
      for _, encoding in ipairs({ "utf-8", "utf-16", "utf-32" }) do
        local folder = scene:workspace(encoding, { [path] = text })
        local nvim = scene:nvim({
          setup = [[vim.lsp.config("spelunk", { capabilities = { general = { positionEncodings = { "]]
            .. encoding
            .. [[" } } } })]],
        })
        nvim:cmd("cd " .. folder)
        nvim:cmd("Spelunk plan rename load to fetch")
        shown(nvim)
        on(nvim, "100%25", "K")
        wait_for("the diff", function()
          return nvim:lua("return #vim.api.nvim_list_tabpages()") == 2
        end)
        nvim:keys("q")
        on(nvim, "100%25", "<CR>")
        eq(nvim:lua("return vim.api.nvim_buf_get_name(0)"), folder .. "/" .. path)
        eq(nvim:lua("return vim.lsp.get_clients()[1].offset_encoding"), encoding)
        nvim:keys("<C-w>p")
        apply(nvim)
        nvim:cmd("wall")
        eq(disk(folder .. "/" .. path), (text:gsub("load", "fetch")))
        eq(
          nvim:lua([[return vim.tbl_map(function(item) return { item.lnum, item.col } end, vim.fn.getqflist())]]),
          { { 1, 5 }, { 5, 15 } }
        )
      end
    end,
  },
  {
    "line ends, a missing last one, and a byte order mark stay as they are",
    function(scene)
      local texts = {
        ["crlf.py"] = "from lib import load\r\n\r\nload()\r\n",
        ["none.py"] = "from lib import load\n\nload()",
        ["bom.py"] = "\239\187\191from lib import load\n\nload()\n",
        ["lib.py"] = "def load():\n    return 1\n",
      }
      local nvim, folder = planned(scene, "rename lib.py#load to fetch", {
        files = texts,
        file = "lib.py",
        setup = "vim.o.fixendofline = false",
      })
      apply(nvim)
      nvim:cmd("wall")
      for path, text in pairs(texts) do
        eq(disk(folder .. "/" .. path), (text:gsub("load", "fetch")), path)
      end
    end,
  },
  {
    "a plan is under way no longer when no server can start, and can be applied when one does",
    function(scene)
      local nvim = planned(scene, "rename parse.rs#count to words")
      nvim:lua([[
        _G.good = require("spelunk.config").get()
        for _, child in ipairs(vim.api.nvim_get_proc_children(vim.fn.getpid())) do vim.uv.kill(child, "sigkill") end
      ]])
      nvim:said("the server ended by signal 9")
      for _, case in ipairs({
        { [[{ cmd = { "/nowhere/spelunk", "lsp" } }]], 'no program "/nowhere/spelunk"' },
        { [[{ cmd = { "sh", "-c", "exit 3" } }]], "the server ended with exit code 3" },
        { [[{ cmd = _G.good.cmd, machine = { maxTurns = "many" } }]], "the server cannot start" },
      }) do
        nvim:lua(([[require("spelunk.config").set(%s)]]):format(case[1]))
        nvim:keys("a")
        nvim:said(case[2])
        wait_for("the end of " .. case[2], function()
          local bar = nvim:lua([[return require("spelunk.plan.buffer").bar()]])
          return bar ~= "applying" and nvim:lua("return #vim.lsp.get_clients({ _uninitialized = true })") == 0
        end)
      end
      nvim:lua([[require("spelunk.config").set({ cmd = _G.good.cmd })]])
      apply(nvim)
    end,
  },
  {
    "a workspace behind a symbolic link",
    function(scene)
      local real = scene:workspace("real")
      vim.uv.fs_symlink(real, scene.dir .. "/link")
      local nvim = scene:nvim()
      nvim:edit(scene.dir .. "/link/src/main.rs")
      nvim:keys("ggO// not saved<Esc>")
      nvim:cmd("Spelunk plan rename parse.rs#count to words")
      shown(nvim)
      apply(nvim)
      nvim:keys("<C-w>h")
      has(nvim:text(), "// not saved\nmod parse;")
      has(nvim:text(), "parse::words(")
      nvim:cmd("wall")
      has(disk(real .. "/src/parse.rs"), "pub fn words(")
      has(disk(real .. "/src/main.rs"), "// not saved")
    end,
  },
  {
    "vim.lsp.buf.rename works, and says what it left",
    function(scene)
      local nvim = scene:nvim()
      local folder = scene:workspace("w", executed)
      nvim:edit(folder .. "/lib.py")
      nvim:lua([[vim.api.nvim_win_set_cursor(0, { 1, 5 }) vim.lsp.buf.rename("fetch")]])
      wait_for("the rename", function()
        return nvim:text():find("def fetch():", 1, true)
      end)
      eq(buffer(nvim, folder .. "/README.md"), executed["README.md"])
      has(nvim:said("doubtful places that are left as they are: 1"), "conftest.py is left out")
    end,
  },
}
