-- What is there from the start: the command and the highlight groups. Everything else is loaded when it is used.

if vim.g.loaded_spelunk then
  return
end
vim.g.loaded_spelunk = true

vim.api.nvim_create_user_command("Spelunk", function(args)
  require("spelunk.commands").run(args)
end, {
  nargs = "*",
  range = true,
  complete = function(lead, line)
    return require("spelunk.commands").complete(lead, line)
  end,
  desc = "Ask the repository, and plan changes of it",
})

local groups = {
  SpelunkCitationValid = "Underlined",
  SpelunkCitationMoved = "DiagnosticUnderlineInfo",
  SpelunkCitationStale = "DiagnosticUnderlineWarn",
  SpelunkCitationUnsupported = "DiagnosticUnderlineWarn",
  SpelunkCitationDropped = "DiagnosticDeprecated",
  SpelunkRemark = "DiagnosticWarn",
  SpelunkCitationTarget = "Visual",
  SpelunkProgress = "Comment",
  SpelunkSummary = "Comment",
  SpelunkError = "DiagnosticError",
  SpelunkPlanTitle = "Title",
  SpelunkPlanStep = "Function",
  SpelunkPlanPath = "Directory",
  SpelunkPlanOff = "Comment",
  SpelunkPlanNote = "Comment",
  SpelunkPlanDoubt = "DiagnosticHint",
  SpelunkPlanStale = "DiagnosticWarn",
  SpelunkPlanProblem = "DiagnosticWarn",
  SpelunkPlanFatal = "DiagnosticError",
  SpelunkPlanPassed = "DiagnosticOk",
}
for name, link in pairs(groups) do
  vim.api.nvim_set_hl(0, name, { link = link, default = true })
end
