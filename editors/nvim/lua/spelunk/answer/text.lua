-- An exchange in words: the lines of its answer, and how it ended with what it cost.

local M = {}

---@param text string
---@return string[]
local function lines(text)
  return vim.split((text:gsub("\r\n?", "\n"):gsub("%s+$", "")), "\n", { plain = true })
end

---What stands below the question: the answer, before that what the model has written so far.
---@param exchange spelunk.Exchange
---@return string[]
function M.body(exchange)
  local finish = exchange.finish
  if finish and finish.answer ~= "" then
    return lines(finish.answer)
  end
  local written = vim
    .iter(exchange.run and exchange.run.texts or {})
    :filter(function(text)
      return vim.trim(text) ~= ""
    end)
    :join("\n\n")
  return lines(written)
end

---US dollars in words.
---@param usd number
---@return string
function M.money(usd)
  if usd > 0 and usd < 0.01 then
    return ("$%.4f"):format(usd)
  end
  return ("$%.2f"):format(usd)
end

---@param seconds number
---@return string
function M.time(seconds)
  if seconds < 10 then
    return ("%.1f s"):format(seconds)
  end
  return seconds < 100 and ("%.0f s"):format(seconds)
    or ("%d:%02d min"):format(math.floor(seconds / 60), math.floor(seconds % 60))
end

---What a run has cost so far.
---@param spent spelunk.Spent
---@return string
function M.cost(spent)
  if spent.unpriced == 0 then
    return M.money(spent.usd)
  end
  local unknown = spent.unpriced == 1 and "1 call of unknown price" or spent.unpriced .. " calls of unknown price"
  return spent.usd > 0 and M.money(spent.usd) .. " and " .. unknown or unknown
end

---How a run ended, with time and money, in one line.
---@param finish spelunk.End
---@return string
function M.outcome(finish)
  local parts = { finish.reason, finish.model, M.time(finish.seconds), M.cost(finish.spent) }
  return table.concat(
    vim.tbl_filter(function(part)
      return part ~= ""
    end, parts),
    " · "
  )
end

---How many citations stand how.
---@param citations spelunk.Cited[]
---@return string
function M.standing(citations)
  local counts = {} ---@type table<string, integer>
  for _, cited in ipairs(citations) do
    counts[cited.status] = (counts[cited.status] or 0) + 1
  end
  local words = {}
  for _, status in ipairs({ "valid", "moved", "stale", "unsupported" }) do
    if counts[status] then
      table.insert(words, ("%d %s"):format(counts[status], status))
    end
  end
  return "citations: " .. table.concat(words, ", ")
end

---What is shown below an answer that is there, as text and highlight group.
---@param exchange spelunk.Exchange
---@return { [1]: string, [2]: string }[]
function M.summary(exchange)
  local finish = assert(exchange.finish)
  local bad = finish.reason == "failed"
  local summary = { { M.outcome(finish), bad and "SpelunkError" or "SpelunkSummary" } }
  if finish.message ~= "" and finish.message ~= finish.reason then
    for _, line in ipairs(lines(finish.message)) do
      table.insert(summary, { line, bad and "SpelunkError" or "SpelunkSummary" })
    end
  end
  if #finish.citations > 0 then
    table.insert(summary, { M.standing(finish.citations), "SpelunkSummary" })
  end
  for _, dropped in ipairs(finish.dropped) do
    local place = dropped.path .. ":" .. dropped.from .. (dropped.to ~= dropped.from and "-" .. dropped.to or "")
    table.insert(summary, { ("not kept: %s: %s"):format(place, dropped.reason), "SpelunkCitationDropped" })
  end
  return summary
end

return M
