-- What tests say of values, and how they wait for them.

local M = {}

-- Only keeps a hanging test from hanging for ever.
M.limit = 60000

---@param found any
---@param expected any
---@param what? string
function M.eq(found, expected, what)
  if not vim.deep_equal(found, expected) then
    local text = "%s\nexpected %s\nfound    %s"
    error(text:format(what or "not equal", vim.inspect(expected), vim.inspect(found)), 2)
  end
end

---@param text string
---@param part string
function M.has(text, part)
  if type(text) ~= "string" or not text:find(part, 1, true) then
    error(("no %q in\n%s"):format(part, type(text) == "string" and text or vim.inspect(text)), 2)
  end
end

---Waits until `condition` gives something true, and gives that.
---@generic T
---@param what string
---@param condition fun(): T
---@return T
function M.wait_for(what, condition)
  local value
  local came = vim.wait(M.limit, function()
    value = condition()
    return value
  end, 10)
  if not came then
    error(("no sign of %s; last seen: %s"):format(what, vim.inspect(value)), 2)
  end
  return value
end

return M
