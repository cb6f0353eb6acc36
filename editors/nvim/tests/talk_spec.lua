-- Runs under way and conversations: going on, stopping, answering now, and what is told of it meanwhile.

local check = require("support.check")
local eq, has, wait_for = check.eq, check.has, check.wait_for

---A Neovim with a file of a workspace open, and the endpoint that answers it.
local function talking(scene, env)
  local endpoint = scene:endpoint()
  local nvim = scene:nvim({ env = vim.tbl_extend("force", endpoint:env(), env or {}) })
  nvim:edit(scene:workspace("w") .. "/src/main.rs")
  return nvim, endpoint
end

local function asked(call)
  local texts = vim.tbl_map(function(message)
    return type(message.content) == "string" and message.content or vim.json.encode(message.content)
  end, call.body.messages)
  return table.concat(texts, "\n")
end

local function reply(call, text)
  call:text(text)
  call:finish()
end

return {
  {
    "a question from the answer's buffer goes on in its conversation, below",
    function(scene)
      local nvim, endpoint = talking(scene)
      nvim:cmd("Spelunk ask how does it parse?")
      reply(endpoint:next(), "It splits at spaces, `src/parse.rs:4-6`.")
      nvim:ended(1)
      nvim:keys("i")
      eq(nvim:lua("return _G.inputs[1].prompt"), "Go on: ")
      nvim:lua("_G.enter('and who counts?')")
      local call = endpoint:next()
      has(asked(call), "It splits at spaces")
      has(asked(call), "and who counts?")
      reply(call, "`count` does, `src/parse.rs:8-10`.")
      eq(nvim:ended(2).reason, "answered")
      local text = nvim:text()
      local first, second = text:find("# how does it parse?", 1, true), text:find("# and who counts?", 1, true)
      eq(first == 1 and second > first, true)
      has(text, "It splits at spaces, `src/parse.rs:4-6`.\n\n# and who counts?\n\n`count` does")
      local runs = nvim:lua("return require('spelunk.runs').all()")
      eq(runs[1].conversation, runs[2].conversation)
      -- The question itself may stand in the command, and another buffer begins another conversation.
      nvim:cmd("wincmd p")
      nvim:cmd("Spelunk ask how does it parse again?")
      eq(asked(endpoint:next()):find("who counts", 1, true), nil)
    end,
  },
  {
    "stop ends the run without an answer, and what was seen stays",
    function(scene)
      local nvim, endpoint = talking(scene)
      nvim:cmd("Spelunk ask how does it parse?")
      endpoint:next():text("It splits at")
      wait_for("the text", function()
        return nvim:text():find("It splits at", 1, true)
      end)
      nvim:cmd("Spelunk stop")
      eq(nvim:ended().reason, "cancelled")
      has(nvim:text(), "It splits at")
      has(nvim:screen(), "cancelled · openai/small")
      nvim:cmd("Spelunk stop")
      nvim:said("nothing is running")
    end,
  },
  {
    "answer-now asks for the best answer so far",
    function(scene)
      local nvim, endpoint = talking(scene, { SPELUNK_PLAIN_BELOW = "0" })
      nvim:cmd("Spelunk ask how does it parse?")
      endpoint:next():code('repo.search("parse")')
      endpoint:next():text("Let me look further")
      wait_for("the second turn", function()
        return nvim:screen():find("turn 2", 1, true) and nvim:text():find("Let me look", 1, true)
      end)
      nvim:keys("gn")
      -- The call under way is given up for one that asks for the answer.
      reply(endpoint:next(), "```js\nanswer('It splits, `src/parse.rs:4-6`.')\n```")
      local finish = nvim:ended()
      eq(finish.reason, "limit")
      nvim:said(finish.message)
    end,
  },
  {
    "of several runs the one to stop is chosen",
    function(scene)
      local nvim, endpoint = talking(scene)
      for _, question in ipairs({ "how does it parse?", "how does it count?" }) do
        nvim:cmd("Spelunk ask " .. question)
        endpoint:next():text("It")
        wait_for("the run", function()
          return nvim:text():find(question, 1, true)
        end)
        nvim:cmd("wincmd p")
      end
      nvim:cmd("Spelunk stop")
      eq(nvim:choose("count"), { "how does it parse?", "how does it count?" })
      nvim:ended()
      local left = nvim:lua("return require('spelunk.runs').running()")
      eq({ #left, left[1].question }, { 1, "how does it parse?" })
    end,
  },
  {
    "a run is told by LspProgress, by the status line and by User events",
    function(scene)
      local nvim, endpoint = talking(scene)
      nvim:lua([[
        _G.progress = {}
        vim.api.nvim_create_autocmd("LspProgress", { callback = function(args)
          local params = args.data.params
          if tostring(params.token):find("spelunk/run/", 1, true) then
            table.insert(_G.progress, params.value.kind .. " " .. params.value.title)
          end
        end })
        vim.o.laststatus, vim.o.statusline = 3, "%{v:lua.require'spelunk'.status()}"
      ]])
      nvim:cmd("Spelunk ask how does it parse?")
      local call = endpoint:next()
      wait_for("the status line", function()
        return nvim:screen():find("spelunk: ", 1, true)
      end)
      reply(call, "It splits, `src/parse.rs:4-6`.")
      nvim:ended()
      eq(nvim:screen():find("spelunk: ", 1, true), nil)
      local progress = nvim:lua("return _G.progress")
      eq({ progress[1], progress[#progress] }, { "begin Asking", "end Asking" })
      local names = nvim:lua("return vim.tbl_map(function(event) return event.name end, _G.events)")
      eq({ names[1], names[2], names[#names] }, { "SpelunkRunStarted", "SpelunkRunProgress", "SpelunkRunEnded" })
      local data = nvim:lua("return _G.events[1].data")
      eq({ data.question, data.run_id ~= nil, data.client_id }, { "how does it parse?", true, 1 })
    end,
  },
  {
    "a run whose model cannot be asked fails with the reason, and the window says so",
    function(scene)
      local nvim = scene:nvim({ env = { SPELUNK_MODEL = "openai/small" } })
      nvim:edit(scene:workspace("w") .. "/src/main.rs")
      nvim:cmd("Spelunk ask how does it parse?")
      has(nvim:said("OPENAI_API_KEY"), "spelunk: ")
    end,
  },
  {
    "a question that may cost more than its user wants to pay is asked once they agree",
    function(scene)
      local nvim, endpoint = talking(scene, { SPELUNK_MODEL = "openai/gpt-5", SPELUNK_CONFIRM_USD = "0.0000001" })
      nvim:cmd("Spelunk ask how does it parse?")
      eq(nvim:choose("Cancel"), { "Ask", "Cancel" })
      has(nvim:lua("return _G.choices[1].prompt"), "confirmUsd")
      nvim:cmd("Spelunk ask how does it parse?")
      nvim:choose("Ask")
      reply(endpoint:next(), "It splits, `src/parse.rs:4-6`.")
      local finish = nvim:ended()
      eq(finish.reason, "answered")
      eq(finish.spent.usd > 0, true)
      has(nvim:screen(), require("spelunk.answer.text").money(finish.spent.usd))
      eq(#nvim:lua("return require('spelunk.runs').all()"), 1)
      eq(nvim:lua("return _G.said"), {})
    end,
  },
  {
    "an answer whose window was closed is told, and its buffer may be gone",
    function(scene)
      local nvim, endpoint = talking(scene)
      nvim:cmd("Spelunk ask how does it parse?")
      local call = endpoint:next()
      call:text("It splits")
      wait_for("the text", function()
        return nvim:text():find("It splits", 1, true)
      end)
      nvim:cmd("bwipeout!")
      call:text(" at spaces, `src/parse.rs:4-6`.")
      call:finish()
      nvim:ended()
      has(nvim:said("how does it parse?"), "answered")
      eq(nvim:lua("return #vim.fn.getqflist()"), 1)
      nvim:cmd("Spelunk history")
      nvim:choose("how does it parse?")
      wait_for("the answer", function()
        return nvim:text():find("It splits at spaces", 1, true)
      end)
    end,
  },
}
