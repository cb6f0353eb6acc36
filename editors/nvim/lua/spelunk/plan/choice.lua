-- What a person chose of a plan: which steps, the doubtful places or not, and the files that tools execute one by one.

local M = {}

---@class spelunk.Choice
---@field off table<integer, true> steps that are left out
---@field doubtful boolean the doubtful places change too
---@field executed table<string, boolean> by path: yes or no; nil where nobody was asked yet

---Everything but the doubtful places.
---@return spelunk.Choice
function M.new()
  return { off = {}, doubtful = false, executed = {} }
end

---@param choice spelunk.Choice
---@param step integer
function M.toggle_step(choice, step)
  choice.off[step] = not choice.off[step] or nil
end

---@param choice spelunk.Choice
---@param path string
function M.toggle_executed(choice, path)
  choice.executed[path] = not choice.executed[path]
end

---Whether a file is among what was chosen.
---@param choice spelunk.Choice
---@param file spelunk.PlannedFile
---@return boolean
function M.has(choice, file)
  return #file.steps == 0 or vim.iter(file.steps):any(function(step)
    return not choice.off[step]
  end)
end

---Files that tools execute and that nobody has said yes or no to.
---@param choice spelunk.Choice
---@param plan spelunk.Plan
---@return spelunk.PlannedFile[]
function M.unasked(choice, plan)
  return vim
    .iter(plan.files)
    :filter(function(file)
      return file.executed ~= nil and choice.executed[file.path] == nil and M.has(choice, file)
    end)
    :totable()
end

---The steps that were chosen, in order.
---@param choice spelunk.Choice
---@param plan spelunk.Plan
---@return integer[]
function M.steps(choice, plan)
  return vim
    .iter(plan.document.steps)
    :map(function(step)
      return not choice.off[step.id] and step.id or nil
    end)
    :totable()
end

---As the server takes it.
---@param choice spelunk.Choice
---@param plan spelunk.Plan
---@param run_id spelunk.RunId
---@return spelunk.PlanChoice
function M.params(choice, plan, run_id)
  local executed = {}
  for path, yes in pairs(choice.executed) do
    if yes then
      table.insert(executed, path)
    end
  end
  table.sort(executed)
  return {
    runId = run_id,
    steps = next(choice.off) and M.steps(choice, plan) or nil,
    doubtful = choice.doubtful,
    executed = executed,
  }
end

return M
