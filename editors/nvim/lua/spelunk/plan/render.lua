-- A plan as the lines of a buffer: what stands where, what each line is about, and how it folds.

local choice = require("spelunk.plan.choice")
local M = {}

---@class spelunk.PlanView What is shown of a plan.
---@field run_id spelunk.RunId
---@field client_id integer
---@field plan spelunk.Plan
---@field choice spelunk.Choice
---@field applied? boolean it was applied, and not taken back
---@field busy? string what is under way
---@field said? string what came of the last action

---@class spelunk.PlanItem What a line is about.
---@field kind "step"|"file"|"doubt"|"doubts"|"problem"|"stale"
---@field step? integer
---@field file? spelunk.PlannedFile
---@field path? string
---@field line? integer from 1

---@class spelunk.PlanPage
---@field lines string[]
---@field marks { row: integer, from: integer, to: integer, group: string }[] rows and bytes from 0
---@field items table<integer, spelunk.PlanItem> by line, from 1
---@field folds string[] what 'foldexpr' gives, by line

---@class spelunk.PlanWriter: spelunk.PlanPage
local Writer = {}
Writer.__index = Writer

---One line of any text: Neovim shows what cannot be printed, and a line break would pass for a line of ours.
---@param text any
---@return string
local function flat(text)
  return (tostring(text):gsub("[\r\n%z]+", " "))
end

