-- The subcommands of `:Spelunk`: one table of what each does, and its completion.

local M = {}

---@class spelunk.Arguments
---@field text string what stands behind the subcommand
---@field range? { [1]: integer, [2]: integer } lines from 1

---@class spelunk.Subcommand
---@field about string for the help and for the choice without a subcommand
---@field run fun(args: spelunk.Arguments)
---@field complete? fun(lead: string): string[]

---@param name string
local function call(name)
  return function(args)
    local run = require("spelunk")[name] --[[@as fun(text: string?)]]
    run(args.text ~= "" and args.text or nil)
  end
end

---@param lead string
local function run_ids(lead)
  return vim
    .iter(require("spelunk.runs").all())
    :rev()
    :map(function(run)
      return run.id
    end)
    :filter(function(id)
      return vim.startswith(id, lead)
    end)
    :totable()
end

---@type table<string, spelunk.Subcommand>
M.subcommands = {
  ask = {
    about = "ask about the repository, or go on in the conversation of this buffer",
    run = function(args)
      require("spelunk").ask(args.text, { range = args.range })
    end,
  },
  plan = {
    about = "plan a change over many files",
    run = function(args)
      require("spelunk").plan(args.text, { range = args.range })
    end,
  },
  explain = {
    about = "explain the symbol under the cursor, or the selection",
    run = function(args)
      require("spelunk").explain({ range = args.range })
    end,
  },
  undo = { about = "take back what was applied of a plan", run = call("undo"), complete = run_ids },
  stop = { about = "stop the run; no answer is wanted any more", run = call("stop") },
  ["answer-now"] = { about = "end the run with the best answer so far", run = call("answer_now") },
  history = { about = "choose an earlier run and show its answer", run = call("history") },
  trace = { about = "show the record of a run", run = call("trace"), complete = run_ids },
  model = { about = "choose the model for this session", run = call("model") },
  doctor = { about = "check configuration, sandbox and models", run = call("doctor") },
  log = { about = "open the log of the language server", run = call("log") },
  restart = { about = "stop the language server and start it again", run = call("restart") },
}

---@param lead string
---@return string[]
local function names(lead)
  local found = vim.tbl_filter(function(name)
    return vim.startswith(name, lead)
  end, vim.tbl_keys(M.subcommands))
  table.sort(found)
  return found
end

---Runs `:Spelunk`.
---@param args vim.api.keyset.create_user_command.command_args
function M.run(args)
  local name, text = vim.trim(args.args):match("^(%S*)%s*(.*)$")
  local range = args.range > 0 and { args.line1, args.line2 } or nil
  if name == "" then
    return vim.ui.select(names(""), {
      prompt = "spelunk",
      format_item = function(one)
        return one .. ": " .. M.subcommands[one].about
      end,
    }, function(chosen)
      if chosen then
        M.subcommands[chosen].run({ text = "", range = range })
      end
    end)
  end
  local subcommand = M.subcommands[name]
  if not subcommand then
    local known = table.concat(names(""), ", ")
    return vim.notify(("spelunk: there is no :Spelunk %s; there are %s"):format(name, known), vim.log.levels.ERROR)
  end
  subcommand.run({ text = text, range = range })
end

---Completes `:Spelunk`.
---@param lead string
---@param line string
---@return string[]
function M.complete(lead, line)
  local name, rest = line:match("Spelunk!?%s+(%S+)%s+(.*)$")
  if not name then
    return names(lead)
  end
  local complete = vim.tbl_get(M.subcommands, name, "complete")
  return complete and not assert(rest):find("%s") and complete(lead) or {}
end

return M
