-- Drives the language server from a headless Neovim with nothing but Neovim's own client, and prints what came of it as
-- one JSON object. Run in the repository's folder; SPELUNK names the program.

local limit = 120000 -- only keeps a hanging test from hanging for ever
local result = {}

local function finish(problem)
  result.problem = problem
  io.stdout:write(vim.json.encode(result), "\n")
  vim.cmd(problem and "cquit!" or "quitall!")
end

local function wait(what, condition)
  if not vim.wait(limit, condition, 10) then
    finish("no sign of " .. what)
  end
end

-- What a user writes.
vim.lsp.config("spelunk", { cmd = { vim.env.SPELUNK, "lsp" }, root_markers = { ".git", "src" } })
vim.lsp.enable("spelunk")

local progress = {}
vim.api.nvim_create_autocmd("LspProgress", {
  callback = function(args)
    table.insert(progress, args.data.params.value.kind)
  end,
})

vim.cmd.edit("src/parse.rs")
vim.bo.filetype = "rust"
wait("an attached client", function()
  local client = vim.lsp.get_clients({ bufnr = 0 })[1]
  return client ~= nil and client.initialized
end)
local client = vim.lsp.get_clients({ bufnr = 0 })[1]
result.server = client.server_info.name
result.encoding = client.offset_encoding

-- Lists as Neovim itself makes them of the answers: "file:line:column text".
local function list(name, start)
  local items
  start(function(options)
    items = options.items
  end)
  wait(name, function()
    return items ~= nil
  end)
  return vim.tbl_map(function(item)
    return ("%s:%d:%d"):format(vim.fn.fnamemodify(item.filename, ":."), item.lnum, item.col)
  end, items)
end

result.documentSymbol = list("document symbols", function(on_list)
  vim.lsp.buf.document_symbol({ on_list = on_list })
end)
-- `parse` is called in line 9.
vim.api.nvim_win_set_cursor(0, { 9, 4 })
result.definition = list("a definition", function(on_list)
  vim.lsp.buf.definition({ on_list = on_list })
end)
result.references = list("references", function(on_list)
  vim.lsp.buf.references({ includeDeclaration = true }, { on_list = on_list })
end)

local function request(method, params)
  local answer = client:request_sync(method, params, limit, 0)
  if not answer or answer.err then
    finish(method .. ": " .. vim.inspect(answer))
  end
  return answer.result
end

local symbols = {}
wait("workspace symbols", function()
  symbols = request("workspace/symbol", { query = "parse" })
  return #symbols > 0
end)
result.workspaceSymbol = vim.tbl_map(function(symbol)
  return symbol.name
end, symbols)

local position = vim.lsp.util.make_position_params(0, client.offset_encoding)
local item = request("textDocument/prepareCallHierarchy", position)[1]
result.incoming = vim.tbl_map(function(call)
  return call.from.name
end, request("callHierarchy/incomingCalls", { item = item }))
local caller = request("callHierarchy/incomingCalls", { item = item })[1].from
result.outgoing = vim.tbl_map(function(call)
  return call.to.name
end, request("callHierarchy/outgoingCalls", { item = caller }))

-- Text that is not saved is text.
vim.api.nvim_buf_set_lines(0, -1, -1, false, { "", "pub fn unsaved() {}" })
result.unsaved = #list("document symbols", function(on_list)
  vim.lsp.buf.document_symbol({ on_list = on_list })
end)

local function ask(question)
  return {
    command = "spelunk.ask",
    arguments = { { question = question } },
    workDoneToken = "ask",
  }
end
local answer = request("workspace/executeCommand", ask("where is unsaved defined?"))
result.answer = answer.answer
result.location = answer.citations[1].location.range.start.line
wait("the end of progress", function()
  return progress[#progress] == "end"
end)
result.progress = { progress[1], progress[#progress] }

-- Neovim keeps the error that ends a cancelled request to itself, and says that the request is over.
local states = {}
vim.api.nvim_create_autocmd("LspRequest", {
  callback = function(args)
    local request = args.data.request
    if request.method == "workspace/executeCommand" then
      table.insert(states, request.type)
    end
  end,
})
local answered = false
local _, id = client:request("workspace/executeCommand", ask("how does parse work?"), function()
  answered = true
end, 0)
client:cancel_request(id)
wait("the end of a cancelled request", function()
  return states[#states] == "complete"
end)
result.cancelled = answered and "answered" or states

-- A rename in two files, one of which was not open, and taken back by undo.
local function both(word)
  local files = {}
  for _, name in ipairs({ "src/main.rs", "src/parse.rs" }) do
    local buffer = vim.fn.bufnr(vim.fn.fnamemodify(name, ":p"))
    local lines = buffer > 0 and vim.api.nvim_buf_get_lines(buffer, 0, -1, false) or {}
    local _, times = table.concat(lines, "\n"):gsub(word, "")
    table.insert(files, times)
  end
  return files
end
-- The answers were shown meanwhile.
vim.cmd.buffer(vim.fn.bufnr(vim.fn.fnamemodify("src/parse.rs", ":p")))
vim.api.nvim_win_set_cursor(0, { 8, 7 })
vim.lsp.buf.rename("tally")
wait("a rename", function()
  local times = both("tally")
  return times[1] > 0 and times[2] > 0
end)
result.renamed = { both("tally"), both("count") }
for _, name in ipairs({ "src/main.rs", "src/parse.rs" }) do
  vim.api.nvim_buf_call(vim.fn.bufnr(vim.fn.fnamemodify(name, ":p")), function()
    vim.cmd.undo()
  end)
end
result.undone = { both("tally"), both("count") }

client:stop()
wait("the end of the server", function()
  return client:is_stopped()
end)
finish()
