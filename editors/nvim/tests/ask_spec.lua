-- Questions and their answers: attach, ask, watch it grow, jump, go on.

local check = require("support.check")
local eq, has, wait_for = check.eq, check.has, check.wait_for

return {
  {
    "the server attaches to files of a workspace, each with its own client",
    function(scene)
      local one, two = scene:workspace("one"), scene:workspace("two")
      local nvim = scene:nvim()
      nvim:edit(one .. "/src/main.rs")
      nvim:edit(one .. "/src/parse.rs")
      nvim:edit(two .. "/src/main.rs")
      eq(nvim:lua([[return vim.tbl_map(function(c) return c.root_dir end, vim.lsp.get_clients())]]), { one, two })
      eq(nvim:lua("return _G.said"), {})
    end,
  },
  {
    "builtin answers with citations that lead to their lines, and are in the quickfix list",
    function(scene)
      local folder = scene:workspace("w")
      local nvim = scene:nvim()
      nvim:edit(folder .. "/src/main.rs")
      nvim:cmd("Spelunk ask who calls parse?")
      local finish = nvim:ended()
      eq(finish.reason, "answered")
      has(nvim:text(), "# who calls parse?\n\nparse has 1 call in 1 file")
      has(nvim:screen(), "answered · builtin")
      local list = nvim:lua([[
        return vim.tbl_map(function(item)
          return { vim.fn.fnamemodify(vim.fn.bufname(item.bufnr), ":t"), item.lnum, item.end_lnum }
        end, vim.fn.getqflist())
      ]])
      eq(list, { { "parse.rs", 9, 9 }, { "parse.rs", 4, 6 } })
      nvim:lua([[vim.fn.search("src/parse.rs:4")]])
      nvim:keys("gd")
      wait_for("the jump", function()
        return nvim:lua([[return { vim.fn.expand("%:t"), vim.fn.line(".") }]])[1] == "parse.rs"
      end)
      eq(nvim:lua("return vim.fn.line('.')"), 4)
    end,
  },
  {
    "an answer is seen growing while the model writes it, and its end replaces what was seen",
    function(scene)
      local folder = scene:workspace("w")
      local endpoint = scene:endpoint()
      local nvim = scene:nvim({ env = endpoint:env() })
      nvim:edit(folder .. "/src/main.rs")
      nvim:cmd("Spelunk ask how does it parse?")
      local call = endpoint:next()
      for _, piece in ipairs({ "It splits", " at spaces", ", in `src/parse.rs:4-6`." }) do
        call:text(piece)
        wait_for(piece, function()
          return nvim:screen():find(piece, 1, true)
        end)
      end
      eq(nvim:lua("return #require('spelunk.runs').running()"), 1)
      has(nvim:lua("return require('spelunk').status()"), "spelunk: ")
      call:finish()
      eq(nvim:ended().reason, "answered")
      eq(nvim:lua("return require('spelunk').status()"), "")
      has(nvim:text(), "It splits at spaces, in `src/parse.rs:4-6`.")
      has(nvim:screen(), "1 valid")
    end,
  },
}