---Adds a line of pieces, each a text or a text with its highlight group.
---@param pieces (string|{ [1]: string, [2]: string })[]
---@param fold? string
---@param item? spelunk.PlanItem
function Writer:add(pieces, fold, item)
  local line, row = "", #self.lines
  for _, piece in ipairs(pieces) do
    local text = flat(type(piece) == "table" and piece[1] or piece)
    if type(piece) == "table" then
      table.insert(self.marks, { row = row, from = #line, to = #line + #text, group = piece[2] })
    end
    line = line .. text
  end
  table.insert(self.lines, line)
  table.insert(self.folds, fold or "0")
  self.items[#self.lines] = item
end

---Adds a text of several lines.
---@param text string
---@param indent string
---@param group? string
---@param fold? string
---@param item? spelunk.PlanItem
function Writer:text(text, indent, group, fold, item)
  for _, line in ipairs(vim.split(vim.trim(text), "\r?\n")) do
    self:add({ indent, group and { line, group } or line }, fold, item)
  end
end

---@param count integer
---@param one string
---@return string
local function counted(count, one)
  return ("%d %s%s"):format(count, one, count == 1 and "" or "s")
end

---@param on boolean
---@return string
local function box(on)
  return on and "[x]" or "[ ]"
end

---@param writer spelunk.PlanWriter
---@param stale spelunk.StaleStep[]
local function add_stale(writer, stale)
  if #stale == 0 then
    return
  end
  writer:add({ { "Stale: leave these steps out, or plan again", "SpelunkPlanStale" } })
  for _, one in ipairs(stale) do
    local item = { kind = "stale", step = one.step, path = one.path, line = 1 }
    local piece = { ("  step %d: %s: %s"):format(one.step, one.path, one.why), "SpelunkPlanStale" }
    writer:add({ piece }, nil, item)
  end
  writer:add({})
end

---@param writer spelunk.PlanWriter
---@param problems spelunk.PlanProblem[]
local function add_problems(writer, problems)
  if #problems == 0 then
    return
  end
  local fatal = vim.iter(problems):any(function(problem)
    return problem.fatal
  end)
  writer:add({ fatal and { "Problems: the plan cannot be applied as it is", "SpelunkPlanFatal" } or "Problems" })
  for _, problem in ipairs(problems) do
    local place = problem.path and (problem.path .. (problem.line and ":" .. problem.line or "") .. ": ") or ""
    local step = problem.step and ("step %d: "):format(problem.step) or ""
    writer:add({
      "  ",
      { problem.fatal and "fatal: " or "", "SpelunkPlanFatal" },
      { step .. place .. problem.message, problem.fatal and "SpelunkPlanFatal" or "SpelunkPlanProblem" },
      { (" (%s)"):format(problem.check), "SpelunkPlanNote" },
    }, nil, { kind = "problem", step = problem.step, path = problem.path, line = problem.line })
  end
  writer:add({})
end

---@param writer spelunk.PlanWriter
---@param verified spelunk.Verified
local function add_verified(writer, verified)
  local outcome = verified.passed and "passed" or "failed"
  local before = ""
  if not verified.passed and verified.before ~= nil then
    before = verified.before and "; without the plan it passes" or "; without the plan it fails as well"
  end
  writer:add({
    { "Verified: ", "SpelunkPlanNote" },
    { outcome, verified.passed and "SpelunkPlanPassed" or "SpelunkPlanFatal" },
    (": %s (%s, %.1f s)%s"):format(verified.command, verified.how, verified.seconds, before),
  }, ">1")
  local missing = verified.missing or {}
  if #missing > 0 then
    writer:add({ "  without " .. table.concat(missing, ", ") }, "1")
  end
  writer:text(verified.output, "  ", "SpelunkPlanNote", "1")
end

---@param writer spelunk.PlanWriter
---@param document table
local function add_checks(writer, document)
  if #document.checked > 0 then
    writer:add({ { "Checked: " .. table.concat(document.checked, ", "), "SpelunkPlanNote" } })
  end
  if document.verified then
    add_verified(writer, document.verified)
  end
end

---The line at which a step begins to change a file, as it is before.
---@param document table
---@param index integer
---@param step integer
---@return integer
local function first_line(document, index, step)
  local file = document.files[index]
  local edit = vim.iter(file and file.edits or {}):find(function(edit)
    return vim.list_contains(edit.steps, step)
  end)
  return edit and edit.line or 1
end

---@param file spelunk.PlannedFile
---@return string
local function what(file)
  local edits = counted(file.edits, "edit")
  if file.change == "edited" then
    return edits
  elseif file.change == "moved" then
    return ("moved from %s%s"):format(file.before or "?", file.edits > 0 and ", " .. edits or "")
  end
  return file.change
end

---@param writer spelunk.PlanWriter
---@param view spelunk.PlanView
---@param step integer
local function add_files(writer, view, step)
  local off = view.choice.off[step]
  for index, file in ipairs(view.plan.files) do
    if vim.list_contains(file.steps, step) then
      local line = first_line(view.plan.document, index, step)
      local item = { kind = "file", step = step, file = file, path = file.path, line = line }
      local pieces = { "      ", { file.path, off and "SpelunkPlanOff" or "SpelunkPlanPath" } }
      table.insert(pieces, { "  " .. what(file), "SpelunkPlanNote" })
      if file.executed then
        table.insert(pieces, { "  " .. box(view.choice.executed[file.path] == true) .. " ", "SpelunkPlanProblem" })
        table.insert(pieces, { file.executed, "SpelunkPlanProblem" })
      end
      writer:add(pieces, "1", item)
    end
  end
end

---@param writer spelunk.PlanWriter
---@param view spelunk.PlanView
---@param step integer
local function add_doubts(writer, view, step)
  local doubts = vim.tbl_filter(function(doubt)
    return doubt.step == step
  end, view.plan.doubts)
  if #doubts == 0 then
    return
  end
  local on = view.choice.doubtful and not view.choice.off[step]
  local title = ("      %s %s"):format(box(on), counted(#doubts, "doubtful place"))
  local fate = on and "" or ", left as " .. (#doubts == 1 and "it is" or "they are")
  writer:add({ { title .. fate, "SpelunkPlanDoubt" } }, ">2", { kind = "doubts", step = step })
  for _, doubt in ipairs(doubts) do
    local hint = doubt.editable and "" or "; to be changed by hand"
    writer:add({
      "          ",
      { ("%s:%d"):format(doubt.path, doubt.line), on and "SpelunkPlanPath" or "SpelunkPlanOff" },
      ": " .. doubt.text,
      { ("  %s%s"):format(doubt.why, hint), "SpelunkPlanNote" },
    }, "2", { kind = "doubt", step = step, path = doubt.path, line = doubt.line })
  end
end

---@param writer spelunk.PlanWriter
---@param view spelunk.PlanView
---@param step { id: integer, title: string, why: string }
local function add_step(writer, view, step)
  local off = view.choice.off[step.id]
  local item = { kind = "step", step = step.id }
  local group = off and "SpelunkPlanOff" or "SpelunkPlanStep"
  writer:add({ { ("%s %d. %s"):format(box(not off), step.id, flat(step.title)), group } }, ">1", item)
  if vim.trim(step.why) ~= "" then
    writer:text(step.why, "      ", "SpelunkPlanNote", "1", item)
  end
  add_files(writer, view, step.id)
  add_doubts(writer, view, step.id)
end

---@param view spelunk.PlanView
---@return spelunk.PlanPage
function M.page(view)
  local writer = setmetatable({ lines = {}, marks = {}, items = {}, folds = {} }, Writer)
  local plan, document = view.plan, view.plan.document
  writer:add({ { "Plan: " .. flat(document.request), "SpelunkPlanTitle" } })
  writer:add({})
  if view.applied then
    -- What was applied has made the plan stale itself.
    local undo = require("spelunk.plan.keys").of("undo")[1] or ":Spelunk undo"
    writer:add({ { ("Applied: %s takes it back"):format(undo), "SpelunkPlanPassed" } })
    writer:add({})
  else
    add_stale(writer, plan.stale)
  end
  add_problems(writer, plan.problems)
  add_checks(writer, document)
  if vim.trim(document.summary) ~= "" then
    writer:add({})
    writer:text(document.summary, "")
  end
  writer:add({})
  for _, step in ipairs(document.steps) do
    add_step(writer, view, step)
  end
  if #document.steps == 0 then
    writer:add({ "Nothing is to be changed." })
  end
  if choice.unasked(view.choice, plan)[1] then
    writer:add({})
    writer:add({ { "Files that a tool executes are changed only when you say yes to each.", "SpelunkPlanProblem" } })
  end
  return { lines = writer.lines, marks = writer.marks, items = writer.items, folds = writer.folds }
end

return M
