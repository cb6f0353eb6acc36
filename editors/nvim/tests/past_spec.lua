-- Runs that ended: history, records, citations that moved or went stale, and the choice of a model.

local check = require("support.check")
local plans = require("support.plan")
local eq, has, wait_for = check.eq, check.has, check.wait_for

local function asking(scene, question, opts)
  local nvim = scene:nvim(opts)
  nvim:edit(scene.dir .. "/w/src/main.rs")
  nvim:cmd("Spelunk ask " .. question)
  nvim:ended()
  return nvim
end

local function place(nvim)
  return nvim:lua([[return { vim.fn.expand("%:t"), vim.fn.line(".") }]])
end

---Goes to the line of the answer with `text` and follows its citation.
local function follow(nvim, text, keys)
  nvim:lua("vim.fn.cursor(1, 1) vim.fn.search(..., 'W')", text)
  nvim:keys(keys)
  wait_for("the file", function()
    return place(nvim)[1] == "parse.rs"
  end)
end

local function highlights(nvim)
  return nvim:lua([[
    local space = vim.api.nvim_get_namespaces()["spelunk.citations"]
    local marks = vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true })
    local groups = {}
    for _, mark in ipairs(marks) do
      if mark[4].hl_group then
        local line = vim.api.nvim_buf_get_lines(0, mark[2], mark[2] + 1, false)[1]
        table.insert(groups, { line:sub(mark[3] + 1, mark[4].end_col), mark[4].hl_group })
      end
    end
    return groups
  ]])
end

