-- The server's life: where it attaches, what is said when it is missing, refuses or dies, and how it starts again.

local check = require("support.check")
local eq, has, wait_for = check.eq, check.has, check.wait_for

local function clients(nvim)
  local roots = nvim:lua(
    [[return vim.tbl_map(function(client) return client.root_dir end, vim.lsp.get_clients({ name = "spelunk" }))]]
  )
  table.sort(roots)
  return roots
end

---What the server was told at its start.
local function options(nvim)
  return nvim:lua([[
    local params = { capabilities = {} }
    require("spelunk.server").before_init(params, { root_dir = "/w" })
    return params.initializationOptions
  ]])
end

return {
  {
    "a server that was killed is said to be gone with the way back, its runs end, and it starts again",
    function(scene)
      local folder = scene:workspace("w")
      local endpoint = scene:endpoint()
      local nvim = scene:nvim({ env = endpoint:env() })
      nvim:edit(folder .. "/src/main.rs")
      nvim:cmd("Spelunk ask how does it parse?")
      endpoint:next():text("It splits")
      wait_for("the text", function()
        return nvim:text():find("It splits", 1, true)
      end)
      nvim:lua([[
        for _, child in ipairs(vim.api.nvim_get_proc_children(vim.fn.getpid())) do vim.uv.kill(child, "sigkill") end
      ]])
      has(nvim:said("the server ended by signal 9"), ":Spelunk restart")
      eq(nvim:ended().reason, "failed")
      has(nvim:text(), "It splits") -- Nothing is lost.
      eq(clients(nvim), {})
      nvim:cmd("Spelunk restart")
      wait_for("a new server", function()
        return #clients(nvim) == 1
      end)
      -- A follow-up says that what was said before is gone.
      nvim:cmd("Spelunk ask where is count?")
      endpoint:next():text("In `src/parse.rs:8-10`.")
      endpoint.calls[endpoint.taken]:finish()
      eq(nvim:ended(2).reason, "answered")
      has(nvim:screen(), "the server was started again and does not know")
    end,
  },
  {
    "the server does not run in the workspace, where programs may lie that would be taken for others",
    function(scene)
      local folder = scene:workspace("w")
      local nvim = scene:nvim({
        setup = ([[
          local start = "pwd > %s/where; exec $0 lsp"
          require("spelunk.config").set({ cmd = { "sh", "-c", start, %q } })
        ]]):format(scene.dir, vim.env.SPELUNK),
      })
      nvim:edit(folder .. "/src/main.rs")
      nvim:attached()
      eq(vim.fn.readfile(scene.dir .. "/where"), { scene.dir .. "/home" })
    end,
  },
  {
    "restart gives every file its server back, and says nothing",
    function(scene)
      local one, two = scene:workspace("one"), scene:workspace("two")
      local nvim = scene:nvim()
      nvim:edit(one .. "/src/main.rs")
      nvim:edit(two .. "/src/main.rs")
      local before = nvim:lua([[return vim.tbl_map(function(c) return c.id end, vim.lsp.get_clients())]])
      nvim:lua([[vim.cmd("Spelunk restart")]])
      wait_for("new clients", function()
        local ids = nvim:lua([[return vim.tbl_map(function(c) return c.id end, vim.lsp.get_clients())]])
        return #ids == 2 and math.min(unpack(ids)) > math.max(unpack(before))
      end)
      nvim:attached()
      eq(clients(nvim), { one, two })
      eq(nvim:lua("return _G.said"), {})
    end,
  },
  {
    "a missing program is said once, with the way out, and again when somebody asks",
    function(scene)
      local folder = scene:workspace("w")
      local nvim = scene:nvim({ setup = [[require("spelunk.config").set({ cmd = { "/nowhere/spelunk", "lsp" } })]] })
      nvim:cmd("edit " .. folder .. "/src/main.rs")
      has(nvim:said('no program "/nowhere/spelunk"'), "checkhealth spelunk")
      nvim:cmd("edit " .. folder .. "/src/parse.rs")
      eq(#nvim:lua("return _G.said"), 1)
      nvim:cmd("Spelunk ask who calls parse?")
      eq(#nvim:lua("return _G.said"), 2)
      eq(nvim:lua("return vim.v.errmsg"), "")
    end,
  },
  {
    "options that the server refuses are said in its words, without a trace of Lua",
    function(scene)
      local folder = scene:workspace("w")
      local nvim = scene:nvim({
        setup = [[
        local cmd = require("spelunk.config").get().cmd
        require("spelunk.config").set({ cmd = cmd, machine = { maxTurns = "many" } })
      ]],
      })
      nvim:cmd("edit " .. folder .. "/src/main.rs")
      has(nvim:said("the server cannot start"), "maxTurns")
      wait_for("its end", function()
        return nvim:lua("return #vim.lsp.get_clients({ _uninitialized = true })") == 0
      end)
      nvim:cmd("Spelunk ask where is count?")
      wait_for("the second refusal", function()
        return #nvim:lua("return _G.said") == 2
      end)
      for _, message in ipairs(nvim:lua("return _G.said")) do
        has(message.text, "the server cannot start")
        eq(message.text:find("stack traceback", 1, true), nil)
      end
    end,
  },
  {
    "files outside of a workspace, special buffers and big files are left alone",
    function(scene)
      local folder = scene:workspace("w", { ["big.txt"] = ("x"):rep(100) .. "\n", ["small.txt"] = "x\n" })
      scene:write(scene.dir .. "/loose.txt", "text\n")
      local setup = [[
        local cmd = require("spelunk.config").get().cmd
        require("spelunk.config").set({ cmd = cmd, max_bytes = 50 })
      ]]
      local nvim = scene:nvim({ setup = setup })
      nvim:edit(folder .. "/small.txt")
      local url = "fugitive://" .. folder .. "/.git//1/a"
      for _, name in ipairs({ scene.dir .. "/loose.txt", folder .. "/big.txt", url, folder }) do
        nvim:cmd("edit " .. name)
        nvim:cmd("setfiletype text")
        eq(nvim:lua("return require('spelunk.root').of_buffer(0)"), nil, name)
      end
      nvim:cmd("terminal")
      eq(nvim:lua("return require('spelunk.root').of_buffer(0)"), nil)
      eq(clients(nvim), { folder })
    end,
  },
  {
    "a loose file's folder is its workspace when that is wanted",
    function(scene)
      scene:write(scene.dir .. "/loose/a.rs", "fn alone() {}\n")
      local nvim = scene:nvim({
        setup = [[
        local cmd = require("spelunk.config").get().cmd
        require("spelunk.config").set({ cmd = cmd, loose_files = true })
      ]],
      })
      nvim:edit(scene.dir .. "/loose/a.rs")
      eq(clients(nvim), { scene.dir .. "/loose" })
    end,
  },
  {
    "a question needs neither a file nor vim.lsp.enable: the workspace of the current folder answers",
    function(scene)
      local folder = scene:workspace("w")
      local nvim = scene:nvim({ cwd = folder .. "/src", enable = false })
      nvim:cmd("Spelunk ask where is count defined?")
      has(nvim:ended().answer, "src/parse.rs:8-10")
      eq(clients(nvim), { folder })
    end,
  },
  {
    "outside of any workspace a question says what is missing",
    function(scene)
      local nvim = scene:nvim({ cwd = scene.dir })
      nvim:cmd("Spelunk ask where is count defined?")
      has(nvim:said("lies in a workspace"), ".git")
    end,
  },
  {
    "each run belongs to its workspace",
    function(scene)
      local one = scene:workspace("one", { ["a.rs"] = "fn only_here() {}\n" })
      local two = scene:workspace("two", { ["b.rs"] = "fn only_there() {}\n" })
      local nvim = scene:nvim()
      for _, case in ipairs({
        { one .. "/a.rs", "only_here", "a.rs:1", 1 },
        { two .. "/b.rs", "only_there", "b.rs:1", 2 },
      }) do
        nvim:edit(case[1])
        nvim:cmd(("Spelunk ask where is %s defined?"):format(case[2]))
        has(nvim:ended(case[4]).answer, case[3])
        nvim:cmd("wincmd p")
      end
      local roots = nvim:lua("return vim.tbl_map(function(run) return run.root end, require('spelunk.runs').all())")
      eq(roots, { one, two })
    end,
  },
  {
    "trust, the machine's settings and the choice of this session are told at the start",
    function(scene)
      local nvim = scene:nvim({ enable = false })
      eq(options(nvim).trusted, true)
      eq(options(nvim).runs, true)
      nvim:lua([[require("spelunk.config").set({
        trusted = function(root) return root ~= "/w" end,
        machine = { model = "openai/a", maxUsd = 1 },
      })]])
      eq(options(nvim).trusted, false)
      nvim:lua([[require("spelunk.server").session.model = "openai/b"]])
      eq(options(nvim).machine, { model = "openai/b", maxUsd = 1 })
    end,
  },
  {
    "languages of other servers are left to them",
    function(scene)
      local folder = scene:workspace("w")
      local nvim = scene:nvim()
      nvim:edit(folder .. "/src/main.rs")
      local function defines()
        return nvim:lua([[
          local client = vim.lsp.get_clients({ name = "spelunk", bufnr = 0 })[1]
          local params = { textDocument = { uri = vim.uri_from_bufnr(0) }, position = { line = 3, character = 26 } }
          local answer = client:request_sync("textDocument/definition", params, 20000, 0)
          return #(answer.result or {})
        ]])
      end
      wait_for("a definition", function()
        return defines() == 1
      end)
      nvim:lua([[
        _G.other = vim.lsp.start({ name = "other", cmd = function(dispatchers)
          local closing = false
          return {
            request = function(method, _, callback)
              callback(nil, method == "initialize" and { capabilities = { definitionProvider = true } } or nil)
              return true, 1
            end,
            notify = function() return true end,
            is_closing = function() return closing end,
            terminate = function() closing = true dispatchers.on_exit(0, 0) end,
          }
        end })
      ]])
      wait_for("no definition", function()
        return defines() == 0
      end)
      nvim:lua("vim.lsp.buf_detach_client(0, _G.other)")
      wait_for("a definition again", function()
        return defines() == 1
      end)
    end,
  },
  {
    "options that cannot be used are named",
    function(scene)
      local nvim = scene:nvim({ enable = false })
      for _, case in ipairs({
        { "{ windw = {} }", "windw is no option; there are cmd, " },
        { "{ window = { kind = 'left' } }", "window.kind has to be one of" },
        { "{ cmd = 'spelunk' }", "cmd has to be a list of the program and its arguments" },
        { "{ window = { size = 2 }, loose_files = 1 }", "loose_files has to be a boolean, not 1; window.size has" },
        { "{ mappings = { answer = { jmp = 'x' } } }", "mappings.answer.jmp is no option; there are answer_now, " },
        { "{ mappings = { answer = { jump = 1 } } }", "mappings.answer.jump has to be a key" },
        { "7", "the options have to be a table" },
      }) do
        local message = nvim:lua("return select(2, pcall(require('spelunk').setup, " .. case[1] .. "))")
        has(message, case[2])
        eq(message:match("^spelunk: ") ~= nil, true)
      end
    end,
  },
}
