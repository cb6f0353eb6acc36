-- Plans as a person meets them: the buffer of a run's plan when it has ended, and taking plans back.

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

---Shows the plan of a run that ended: where the run was shown, or in a window of its own.
---@param run { id: spelunk.RunId, client_id: integer }
---@param finish spelunk.End
---@param waiting? integer the buffer that showed the run; where no window has it any more, none is opened
function M.open(run, finish, waiting)
  local client = assert(vim.lsp.get_client_by_id(run.client_id))
  local bufnr = M.buffer(run.id, client, assert(finish.plan))
  vim.b[bufnr].spelunk_conversation = waiting or vim.b[bufnr].spelunk_conversation
  if not waiting then
    vim.api.nvim_win_set_cursor(require("spelunk.answer.window").open(bufnr), { 1, 0 })
  end
  for _, window in ipairs(waiting and vim.fn.win_findbuf(waiting) or {}) do
    vim.api.nvim_win_set_buf(window, bufnr)
    vim.api.nvim_win_set_cursor(window, { 1, 0 })
  end
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
