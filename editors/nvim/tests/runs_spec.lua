-- What notices make of a run, and where citations stand in a text: tables of cases, without a server.

local check = require("support.check")
local eq, has = check.eq, check.has

local citations = require("spelunk.answer.citations")
local runs = require("spelunk.runs")
local winbar = require("spelunk.answer.winbar")

local client = { id = 7, root_dir = "/w" }
local count = 0

---A run that got these events, those before `begun` before its name was known.
---@param events table[]
---@param begun? integer
local function after(events, begun)
  count = count + 1
  local id, run = "run" .. count, nil
  for seq, event in ipairs(events) do
    if seq == (begun or 1) then
      run = runs.begin(client, { runId = id, conversationId = "c1" }, { question = "how?" })
    end
    runs.take({ runId = id, seq = seq - 1, agent = event.agent_, event = event }, client.id)
  end
  return run
end

local started = { kind = "started", question = "how?", model = "a/b", leafModel = "a/c", conversationId = "c1" }

local function call(number, role, agent)
  return { kind = "callStarted", call = number, role = role, label = "call " .. number, agent_ = agent }
end

local function says(number, text, agent)
  return { kind = "text", call = number, text = text, agent_ = agent }
end

local function spent(usd)
  return { turns = 1, calls = 1, tokens = 9, usd = usd, unpriced = 0, hits = 0 }
end

local function finish(answer)
  return {
    kind = "end",
    reason = "answered",
    message = "answered",
    answer = answer,
    conversationId = "c1",
    model = "a/b",
    citations = {},
    dropped = {},
    spent = spent(0.5),
    seconds = 1,
  }
end

return {
  {
    "the text of the run's own calls is kept in order, apart from each other, and that of others is not",
    function()
      local run = after({
        started,
        call(1, "root"),
        says(1, "It "),
        call(2, "leaf"),
        says(2, "aside"),
        call(1, "root", 3),
        says(1, "child", 3),
        says(1, "splits"),
        call(4, "root"),
        says(4, "and joins"),
      })
      eq(run.texts, { "It splits", "and joins" })
    end,
  },
  {
    "a call that is sent again loses its text, and no other does",
    function()
      local run = after({
        started,
        call(1, "root"),
        says(1, "first"),
        call(2, "root"),
        says(2, "half an ans"),
        { kind = "retry", call = 2, reason = "overloaded", waitMs = 100 },
        says(2, "answer"),
      })
      eq(run.texts, { "first", "answer" })
    end,
  },
  {
    "notices that come before the run has a name are not lost, and unknown kinds do no harm",
    function()
      local events = { started, { kind = "juggling", balls = 3 }, call(1, "root"), says(1, "early "), says(1, "late") }
      for begun = 1, #events do
        eq(after(events, begun).texts, { "early late" })
      end
    end,
  },
  {
    "nothing follows an end, and its reader comes too late for nothing",
    function()
      local run = after({ started, finish("done"), says(1, "ghost"), finish("other") })
      eq(run.finish.answer, "done")
      local seen
      runs.listen(run, function(_, event)
        seen = event.kind
      end)
      eq(seen, "end")
    end,
  },
  {
    "the line above an answer says turn, calls, children and money",
    function()
      local line = winbar.line(after({
        started,
        { kind = "turn", turn = 2 },
        call(1, "leaf"),
        call(2, "leaf"),
        { kind = "callFinished", call = 9, spent = spent(0.25) },
        { kind = "childStarted", agent = 1, parent = 0, depth = 1, question = "what of src?", scope = {} },
      }))
      for _, part in ipairs({ "turn 2", "2 calls", "1 child", "$0.25", "what of src?" }) do
        has(line, part)
      end
    end,
  },
  {
    "citations are found as they are written, and nothing that only looks like one",
    function()
      local cited = {
        { path = "src/a.rs", from = 4, to = 6 },
        { path = "a.rs", from = 4, to = 4 },
        { path = "src/größe (1).rs", from = 12, to = 12 },
      }
      for _, case in ipairs({
        { "see `src/a.rs:4-6`.", { { "src/a.rs:4-6", 1 } } },
        { "(src/a.rs#L4-L6) and [src/a.rs:4–6]", { { "src/a.rs#L4-L6", 1 }, { "src/a.rs:4–6", 1 } } },
        { "./src/a.rs:4-6", { { "src/a.rs:4-6", 1 } } },
        { "a.rs:4, a.rs:L4", { { "a.rs:4", 2 }, { "a.rs:L4", 2 } } },
        { "src/größe (1).rs:12", { { "src/größe (1).rs:12", 3 } } },
        { "src/a.rs:4 src/a.rs:4-60 src/a.rs:40-6 src/a.rs", {} },
        { "other/src/a.rs:4-6 aa.rs:4", {} },
        { "a.rs:4-5 a.rs:44", {} },
        { "", {} },
      }) do
        local found = vim.tbl_map(function(mention)
          return { case[1]:sub(mention.from + 1, mention.to), mention.cited }
        end, citations.mentions({ case[1] }, cited))
        eq(found, case[2], case[1])
      end
    end,
  },
  {
    "money and time are said shortly",
    function()
      local text = require("spelunk.answer.text")
      for _, case in ipairs({ { 0, "$0.00" }, { 0.00042, "$0.0004" }, { 1.234, "$1.23" } }) do
        eq(text.money(case[1]), case[2])
      end
      for _, case in ipairs({ { 0.26, "0.3 s" }, { 42.4, "42 s" }, { 125, "2:05 min" }, { 3725, "62:05 min" } }) do
        eq(text.time(case[1]), case[2])
      end
      eq(text.cost({ usd = 0, unpriced = 2 }), "2 calls of unknown price")
      eq(text.cost({ usd = 1, unpriced = 1 }), "$1.00 and 1 call of unknown price")
    end,
  },
}
