-- Where answers are shown, and what is done with their citations.

local check = require("support.check")
local eq, has, wait_for = check.eq, check.has, check.wait_for

local function asking(scene, options)
  local nvim = scene:nvim({
    setup = ([[
      local options = %s
      options.cmd = require("spelunk.config").get().cmd
      require("spelunk").setup(options)
    ]]):format(options),
  })
  nvim:edit(scene:workspace("w") .. "/src/main.rs")
  nvim:cmd("Spelunk ask who calls parse?")
  nvim:ended()
  return nvim
end

local function shape(nvim)
  return nvim:lua([[
    local config = vim.api.nvim_win_get_config(0)
    return { config.relative, config.split or "", #vim.api.nvim_list_tabpages(), #vim.api.nvim_tabpage_list_wins(0) }
  ]])
end

local function jump(nvim)
  nvim:lua([[vim.fn.search("src/parse.rs:4")]])
  nvim:keys("<CR>")
  wait_for("the jump", function()
    return nvim:lua([[return vim.fn.expand("%:t")]]) == "parse.rs"
  end)
end

return {
  {
    "answers open in a split beside or below, in a float or in a tab, and citations leave them for the file's window",
    function(scene)
      for kind, expected in pairs({
        vsplit = { { "", "right", 1, 2 }, 2 },
        split = { { "", "below", 1, 2 }, 2 },
        float = { { "editor", "", 1, 2 }, 1 },
        tab = { { "", "", 2, 1 }, 2 },
      }) do
        local nvim = asking(scene, ("{ window = { kind = %q } }"):format(kind))
        local found = shape(nvim)
        found[2] = expected[1][2] ~= "" and found[2] or ""
        eq(found, expected[1], kind)
        has(nvim:screen(), "# who calls parse?")
        jump(nvim)
        eq(shape(nvim)[4], expected[2], kind)
        eq(nvim:lua("return { vim.fn.line('.'), vim.wo.winbar, vim.fn.winnr('$') }"), { 4, "", expected[2] }, kind)
        nvim:stop()
      end
    end,
  },
  {
    "the cursor stays in the file when that is wanted, and the answer is shown all the same",
    function(scene)
      for kind, file in pairs({ vsplit = "main.rs", tab = "main.rs", float = "" }) do
        local nvim = asking(scene, ("{ window = { kind = %q, focus = false } }"):format(kind))
        eq(nvim:lua([[return vim.bo.buftype == "" and vim.fn.expand("%:t") or ""]]), file, kind)
        eq(
          nvim:lua([[
          return #vim.tbl_filter(function(win)
            return vim.bo[vim.api.nvim_win_get_buf(win)].filetype == "markdown"
          end, vim.api.nvim_list_wins())
        ]]),
          1
        )
        nvim:stop()
      end
    end,
  },
  {
    "another question takes the window of the answer before",
    function(scene)
      local nvim = asking(scene, "{}")
      nvim:cmd("wincmd p")
      nvim:cmd("Spelunk ask where is count defined?")
      nvim:ended(2)
      eq(shape(nvim)[4], 2)
      has(nvim:text(), "# where is count defined?")
      eq(nvim:text():find("who calls", 1, true), nil)
      nvim:keys("q")
      eq(shape(nvim)[4], 1)
    end,
  },
  {
    "an answer is there again after :edit, and :bdelete is its end",
    function(scene)
      local nvim = asking(scene, "{}")
      local text, marks = nvim:text(), "return #vim.api.nvim_buf_get_extmarks(0, -1, 0, -1, { type = 'highlight' })"
      local count = nvim:lua(marks)
      nvim:cmd("edit")
      wait_for("the answer", function()
        return nvim:text() == text
      end)
      eq(nvim:lua(marks), count)
      nvim:cmd("bdelete")
      nvim:cmd("Spelunk history")
      nvim:choose("who calls parse?")
      wait_for("the answer", function()
        return nvim:text() == text
      end)
      eq(nvim:lua(marks), count)
      jump(nvim)
    end,
  },
  {
    "the quickfix list is filled, opened or left alone, in the order of the citations",
    function(scene)
      for option, expected in pairs({ ['"fill"'] = { 2, 0 }, ['"open"'] = { 2, 1 }, ["false"] = { 0, 0 } }) do
        local nvim = asking(scene, ("{ quickfix = %s }"):format(option))
        eq(
          nvim:lua([[return {
            #vim.fn.getqflist(),
            #vim.tbl_filter(function(win) return win.quickfix == 1 end, vim.fn.getwininfo()),
          }]]),
          expected,
          option
        )
        if expected[1] > 0 then
          local list = nvim:lua([[return vim.fn.getqflist({ title = 0, context = 0, items = 0 })]])
          eq(list.title, "spelunk: who calls parse?")
          eq(list.context.spelunk, nvim:lua("return require('spelunk.runs').all()[1].id"))
          has(list.items[1].text, "in count")
        end
        has(nvim:text(), "# who calls parse?")
        nvim:stop()
      end
    end,
  },
  {
    "keys are as configured, and help names them",
    function(scene)
      local nvim = asking(scene, "{ mappings = { answer = { jump = '<C-j>', close = false } } }")
      nvim:keys("g?")
      local help = nvim:screen()
      has(help, "<C-j>        go to the lines of the citation")
      eq(help:find("close the window", 1, true), nil)
      eq(nvim:lua("return vim.fn.maparg('q', 'n')"), "")
      nvim:lua([[vim.fn.search("src/parse.rs:4")]])
      nvim:keys("<C-j>")
      wait_for("the jump", function()
        return nvim:lua([[return vim.fn.expand("%:t")]]) == "parse.rs"
      end)
    end,
  },
  {
    "hostile text stays text: neither the window's line nor the quickfix list runs anything",
    function(scene)
      local folder = scene:workspace("w")
      local endpoint = scene:endpoint()
      local nvim = scene:nvim({ env = endpoint:env() })
      nvim:edit(folder .. "/src/main.rs")
      local evil = "%{execute('let g:pwned=1')} %{%v:lua.os.exit()%} %#Error#"
      nvim:lua("require('spelunk').ask('how? ' .. ...)", evil)
      local call = endpoint:next()
      call:text("<!-- vim: set ft=lua: --> " .. evil .. "\n\n`src/parse.rs:4-6` ```")
      wait_for("the text", function()
        return nvim:text():find("%#Error#", 1, true)
      end)
      has(nvim:screen(), "how?")
      call:finish()
      nvim:ended()
      has(nvim:screen(), "how? %{execute(")
      eq(nvim:lua("return vim.g.pwned"), nil)
      eq(nvim:lua("return vim.bo.filetype"), "markdown")
    end,
  },
  {
    "the text is highlighted as Markdown by treesitter",
    function(scene)
      local nvim = asking(scene, "{}")
      eq(nvim:lua("return vim.treesitter.highlighter.active[vim.api.nvim_get_current_buf()] ~= nil"), true)
      eq(nvim:lua("return vim.treesitter.get_parser(0):lang()"), "markdown")
    end,
  },
}
