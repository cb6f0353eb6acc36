-- Plans: what their buffers show, what is chosen in them, and the way to diffs, files, patches and checks.

local check = require("support.check")
local plan = require("support.plan")
local eq, has, wait_for = check.eq, check.has, check.wait_for
local apply, buffer, disk, executed, on, planned, scripted, shown =
  plan.apply, plan.buffer, plan.disk, plan.executed, plan.on, plan.planned, plan.scripted, plan.shown

return {
  {
    "a plan is asked for at the cursor and over a range",
    function(scene)
      local endpoint = scene:endpoint()
      local folder = scene:workspace("w")
      local nvim = scene:nvim({ env = endpoint:env() })
      for _, case in ipairs({
        { "call cursor(9, 8)", "Spelunk plan rename this", '"from":9,"to":9,"symbol":"parse"' },
        { "normal! gg", "1,5Spelunk plan split this up", '"from":1,"to":5' },
      }) do
        nvim:edit(folder .. "/src/parse.rs")
        nvim:cmd(case[1])
        nvim:cmd(case[2])
        local call = endpoint:next()
        has(call.body.messages[#call.body.messages].content, case[3])
        nvim:cmd("Spelunk stop")
      end
    end,
  },
  {
    "code actions plan into the same buffer, or edit at once",
    function(scene)
      local folder = scene:workspace("w", {
        ["src/main.rs"] = 'fn main() {\n    let a = 1;\n    println!("{}", a);\n    run();\n}\n\nfn run() {}\n',
      })
      local nvim = scene:nvim()
      nvim:edit(folder .. "/src/main.rs")
      nvim:lua([[
        vim.api.nvim_win_set_cursor(0, { 7, 4 })
        vim.lsp.buf.code_action()
      ]])
      nvim:choose("to its own file")
      shown(nvim)
      has(nvim:text(), "src/run.rs  created")
      nvim:keys("q")
      nvim:lua([[
        vim.lsp.buf.code_action({ range = { start = { 2, 0 }, ["end"] = { 3, 22 } } })
      ]])
      nvim:choose("Extract to function")
      wait_for("the edit", function()
        return nvim:text():find("fn extracted", 1, true)
      end)
    end,
  },
  {
    "in a workspace that is not trusted builtin plans",
    function(scene)
      local endpoint = scene:endpoint()
      local nvim = planned(scene, "rename parse.rs#count to words", {
        env = endpoint:env(),
        setup = "require('spelunk.config').get().trusted = false",
      })
      has(nvim:text(), "[x] 1. Rename `parse.rs#count` to `words`")
      eq(#endpoint.calls, 0)
    end,
  },
  {
    "planning is seen as an answer is, and a plan without steps says why",
    function(scene)
      local endpoint = scene:endpoint()
      local folder = scene:workspace("w")
      local nvim = scene:nvim({ env = endpoint:env() })
      nvim:edit(folder .. "/src/main.rs")
      nvim:cmd("Spelunk plan make it better")
      local call = endpoint:next()
      call:text("I look around first")
      wait_for("the text of the model", function()
        return nvim:screen():find("I look around first", 1, true)
      end)
      eq(nvim:lua("return vim.bo.filetype"), "markdown")
      call:code('answer("Nothing can be made better.")')
      endpoint:next():code('answer("Nothing can be made better.")')
      shown(nvim)
      has(nvim:text(), "Nothing can be made better.")
      has(nvim:text(), "Nothing is to be changed.")
      nvim:keys("a")
      nvim:said("no step is chosen")
    end,
  },
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
    "unsaved text is what a plan is made for, and a change since then makes it stale",
    function(scene)
      local folder = scene:workspace("w")
      local nvim = scene:nvim()
      nvim:edit(folder .. "/src/main.rs")
      nvim:keys("ggO// not saved<Esc>")
      nvim:cmd("Spelunk plan rename parse.rs#count to words")
      shown(nvim)
      on(nvim, "src/main.rs", "gd")
      wait_for("the diff", function()
        return nvim:lua("return #vim.api.nvim_list_tabpages()") == 2
      end)
      eq(nvim:lua("return vim.api.nvim_buf_get_lines(0, 0, 1, false)"), { "// not saved" })
      nvim:keys("q")
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
      -- A tab that the person has gone to meanwhile stays.
      nvim:keys("v")
      wait_for("the question", function()
        return nvim:lua("return _G.choose ~= nil")
      end)
      nvim:cmd("tabnew")
      nvim:choose("no")
      eq(nvim:lua("return { vim.bo.filetype, #vim.api.nvim_list_tabpages() }"), { "", 2 })
      nvim:cmd("tabclose")
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
}
