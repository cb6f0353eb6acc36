-- What can be done with a plan: look at its parts, verify it, apply it, take it back, copy it.

local client = require("spelunk.client")
local M = {}

---@param text string
---@param level? integer
local function say(text, level)
  vim.notify("spelunk: " .. text, level or vim.log.levels.INFO)
end

---The client of the run. Another one of the same workspace will do: plans are recorded.
---@param view spelunk.PlanView
---@return vim.lsp.Client?
local function owner(view)
  local own = vim.lsp.get_client_by_id(view.client_id)
  return own and not own:is_stopped() and own or nil
end

---Shows what is under way, or what came of it, above the plan.
---@param bufnr integer
---@param busy string?
---@param said string?
local function note(bufnr, busy, said)
  local buffer = require("spelunk.plan.buffer")
  local view = buffer.view(bufnr)
  if view then
    view.busy = busy
    view.said = not busy and said and vim.split(said, "\n")[1] or nil
    buffer.draw(bufnr)
  end
end

---@param bufnr integer
---@param view spelunk.PlanView
---@param method string
---@param params table
---@param callback fun(result: any)
---@param busy string what is shown meanwhile
local function request(bufnr, view, method, params, callback, busy)
  -- Of a server that ended no answer comes.
  if view.busy and owner(view) then
    return say(view.busy .. " is under way", vim.log.levels.WARN)
  end
  note(bufnr, busy)
  client.request(method, params, function(result, from)
    view.client_id = from.id
    note(bufnr, nil)
    callback(result)
  end, {
    client = owner(view),
    bufnr = bufnr,
    on_error = function(message)
      note(bufnr, nil, message)
      if message then
        say(message, vim.log.levels.ERROR)
      end
    end,
  })
end

---Asks for the plan again: what is stale by now, and what the verify command said.
---@param bufnr integer
---@param view spelunk.PlanView
function M.refresh(bufnr, view)
  client.request("spelunk/planned", { runId = view.run_id }, function(plan)
    local buffer = require("spelunk.plan.buffer")
    if buffer.view(bufnr) then
      view.plan = plan
      buffer.draw(bufnr)
    end
  end, { client = owner(view), bufnr = bufnr })
end

---@param bufnr integer
---@param view spelunk.PlanView
function M.diff(bufnr, view)
  local item = require("spelunk.plan.buffer").item()
  local path = item and item.path
  local file = path
    and vim.iter(view.plan.files):find(function(file)
      return file.path == path or file.before == path
    end)
  if not file then
    return say("put the cursor on a file that the plan changes")
  end
  request(bufnr, view, "spelunk/planFile", { runId = view.run_id, path = file.path }, function(texts)
    require("spelunk.plan.diff").show(view.run_id, file, texts)
  end, "reading " .. file.path)
end

