-- Plans as a person meets them: the run that plans, the plan's buffer when it has ended, and taking plans back.

local M = {}

---A plan's buffer, made or brought up to date.
---@param run_id spelunk.RunId
---@param client vim.lsp.Client
---@param plan spelunk.Plan
---@return integer bufnr
function M.buffer(run_id, client, plan)
  ---@type spelunk.PlanView
  local view = { run_id = run_id, client_id = client.id, plan = plan, choice = require("spelunk.plan.choice").new() }
  return require("spelunk.plan.buffer").open(view, client.root_dir or vim.fn.getcwd())
end

---Shows a plan in the current window.
---@param run_id spelunk.RunId
---@param client vim.lsp.Client
---@param plan spelunk.Plan
function M.show(run_id, client, plan)
  vim.api.nvim_set_current_buf(M.buffer(run_id, client, plan))
end

---Shows a run while it plans, as an answer is shown, and then its plan in the same window.
---@param run spelunk.Run
---@param bufnr integer where it was asked for
function M.follow(run, bufnr)
  local answer = require("spelunk.answer")
  answer.show(run, bufnr)
  require("spelunk.runs").listen(run, function(_, event)
    local client = vim.lsp.get_client_by_id(run.client_id)
    if event.kind ~= "end" or not event.plan or not client then
      return
    end
    local waiting = answer.buffer and answer.buffer(run)
    local plan = M.buffer(run.id, client, event.plan)
    for _, window in ipairs(waiting and vim.fn.win_findbuf(waiting) or {}) do
      vim.api.nvim_win_set_buf(window, plan)
    end
  end)
end

---Takes back what was applied of a plan: of the one named, of this buffer's, else of the one applied last.
---@param run_id? spelunk.RunId
function M.undo(run_id)
  local actions, buffer = require("spelunk.plan.actions"), require("spelunk.plan.buffer")
  local here = buffer.view(vim.api.nvim_get_current_buf())
  run_id = run_id or (here and here.run_id) or actions.last
  if not run_id then
    return vim.notify("spelunk: no plan was applied in this session; :Spelunk undo RUN names another one")
  end
  local bufnr = buffer.of_run(run_id)
  local view = bufnr and buffer.view(bufnr)
  if bufnr and view then
    return actions.undo(bufnr, view)
  end
  require("spelunk.client").request("spelunk/undoPlan", { runId = run_id }, function(result)
    vim.notify("spelunk: " .. result.message, result.applied and vim.log.levels.INFO or vim.log.levels.ERROR)
  end)
end

return M
