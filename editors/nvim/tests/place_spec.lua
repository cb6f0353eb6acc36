-- Where a question was asked: the cursor, a selection, the name under the cursor, and code actions.

local check = require("support.check")
local eq, has, wait_for = check.eq, check.has, check.wait_for

local text = 'fn größe() {\n    println!("né 🦀 x");\n}\n'

---A Neovim whose requests for runs are kept in `_G.asked`.
local function listening(scene, encoding)
  local folder = scene:workspace("w", { ["a.rs"] = text })
  local nvim = scene:nvim({
    setup = ([[
      local general = { positionEncodings = { %q } }
      vim.lsp.config("spelunk", { capabilities = { general = general } })
    ]]):format(encoding),
  })
  nvim:edit(folder .. "/a.rs")
  nvim:lua([[
    _G.asked = {}
    local client = vim.lsp.get_clients({ name = "spelunk" })[1]
    local request = client.request
    client.request = function(self, method, params, ...)
      if method == "spelunk/ask" or method == "spelunk/plan" then
        table.insert(_G.asked, vim.tbl_extend("force", { method = method }, params))
      end
      return request(self, method, params, ...)
    end
  ]])
  return nvim
end

local function asked(nvim)
  return wait_for("a question", function()
    local all = nvim:lua("return _G.asked")
    return all[#all]
  end)
end

local function at(first, from, last, to)
  return { start = { line = first, character = from }, ["end"] = { line = last, character = to } }
end

return {
  {
    "a question says where the cursor is, in the encoding of the server",
    function(scene)
      for encoding, character in pairs({ ["utf-8"] = 23, ["utf-16"] = 20, ["utf-32"] = 19 }) do
        local nvim = listening(scene, encoding)
        nvim:lua([[vim.fn.cursor(2, 1) vim.fn.search("x", "c", 2)]])
        nvim:cmd("Spelunk ask what is this?")
        local params = asked(nvim)
        eq(params.at.position, { line = 1, character = character }, encoding)
        eq(params.at.uri, vim.uri_from_fname(scene.dir .. "/w/a.rs"))
        nvim:stop()
      end
    end,
  },
  {
    "a selection of characters is asked about as it is, one of lines by its lines",
    function(scene)
      local nvim = listening(scene, "utf-16")
      for _, case in ipairs({
        -- From the crab to the x, which is a character of one.
        { '2G0f"lv3l:Spelunk ask what?<CR>', at(1, 14, 1, 19) },
        { "1GVj:Spelunk ask what?<CR>", at(0, 0, 1, 24) },
        { ":2,3Spelunk ask what?<CR>", at(1, 0, 2, 1) },
        { "gg0wv$:Spelunk ask what?<CR>", at(0, 3, 0, 12) },
      }) do
        local before = #nvim:lua("return _G.asked")
        nvim:cmd("wincmd t")
        nvim:keys(case[1])
        wait_for(case[1], function()
          return #nvim:lua("return _G.asked") > before
        end)
        eq(asked(nvim).at.range, case[2], case[1])
      end
    end,
  },
  {
    "explain asks about the name under the cursor, or about the selection",
    function(scene)
      local folder = scene:workspace("v")
      local nvim = scene:nvim()
      nvim:edit(folder .. "/src/parse.rs")
      nvim:lua([[vim.fn.search("count")]])
      nvim:cmd("Spelunk explain")
      local finish = nvim:ended()
      has(nvim:text(), "# Explain `count`\n\n`count` is a function")
      eq(finish.reason, "answered")
      nvim:cmd("wincmd p")
      nvim:cmd("4,6Spelunk explain")
      wait_for("the question", function()
        return nvim:text():find("What does the selected text do?", 1, true)
      end)
    end,
  },
  {
    "code actions of the server show their answers as any question does",
    function(scene)
      local folder = scene:workspace("v")
      local nvim = scene:nvim()
      nvim:edit(folder .. "/src/parse.rs")
      nvim:lua([[vim.fn.search("count")]])
      nvim:lua("vim.lsp.buf.code_action({ context = { only = { 'spelunk' }, diagnostics = {} } })")
      eq(#nvim:choose("is used across") > 1, true)
      nvim:ended()
      has(nvim:text(), "# How is `count` used across the repository?")
    end,
  },
  {
    "a question that is not there is asked for, and nothing happens without one",
    function(scene)
      local nvim = scene:nvim()
      nvim:edit(scene:workspace("v") .. "/src/parse.rs")
      nvim:cmd("Spelunk ask")
      eq(nvim:lua("return _G.inputs[1].prompt"), "Ask: ")
      nvim:lua("_G.enter(nil)")
      nvim:cmd("Spelunk ask")
      nvim:lua("_G.enter('  ')")
      eq(nvim:lua("return #require('spelunk.runs').all()"), 0)
    end,
  },
  {
    "the command completes its subcommands, offers them without one, and names them for a wrong one",
    function(scene)
      local nvim = scene:nvim()
      local function complete(line)
        return nvim:lua("return vim.fn.getcompletion(..., 'cmdline')", line)
      end
      eq(complete("Spelunk a"), { "answer-now", "ask" })
      eq(complete("'<,'>Spelunk exp"), { "explain" })
      eq(complete("Spelunk ask a"), {})
      eq(#complete("Spelunk "), nvim:lua("return vim.tbl_count(require('spelunk.commands').subcommands)"))
      nvim:cmd("Spelunk asc")
      has(nvim:said("there is no :Spelunk asc"), "answer-now, ask, ")
      nvim:cmd("Spelunk")
      has(table.concat(nvim:choose("ask: "), "\n"), "restart: ")
      eq(nvim:lua("return _G.inputs[1].prompt"), "Ask: ")
    end,
  },
}
