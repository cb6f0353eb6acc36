-- Plans: what their buffers show, what is chosen in them, how they are applied and taken back.

local check = require("support.check")
local eq, has, wait_for = check.eq, check.has, check.wait_for

local executed = {
  ["conftest.py"] = "from lib import load\n\n\ndef pytest_configure():\n    load()\n",
  ["lib.py"] = "def load():\n    return 1\n",
  ["README.md"] = "See load() in lib.\n",
}

---Waits until the plan is on the screen.
local function shown(nvim)
  wait_for("the plan", function()
    return nvim:lua("return vim.bo.filetype") == "spelunk-plan"
  end)
end

---Opens a file, has something planned, and gives the Neovim once the plan is on the screen.
local function planned(scene, request, opts)
  opts = opts or {}
  local folder = scene:workspace("w", opts.files)
  local nvim = scene:nvim(opts)
  nvim:edit(folder .. "/" .. (opts.file or "src/main.rs"))
  nvim:cmd("Spelunk plan " .. request)
  if opts.reply then
    opts.reply()
  end
  shown(nvim)
  return nvim, folder
end

---Has a scripted model plan by code.
local function scripted(scene, code, opts)
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
  return planned(scene, "what the script says", opts)
end

---A plan that creates, moves, removes and edits.
local function everything(scene)
  return scripted(
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
local function on(nvim, text, keys)
  eq(nvim:lua([[return vim.fn.search("\\V" .. ..., "wc") > 0]], text), true, "no line with " .. text)
  nvim:keys(keys)
end

---Applies by the key, and waits for what is said of it.
local function apply(nvim)
  nvim:keys("a")
  return nvim:said("applied: ")
end

---The text of a file's buffer, loaded or not.
local function buffer(nvim, path)
  return nvim:lua(
    [[
    local bufnr = vim.fn.bufadd(...)
    vim.fn.bufload(bufnr)
    return table.concat(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false), "\n") .. "\n"
  ]],
    path
  )
end

local function disk(path)
  local file = io.open(path, "rb")
  local text = file and file:read("*a")
  if file then
    file:close()
  end
  return text
end

---Applies an edit as if the server had sent it; `%s` in the URIs is the folder.
local function apply_edit(nvim, folder, edit)
  local text = vim.json.encode(edit):gsub("%%s", (folder:gsub("%%", "%%%%")))
  return nvim:lua(
    [[
      local client = vim.lsp.get_clients({ name = "spelunk" })[1]
      return client.handlers["workspace/applyEdit"](nil, { edit = vim.json.decode(...) }, { client_id = client.id })
    ]],
    text
  )
end

local function replace(line, from, to, text)
  local range = { start = { line = line, character = from }, ["end"] = { line = line, character = to } }
  return { range = range, newText = text }
end