---@param bufnr integer
---@param view spelunk.PlanView
function M.copy(bufnr, view)
  local register = vim.v.register
  request(bufnr, view, "spelunk/planDiff", { runId = view.run_id }, function(result)
    vim.fn.setreg(register, result.diff, "l")
    say(('the plan is in register %s as a patch of %d bytes, for "git apply"'):format(register, #result.diff))
  end, "making a patch")
end

---Asks about each file that a tool executes, one after the other.
---@param view spelunk.PlanView
---@param done fun()
local function confirm(view, done)
  local file = require("spelunk.plan.choice").unasked(view.choice, view.plan)[1]
  if not file then
    return done()
  end
  vim.ui.select({ "leave it out", "change it" }, {
    prompt = ("%s: %s. Change it?"):format(file.path, file.executed),
    kind = "spelunk.executed",
  }, function(_, index)
    if index then
      view.choice.executed[file.path] = index == 2
      confirm(view, done)
    end
  end)
end

---Puts the places that an edit touched on the quickfix list.
---@param applied spelunk.Applied
local function fill_quickfix(applied)
  vim.fn.setqflist({}, " ", { title = applied.label, items = applied.places })
  if require("spelunk.config").get().quickfix == "open" then
    vim.cmd("botright copen | wincmd p")
  end
end

---What has to be known after an edit.
---@param result spelunk.ApplyPlanResult
---@return string
local function outcome(result)
  local parts = { result.message }
  for _, left in ipairs(result.leftOut) do
    local place = left.line and (left.path .. ":" .. left.line) or left.path
    local steps = #left.steps > 0 and (", which step " .. table.concat(left.steps, ", ") .. " may count on") or ""
    table.insert(parts, ("left out: %s: %s%s"):format(place, left.why, steps))
  end
  return table.concat(parts, "\n")
end

---@param bufnr integer
---@param view spelunk.PlanView
---@param result spelunk.ApplyPlanResult
---@param undone boolean
local function applied(bufnr, view, result, undone)
  local edit = require("spelunk.plan.edit").last
  local text = outcome(result)
  if result.applied then
    view.applied = not undone
  end
  if result.applied and edit then
    local unwritten = vim.tbl_filter(function(buffer)
      return vim.bo[buffer].modified
    end, edit.buffers)
    if #unwritten > 0 then
      local files = #unwritten == 1 and "1 file is" or #unwritten .. " files are"
      text = text .. ("\n%s not written yet: :wall writes"):format(files)
    end
    if not undone then
      text = text .. "\n:Spelunk undo takes all of it back"
      fill_quickfix(edit)
    end
  end
  note(bufnr, nil, text)
  say(text, result.applied and vim.log.levels.INFO or vim.log.levels.ERROR)
  M.refresh(bufnr, view)
end

---Applies what was chosen, once each file that a tool executes was asked about.
---@param bufnr integer
---@param view spelunk.PlanView
function M.apply(bufnr, view)
  local choice = require("spelunk.plan.choice")
  if #choice.steps(view.choice, view.plan) == 0 then
    return say("no step is chosen")
  end
  confirm(view, function()
    local params = choice.params(view.choice, view.plan, view.run_id)
    request(bufnr, view, "spelunk/applyPlan", params, function(result)
      applied(bufnr, view, result, false)
      M.last = result.applied and view.run_id or M.last
    end, "applying")
  end)
end

---The run whose plan was applied last in this session.
---@type spelunk.RunId?
M.last = nil

---Takes back what was applied of the plan.
---@param bufnr integer
---@param view spelunk.PlanView
function M.undo(bufnr, view)
  request(bufnr, view, "spelunk/undoPlan", { runId = view.run_id }, function(result)
    applied(bufnr, view, result, true)
  end, "taking back")
end

---Verifies the plan, once the person has seen it as a patch and said yes.
---@param bufnr integer
---@param view spelunk.PlanView
function M.verify(bufnr, view)
  local choice = require("spelunk.plan.choice")
  local chosen = choice.params(view.choice, view.plan, view.run_id)
  request(bufnr, view, "spelunk/planDiff", { runId = view.run_id }, function(patch)
    require("spelunk.plan.diff").patch(view.run_id, patch.diff)
    local tab = vim.api.nvim_get_current_tabpage()
    vim.cmd.redraw()
    vim.ui.select({ "no", "run it" }, {
      prompt = "Run the machine's verify command over a copy with this plan applied? That runs the plan's code.",
      kind = "spelunk.verify",
    }, function(_, index)
      -- The person may be elsewhere by now.
      if vim.api.nvim_tabpage_is_valid(tab) then
        vim.cmd("silent! tabclose " .. vim.api.nvim_tabpage_get_number(tab))
      end
      if index ~= 2 then
        return
      end
      local params = { runId = view.run_id, approved = view.plan.hash, steps = chosen.steps }
      request(bufnr, view, "spelunk/verifyPlan", params, function(verified)
        local text = ("%s: %s"):format(verified.command, verified.passed and "passed" or "failed, " .. verified.how)
        note(bufnr, nil, text)
        say(text, verified.passed and vim.log.levels.INFO or vim.log.levels.WARN)
        M.refresh(bufnr, view)
      end, "verifying")
    end)
  end, "making a patch")
end

---Stops the verify command.
---@param bufnr integer
---@param view spelunk.PlanView
function M.stop(bufnr, view)
  local own = owner(view)
  for id, sent in pairs(own and own.requests or {}) do
    if own and sent.method == "spelunk/verifyPlan" and sent.type == "pending" then
      own:cancel_request(id)
      -- Neovim gives the answer to a cancelled request to nobody.
      note(bufnr, nil, "the verify command was stopped")
      return say("the verify command was stopped")
    end
  end
  note(bufnr, nil)
  say("nothing is under way")
end

---Closes the window; the plan stays in `:Spelunk history`.
function M.close()
  if not pcall(vim.api.nvim_win_close, 0, false) then
    vim.cmd("silent! buffer #")
  end
end

return M
