-- An endpoint on loopback that speaks Chat Completions. Replies are streamed piece by piece, as the test says.

local wait_for = require("support.check").wait_for
local M = {}
M.__index = M

---@class Call A request to a model that is being answered.
local Call = {}
Call.__index = Call

function M.start()
  local server = assert(vim.uv.new_tcp())
  assert(server:bind("127.0.0.1", 0))
  local self = setmetatable({ server = server, calls = {}, sockets = {}, taken = 0, models = { "small", "large" } }, M)
  server:listen(64, function(problem)
    assert(not problem, problem)
    local socket = assert(vim.uv.new_tcp())
    server:accept(socket)
    table.insert(self.sockets, socket)
    local received = ""
    socket:read_start(function(_, bytes)
      received = received .. (bytes or "")
      while true do
        local head, rest = received:match("^(.-\r\n\r\n)(.*)$")
        local length = head and tonumber(head:lower():match("content%-length: (%d+)")) or 0
        if not head or #rest < length then
          return
        end
        received = rest:sub(length + 1)
        self:answer(socket, head, rest:sub(1, length))
      end
    end)
  end)
  self.url = ("http://127.0.0.1:%d/v1"):format(server:getsockname().port)
  return self
end

---What makes a child use this endpoint.
---@return table<string, string>
function M:env()
  return {
    OPENAI_BASE_URL = self.url,
    OPENAI_API_KEY = "key",
    SPELUNK_MODEL = "openai/small",
    SPELUNK_ORIENTATION = "false",
  }
end

function M:answer(socket, head, body)
  if head:match("^GET .*/models") then
    local data = vim.json.encode({
      data = vim.tbl_map(function(name)
        return { id = name }
      end, self.models),
    })
    return socket:write(
      ("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"):format(#data, data)
    )
  end
  table.insert(self.calls, setmetatable({ socket = socket, body = vim.json.decode(body) }, Call))
end

---Waits for the next request to a model.
---@return Call
function M:next()
  wait_for("a request to the model", function()
    return self.calls[self.taken + 1] ~= nil
  end)
  self.taken = self.taken + 1
  return self.calls[self.taken]
end

function M:close()
  for _, socket in ipairs(self.sockets) do
    if not socket:is_closing() then
      socket:close()
    end
  end
  self.server:close()
end

function Call:send(data)
  if not self.begun then
    self.begun = true
    self.socket:write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
  end
  local line = "data: " .. (type(data) == "string" and data or vim.json.encode(data)) .. "\n\n"
  self.socket:write(("%x\r\n%s\r\n"):format(#line, line))
end

local function delta(value, finish)
  return { object = "chat.completion.chunk", choices = { { index = 0, delta = value, finish_reason = finish } } }
end

---More text of the reply.
---@param text string
function Call:text(text)
  self:send(delta({ role = "assistant", content = text }))
end

---Ends the reply.
---@param reason? string
function Call:finish(reason)
  self:send(delta(vim.empty_dict(), reason or "stop"))
  self:send({ choices = {}, usage = { prompt_tokens = 100, completion_tokens = 20, total_tokens = 120 } })
  self:send("[DONE]")
  self.socket:write("0\r\n\r\n")
end

---Replies with a cell of JavaScript.
---@param code string
function Call:code(code)
  local call = { name = "run_javascript", arguments = vim.json.encode({ code = code }) }
  local calls = { { index = 0, id = "1", type = "function", ["function"] = call } }
  self:send(delta({ role = "assistant", tool_calls = calls }))
  self:finish("tool_calls")
end

return M