return {
  {
    "a rename is shown by step and file, and its diff beside what is there",
    function(scene)
      local nvim = planned(scene, "rename parse.rs#count to words")
      local text = nvim:text()
      has(text, "Plan: rename parse.rs#count to words\n")
      has(text, "Checked: jail, parse")
      has(text, "[x] 1. Rename `parse.rs#count` to `words`\n      src/main.rs  1 edit\n      src/parse.rs  1 edit")
      has(nvim:screen(), "a apply")
      on(nvim, "src/parse.rs", "K")
      wait_for("the diff", function()
        return nvim:lua("return #vim.api.nvim_list_tabpages()") == 2
      end)
      local sides = nvim:lua([[return vim.tbl_map(function(win)
        local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(win), 0, -1, false)
        return { vim.wo[win].diff, lines[8], vim.bo[vim.api.nvim_win_get_buf(win)].filetype }
      end, vim.api.nvim_tabpage_list_wins(0))]])
      eq(sides, {
        { true, "pub fn count(line: &str) -> usize {", "rust" },
        { true, "pub fn words(line: &str) -> usize {", "rust" },
      })
      nvim:keys("q")
      eq(nvim:lua("return { #vim.api.nvim_list_tabpages(), vim.bo.filetype }"), { 1, "spelunk-plan" })
    end,
  },
  {
    "applying leaves modified buffers, one block of undo each, and the places in the quickfix list",
    function(scene)
      local nvim, folder = planned(scene, "rename parse.rs#count to words")
      local main, parse = disk(folder .. "/src/main.rs"), disk(folder .. "/src/parse.rs")
      has(apply(nvim), "2 not written yet")
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
    "unsaved text is what a plan is made for, and a change since then makes it stale",
    function(scene)
      local folder = scene:workspace("w")
      local nvim = scene:nvim()
      nvim:edit(folder .. "/src/main.rs")
      nvim:keys("ggO// not saved<Esc>")
      nvim:cmd("Spelunk plan rename parse.rs#count to words")
      shown(nvim)
      nvim:keys("<C-w>hggO// later<Esc><C-w>l")
      nvim:keys("R")
      wait_for("what is stale", function()
        return nvim:text():find("^Plan: [^\n]*\n\nStale: [^\n]*\n  step 1: src/main.rs: ")
      end)
      nvim:keys("a")
      has(nvim:said("src/main.rs"), "changed")
      has(buffer(nvim, folder .. "/src/parse.rs"), "pub fn count(")
      nvim:keys("<C-w>hu<C-w>l")
      nvim:keys("R")
      wait_for("the plan to be fresh", function()
        return not nvim:text():find("Stale:")
      end)
      apply(nvim)
      has(buffer(nvim, folder .. "/src/main.rs"), "// not saved\nmod parse;")
      has(buffer(nvim, folder .. "/src/main.rs"), "parse::words(")
    end,
  },
  {
    "doubtful places change when they are switched on",
    function(scene)
      local nvim, folder = planned(scene, "rename lib.py#load to fetch", { files = executed, file = "lib.py" })
      has(nvim:text(), "[ ] 1 doubtful place, left as it is\n          README.md:1: See load() in lib.")
      on(nvim, "README.md", "x")
      has(nvim:text(), "[x] 1 doubtful place\n")
      nvim:keys("a")
      nvim:choose("leave it out")
      nvim:said("applied: ")
      eq(buffer(nvim, folder .. "/README.md"), "See fetch() in lib.\n")
    end,
  },
  {
    "a file that a tool executes changes only after a yes of its own",
    function(scene)
      local opts = { files = executed, file = "lib.py" }
      local nvim, folder = planned(scene, "rename lib.py#load to fetch", opts)
      has(nvim:text(), "conftest.py  2 edits  [ ] pytest runs it before the tests")
      nvim:keys("a")
      eq(nvim:choose("leave it out"), { "leave it out", "change it" })
      has(nvim:lua("return _G.choices[1].prompt"), "conftest.py: pytest runs it before the tests. Change it?")
      has(nvim:said("applied: "), "left out: conftest.py")
      eq(buffer(nvim, folder .. "/conftest.py"), executed["conftest.py"])
      eq(buffer(nvim, folder .. "/lib.py"), "def fetch():\n    return 1\n")
      nvim:cmd("wall")

      nvim:lua("_G.said = {}")
      nvim:cmd("edit " .. folder .. "/conftest.py")
      nvim:cmd("Spelunk plan rename conftest.py#pytest_configure to configure")
      nvim:ended(2)
      shown(nvim)
      on(nvim, "conftest.py  1 edit", "x")
      nvim:keys("a")
      nvim:said("applied: ")
      has(buffer(nvim, folder .. "/conftest.py"), "def configure():")
      eq(#nvim:lua("return _G.choices"), 1)
    end,
  },
  {
    "steps are left out one by one, and folds stay as they are",
    function(scene)
      local nvim, folder = scripted(
        scene,
        'plan.step("Greet", "Because.\\nOf this.");\n'
          .. 'plan.replace("src/main.rs", "fn main() {", "fn main() {\\n    greet();");\n'
          .. 'plan.step("Split at tabs");\n'
          .. 'plan.replace("src/parse.rs", \'split(" ")\', \'split("\\\\t")\');'
      )
      has(nvim:text(), "[x] 1. Greet\n      Because.\n      Of this.\n      src/main.rs  1 edit\n[x] 2. Split at tabs")
      on(nvim, "2. Split", "zc")
      on(nvim, "1. Greet", "x")
      has(nvim:text(), "[ ] 1. Greet")
      eq(
        nvim:lua([[return { vim.fn.foldclosed(vim.fn.search("1. Greet", "wn")) == -1,
        vim.fn.foldclosed(vim.fn.search("2. Split", "wn")) ~= -1 }]]),
        { true, true }
      )
      has(apply(nvim), "applied: 1 file")
      has(buffer(nvim, folder .. "/src/parse.rs"), 'split("\\t")')
      eq(buffer(nvim, folder .. "/src/main.rs"), disk(folder .. "/src/main.rs"))
      on(nvim, "2. Split", "x")
      nvim:keys("a")
      nvim:said("no step is chosen")
    end,
  },
  {
    "problems come first, and a fatal one forbids applying",
    function(scene)
      local nvim, folder = scripted(
        scene,
        'plan.step("Break it"); plan.replace("src/main.rs", "fn main() {", "fn main() {{{");',
        { insists = true }
      )
      has(nvim:text(), "Problems: the plan cannot be applied as it is\n  fatal: step 1: src/main.rs")
      nvim:keys("a")
      nvim:said("parse")
      eq(buffer(nvim, folder .. "/src/main.rs"), disk(folder .. "/src/main.rs"))
      on(nvim, "fatal:", "<CR>")
      eq(nvim:lua("return vim.fn.expand('%:t')"), "main.rs")
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
    "a plan's conversation goes on, and its buffer keeps what was chosen",
    function(scene)
      local nvim = planned(scene, "rename parse.rs#count to words")
      on(nvim, "1. Rename", "x")
      local first = nvim:lua("return vim.api.nvim_get_current_buf()")
      nvim:keys("q")
      nvim:cmd("Spelunk history")
      nvim:choose("rename parse.rs#count to words")
      shown(nvim)
      eq(nvim:lua("return vim.api.nvim_get_current_buf()"), first)
      has(nvim:text(), "[ ] 1. Rename")
      nvim:cmd("Spelunk ask who calls parse?")
      local conversation = nvim:ended(2).conversationId
      eq(nvim:lua("return require('spelunk.runs').all()[1].conversation"), conversation)
    end,
  },
  {
    "the verify command is stopped",
    function(scene)
      local nvim = planned(scene, "rename parse.rs#count to words", { env = { SPELUNK_VERIFY = "sleep 1000" } })
      nvim:keys("v")
      nvim:choose("run it")
      wait_for("the command", function()
        return nvim:lua("return require('spelunk.plan.buffer').view(vim.api.nvim_get_current_buf()).busy")
          == "verifying"
      end)
      nvim:keys("<C-c>")
      nvim:said("stopped")
      eq(nvim:lua("return require('spelunk.plan.buffer').view(vim.api.nvim_get_current_buf()).busy"), nil)
    end,
  },
  {
    "a plan outlives its server",
    function(scene)
      local nvim, folder = planned(scene, "rename parse.rs#count to words")
      local old = nvim:lua([[return vim.lsp.get_clients({ name = "spelunk" })[1].id ]])
      nvim:cmd("Spelunk restart")
      wait_for("another server", function()
        local id = nvim:lua([[
          local client = vim.lsp.get_clients({ name = "spelunk" })[1]
          return client and client.initialized and client.id
        ]])
        return id and id ~= old
      end)
      apply(nvim)
      has(buffer(nvim, folder .. "/src/parse.rs"), "pub fn words(")
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
    "nothing is applied when a question about an executed file is not answered",
    function(scene)
      local nvim, folder = planned(scene, "rename lib.py#load to fetch", { files = executed, file = "lib.py" })
      nvim:keys("a")
      nvim:choose(nil)
      eq(nvim:lua("return { _G.said, require('spelunk.plan.buffer').view(0) == nil }"), { {}, true })
      eq(buffer(nvim, folder .. "/lib.py"), executed["lib.py"])
    end,
  },
  {
    "plans are shown where the options say, and their keys work there",
    function(scene)
      for _, kind in ipairs({ "split", "float", "tab" }) do
        local nvim, folder = planned(scene, "rename parse.rs#count to words", {
          setup = ("require('spelunk.config').get().window.kind = %q"):format(kind),
        })
        local tabs = nvim:lua("return #vim.api.nvim_list_tabpages()")
        eq(tabs, kind == "tab" and 2 or 1)
        on(nvim, "src/parse.rs", "K")
        wait_for("the diff", function()
          return nvim:lua("return #vim.api.nvim_list_tabpages()") == tabs + 1
        end)
        nvim:keys("q")
        eq(nvim:lua("return { #vim.api.nvim_list_tabpages(), vim.bo.filetype }"), { tabs, "spelunk-plan" })
        apply(nvim)
        has(buffer(nvim, folder .. "/src/parse.rs"), "pub fn words(")
        on(nvim, "src/parse.rs", "<CR>")
        eq(nvim:lua("return { vim.fn.expand('%:t'), vim.fn.line('.') }"), { "parse.rs", 8 })
      end
    end,
  },
  {
    "a plan of an earlier session is opened from the history, and can be applied",
    function(scene)
      local nvim, folder = planned(scene, "rename parse.rs#count to words")
      nvim:stop()
      local later = scene:nvim()
      later:edit(folder .. "/src/main.rs")
      later:cmd("Spelunk history")
      later:choose("rename parse.rs#count to words")
      shown(later)
      has(later:text(), "[x] 1. Rename `parse.rs#count` to `words`")
      apply(later)
      has(buffer(later, folder .. "/src/parse.rs"), "pub fn words(")
    end,
  },
  {
    "verifying shows the patch, asks, and its outcome is part of the plan",
    function(scene)
      local command = "grep -q words src/parse.rs"
      local nvim = planned(scene, "rename parse.rs#count to words", { env = { SPELUNK_VERIFY = command } })
      nvim:keys("v")
      wait_for("the question", function()
        return nvim:lua("return _G.choose ~= nil")
      end)
      has(nvim:text(), "+pub fn words(")
      eq(nvim:choose("no"), { "no", "run it" })
      eq(nvim:lua("return { vim.bo.filetype, #vim.api.nvim_list_tabpages() }"), { "spelunk-plan", 1 })
      eq(nvim:text():find("Verified", 1, true), nil)
      nvim:keys("v")
      nvim:choose("run it")
      nvim:said(command .. ": passed")
      wait_for("the outcome", function()
        return nvim:text():find("Verified: passed: " .. command .. " (exit code 0", 1, true)
      end)
    end,
  },
  {
    "without a verify command that is said",
    function(scene)
      local nvim = planned(scene, "rename parse.rs#count to words")
      nvim:keys("v")
      nvim:choose("run it")
      nvim:said("verify")
    end,
  },
  {
    "the plan is copied as a patch that git takes",
    function(scene)
      local nvim, folder = planned(scene, "rename parse.rs#count to words")
      nvim:keys('"py')
      nvim:said("register p")
      scene:write(scene.dir .. "/plan.patch", nvim:lua([[return vim.fn.getreg("p")]]))
      local done = vim.system({ "git", "apply", "../plan.patch" }, { cwd = folder, text = true }):wait()
      eq({ done.code, done.stderr }, { 0, "" })
      has(disk(folder .. "/src/parse.rs"), "pub fn words(")
    end,
  },
  {
    "an edit for another version of a document is refused as a whole",
    function(scene)
      local folder = scene:workspace("w")
      local nvim = scene:nvim()
      nvim:edit(folder .. "/src/main.rs")
      local version = nvim:lua("return vim.lsp.util.buf_versions[vim.api.nvim_get_current_buf()]")
      local edit = {
        documentChanges = {
          { textDocument = { uri = "file://%s/src/parse.rs", version = vim.NIL }, edits = { replace(0, 0, 3, "//?") } },
          { textDocument = { uri = "file://%s/src/main.rs", version = version }, edits = { replace(0, 0, 3, "MOD") } },
        },
      }
      nvim:keys("ggO// typed meanwhile<Esc>")
      local result = apply_edit(nvim, folder, edit)
      eq({ result.applied, result.failedChange }, { false, 1 })
      has(result.failureReason, "src/main.rs: it was changed since")
      has(buffer(nvim, folder .. "/src/parse.rs"), "//! Parsing.")
      eq(nvim:lua("return vim.bo.modified"), true)
      nvim:keys("u")
      version = nvim:lua("return vim.lsp.util.buf_versions[vim.api.nvim_get_current_buf()]")
      edit.documentChanges[2].textDocument.version = version
      eq(apply_edit(nvim, folder, edit), { applied = true })
      has(buffer(nvim, folder .. "/src/main.rs"), "MOD parse;")
    end,
  },
  {
    "an edit that fails half way is taken back",
    function(scene)
      local folder = scene:workspace("w")
      local nvim = scene:nvim()
      nvim:edit(folder .. "/src/main.rs")
      local main = disk(folder .. "/src/main.rs")
      local result = apply_edit(nvim, folder, {
        documentChanges = {
          { textDocument = { uri = "file://%s/src/main.rs", version = vim.NIL }, edits = { replace(0, 0, 3, "MOD") } },
          { kind = "create", uri = "file://%s/new.rs" },
          { kind = "delete", uri = "file://%s/src/parse.rs" },
          -- Below a file there is no room for another.
          { kind = "create", uri = "file://%s/src/main.rs/below.rs" },
        },
      })
      eq({ result.applied, result.failedChange }, { false, 3 })
      eq(buffer(nvim, folder .. "/src/main.rs"), main)
      eq(disk(folder .. "/new.rs"), nil)
      has(disk(folder .. "/src/parse.rs"), "//! Parsing.")
      eq(nvim:lua("return vim.bo.modified"), false)
    end,
  },
  {
    "what the server does not see is not overwritten",
    function(scene)
      local folder = scene:workspace("w")
      local nvim = scene:nvim()
      nvim:edit(folder .. "/src/main.rs")
      nvim:cmd("noautocmd edit " .. folder .. "/src/parse.rs")
      nvim:keys("ggOmine<Esc>")
      local uri = "file://%s/src/parse.rs"
      for _, case in ipairs({
        { { textDocument = { uri = uri, version = vim.NIL }, edits = { replace(0, 0, 0, "x") } }, "does not see" },
        { { kind = "delete", uri = uri }, "unsaved changes" },
        { { kind = "rename", oldUri = uri, newUri = "file://%s/src/text.rs" }, "does not see" },
        { { kind = "create", uri = uri }, "such a file already" },
        { { kind = "rename", oldUri = "file://%s/none.rs", newUri = uri }, "no such file" },
      }) do
        local result = apply_edit(nvim, folder, { documentChanges = { case[1] } })
        eq(result.applied, false)
        has(result.failureReason, case[2])
      end
      has(nvim:text(), "mine\n//! Parsing.")
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
