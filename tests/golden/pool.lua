#!/usr/bin/env lua
-- A pool of connections, with the forms that Lua code comes in.
local socket = require("socket")
local util = require "pool.util"
local class = require('middleclass')

local M = {
  _VERSION = "1.2.0",
  defaults = { size = 8 },
}
M.__index = M

local MAX_IDLE = 30
local hits, misses = 0, 0
GLOBAL_LIMIT = 100

--- Makes a pool.
-- Second paragraph of the same comment.
--
-- @tparam string host where to connect
-- @treturn Pool
function M.new(host, port, ...)
  local self = setmetatable({}, M)
  self.host = host
  self.port = port or M.defaults.port
  self.idle = {}
  for i = 1, select("#", ...) do
    self.idle[i] = M.connect(self, (select(i, ...)))
  end
  return self
end

--[[ Opens one connection.
  Blocks until it is there. ]]
function M:connect(timeout)
  local conn <const>, err = socket.tcp(self.host, self.port)
  if not conn then
    return nil, err
  end
  conn:settimeout(timeout or MAX_IDLE)
  hits = hits + 1
  return conn
end

-- Takes one out.
M.take = function(self)
  local conn = table.remove(self.idle)
  if conn == nil then
    misses = misses + 1
    return self:connect()
  end
  return conn
end

local function drain(pool)
  local count = 0
  while #pool.idle > 0 do
    local conn = table.remove(pool.idle)
    conn:close()
    count = count + 1
  end
  local function report(n)
    print(("drained %d"):format(n))
  end
  report(count)
  return count
end

local each = function(pool, visit)
  for index, conn in ipairs(pool.idle) do
    visit(conn, index)
  end
end

local handlers = {
  open = function(name)
    return name
  end,
  ["close"] = function() end,
  limit = 3,
}

function M.sub.deep.stats()
  goto done
  ::done::
  return hits, misses, handlers.open("x"), socket["gettime"]()
end

do
  local Pooled = class("Pooled")
  function Pooled:initialize(size)
    self.size = size
  end
end

M.drain = drain
M.each, M.extra = each, util.extra
each(M.new "localhost", print)

return M
