-- What the server offers by plain LSP, by Neovim's own functions and keys.

local check = require("support.check")
local eq, has, wait_for = check.eq, check.has, check.wait_for

---Where the current list, quickfix or location, leads to: "file:line".
local function listed(nvim, location)
  return wait_for("a list", function()
    local items = nvim:lua(
      [[
        local items = ... and vim.fn.getloclist(0) or vim.fn.getqflist()
        return vim.tbl_map(function(item)
          return ("%s:%d"):format(vim.fn.fnamemodify(vim.fn.bufname(item.bufnr), ":t"), item.lnum)
        end, items)
      ]],
      location or false
    )
    return #items > 0 and items
  end)
end

return {
  {
    "Neovim's own keys and functions lead to definitions, uses, callers and symbols",
    function(scene)
      local folder = scene:workspace("w")
      for _, case in ipairs({
        { "grr", { "parse.rs:9", "parse.rs:4" } },
        { "gO", { "parse.rs:4", "parse.rs:8" }, true },
        { ":lua vim.lsp.buf.incoming_calls()<CR>", { "parse.rs:9" } },
        { ":lua vim.lsp.buf.workspace_symbol('count')<CR>", { "parse.rs:8" } },
      }) do
        local nvim = scene:nvim()
        nvim:edit(folder .. "/src/parse.rs")
        -- Symbols of the workspace are there once its files were read.
        wait_for("symbols of the workspace", function()
          return nvim:lua([[
            local client = vim.lsp.get_clients({ name = "spelunk" })[1]
            local answer = client:request_sync("workspace/symbol", { query = "count" }, 20000)
            return #(answer and answer.result or {}) > 0
          ]])
        end)
        nvim:lua([[vim.fn.cursor(4, 8)]])
        nvim:keys(case[1])
        local found = listed(nvim, case[3])
        table.sort(found)
        table.sort(case[2])
        eq(found, case[2], case[1])
        nvim:stop()
      end
    end,
  },
  {
    "<C-]> goes to a definition in another file, and K shows its comment",
    function(scene)
      local nvim = scene:nvim()
      nvim:edit(scene:workspace("w") .. "/src/main.rs")
      nvim:lua([[vim.fn.search("count")]])
      nvim:keys("<C-]>")
      wait_for("the definition", function()
        return nvim:lua([[return vim.fn.expand("%:t")]]) == "parse.rs"
      end)
      eq(nvim:lua([[return vim.fn.line(".")]]), 8)
      nvim:lua([[vim.fn.cursor(9, 5)]])
      nvim:keys("K")
      wait_for("the comment", function()
        return nvim:screen():find("Splits.", 1, true) and nvim:lua("return #vim.api.nvim_list_wins()") == 2
      end)
    end,
  },
  {
    "text that was typed a moment ago is known when a question is asked",
    function(scene)
      local nvim = scene:nvim()
      nvim:edit(scene:workspace("w") .. "/src/main.rs")
      nvim:lua([[vim.api.nvim_buf_set_lines(0, -1, -1, false, { "fn typed_just_now() {}" })]])
      nvim:cmd("Spelunk ask where is typed_just_now defined?")
      has(nvim:ended().answer, "src/main.rs:6")
    end,
  },
}