return {
  {
    "citations are highlighted as they stand, and lead to where their lines are now",
    function(scene)
      scene:workspace("w")
      local nvim = asking(scene, "who calls parse?")
      eq(highlights(nvim), {
        { "src/parse.rs:9", "SpelunkCitationValid" },
        { "src/parse.rs:4-6", "SpelunkCitationValid" },
      })
      follow(nvim, "src/parse.rs:9", "<CR>")
      eq(place(nvim), { "parse.rs", 9 })
      -- Two lines above, not written: line 9 is line 11 now; and what is called changes.
      nvim:lua([[vim.api.nvim_buf_set_lines(0, 0, 0, false, { "//", "//" })]])
      nvim:cmd("wincmd p")
      follow(nvim, "src/parse.rs:9", "<CR>")
      eq(place(nvim), { "parse.rs", 11 })
      has(nvim:said("src/parse.rs:9: "), "moved to line 11")
      nvim:lua([[vim.api.nvim_buf_set_lines(0, 10, 11, false, { "    0" })]])
      nvim:cmd("wincmd p")
      follow(nvim, "src/parse.rs:9", "gd")
      nvim:said("stale")
      nvim:cmd("wincmd p")
      eq(highlights(nvim)[1], { "src/parse.rs:9", "SpelunkCitationStale" })
      eq(highlights(nvim)[2], { "src/parse.rs:4-6", "SpelunkCitationMoved" })
      has(nvim:screen(), "moved to line 6")
      has(nvim:screen(), "citations: 1 moved, 1 stale")
    end,
  },
  {
    "gf goes to the file, and a line without a citation says so",
    function(scene)
      scene:workspace("w")
      local nvim = asking(scene, "who calls parse?")
      follow(nvim, "src/parse.rs:9", "gf")
      eq(place(nvim), { "parse.rs", 1 })
      nvim:cmd("wincmd p")
      nvim:keys("gg<CR>")
      nvim:said("no citation in this line")
      eq(nvim:lua("return vim.bo.filetype"), "markdown")
    end,
  },
  {
    "history shows the answer of an earlier session, and where its lines are now",
    function(scene)
      local folder = scene:workspace("w")
      asking(scene, "who calls parse?"):stop()
      local lines = vim.fn.readfile(folder .. "/src/parse.rs")
      scene:write(folder .. "/src/parse.rs", "// more\n" .. table.concat(lines, "\n") .. "\n")
      local nvim = scene:nvim()
      nvim:edit(folder .. "/src/main.rs")
      nvim:cmd("Spelunk history")
      local items = nvim:choose("who calls parse?")
      eq(#items, 1)
      has(items[1], "(answered")
      wait_for("the answer", function()
        return nvim:text():find("parse has 1 call in 1 file", 1, true)
      end)
      eq(highlights(nvim)[1], { "src/parse.rs:9", "SpelunkCitationMoved" })
      follow(nvim, "src/parse.rs:9", "<CR>")
      eq(place(nvim), { "parse.rs", 10 })
    end,
  },
  {
    "history shows a plan of a server that was started again since",
    function(scene)
      local nvim = plans.planned(scene, "rename count to number")
      local function client()
        return nvim:lua([[
          local client = vim.lsp.get_clients({ name = "spelunk" })[1]
          return client and client.initialized and client.id or 0
        ]])
      end
      local before = client()
      nvim:cmd("Spelunk restart")
      nvim:cmd("wincmd t")
      wait_for("a new server", function()
        return client() > before
      end)
      nvim:cmd("Spelunk history")
      nvim:choose("rename count to number")
      plans.shown(nvim)
    end,
  },
  {
    "an answer about another workspace is shown, and its citations lead to no file of this one",
    function(scene)
      scene:workspace("w")
      asking(scene, "who calls parse?"):stop()
      local nvim = scene:nvim()
      nvim:edit(scene:workspace("other") .. "/src/main.rs")
      nvim:cmd("Spelunk ask where is count defined?")
      nvim:ended()
      nvim:cmd("Spelunk history")
      local items = nvim:choose("who calls parse?")
      has(items[1], "where is count defined?")
      has(items[2], ", w)")
      wait_for("the answer", function()
        return nvim:text():find("parse has 1 call in 1 file", 1, true)
      end)
      nvim:lua("vim.fn.search('src/parse.rs:9')")
      nvim:keys("<CR>")
      nvim:said("src/parse.rs is in the workspace w")
    end,
  },
  {
    "the record of a run is shown, of this buffer's or of the one named",
    function(scene)
      scene:workspace("w")
      local nvim = asking(scene, "who calls parse?")
      nvim:cmd("Spelunk trace")
      wait_for("the record", function()
        return nvim:text():find("question: who calls parse?", 1, true)
      end)
      eq(nvim:lua("return vim.bo.modifiable"), false)
      nvim:keys("q")
      has(nvim:text(), "# who calls parse?")
      nvim:cmd("Spelunk trace nosuchrun")
      nvim:said("nosuchrun")
    end,
  },
  {
    "the record of a run is nothing that lies in the folder under its name",
    function(scene)
      local folder = scene:workspace("w")
      local nvim = asking(scene, "who calls parse?")
      local id = nvim:lua([[return require("spelunk.runs").all()[1].id]])
      scene:write(folder .. "/spelunk:/trace/" .. id, "# vim: set textwidth=33:\n")
      nvim:lua("vim.o.modeline = true vim.cmd.cd(...)", folder)
      nvim:cmd("Spelunk trace " .. id)
      wait_for("the record", function()
        return nvim:text():find("question: who calls parse?", 1, true)
      end)
      eq(nvim:lua("return vim.bo.textwidth"), 0)
    end,
  },
  {
    "a model that is chosen answers from then on, and how to make it last is said",
    function(scene)
      scene:workspace("w")
      local endpoint = scene:endpoint()
      local env = endpoint:env()
      env.SPELUNK_MODEL = nil
      local nvim = asking(scene, "who calls parse?", { env = env })
      nvim:cmd("Spelunk model")
      local items = nvim:choose("openai/large")
      has(table.concat(items, "\n"), "builtin  (no language model)  (now)")
      has(nvim:said("openai/large answers from now on"), 'machine = { model = "openai/large" }')
      nvim:cmd("wincmd t")
      nvim:attached()
      nvim:cmd("Spelunk ask how does it count?")
      eq(endpoint:next().body.model, "large")
    end,
  },
  {
    "the log of the server is opened at its end",
    function(scene)
      local nvim = scene:nvim({ enable = false })
      nvim:cmd("Spelunk log")
      has(nvim:lua("return vim.api.nvim_buf_get_name(0)"), "lsp.log")
    end,
  },
}
