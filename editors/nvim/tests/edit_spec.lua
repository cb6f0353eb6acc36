-- Edits as the server sends them: applied as a whole, or refused with the reason.

local check = require("support.check")
local plan = require("support.plan")
local eq, has = check.eq, check.has
local buffer, disk = plan.buffer, plan.disk

---Applies an edit as if the server had sent it; `%s` in the URIs is the folder.
local function apply_edit(nvim, folder, edit)
  local text = vim.json.encode(edit):gsub("%%s", (folder:gsub("%%", "%%%%")))
  return nvim:lua(
    [[
      local client = vim.lsp.get_clients({ name = "spelunk" })[1]
      return client.handlers["workspace/applyEdit"](nil, { edit = vim.json.decode(...) }, { client_id = client.id })
    ]],
    text
  )
end

local function replace(line, from, to, text)
  local range = { start = { line = line, character = from }, ["end"] = { line = line, character = to } }
  return { range = range, newText = text }
end

return {
  {
    "an edit for another version of a document is refused as a whole",
    function(scene)
      local folder = scene:workspace("w")
      local nvim = scene:nvim()
      nvim:edit(folder .. "/src/main.rs")
      local version = nvim:lua("return vim.lsp.util.buf_versions[vim.api.nvim_get_current_buf()]")
      local edit = {
        documentChanges = {
          { textDocument = { uri = "file://%s/src/parse.rs", version = vim.NIL }, edits = { replace(0, 0, 3, "//?") } },
          { textDocument = { uri = "file://%s/src/main.rs", version = version }, edits = { replace(0, 0, 3, "MOD") } },
        },
      }
      nvim:keys("ggO// typed meanwhile<Esc>")
      local result = apply_edit(nvim, folder, edit)
      eq({ result.applied, result.failedChange }, { false, 1 })
      has(result.failureReason, "src/main.rs: it was changed since")
      has(buffer(nvim, folder .. "/src/parse.rs"), "//! Parsing.")
      eq(nvim:lua("return vim.bo.modified"), true)
      nvim:keys("u")
      version = nvim:lua("return vim.lsp.util.buf_versions[vim.api.nvim_get_current_buf()]")
      edit.documentChanges[2].textDocument.version = version
      eq(apply_edit(nvim, folder, edit), { applied = true })
      has(buffer(nvim, folder .. "/src/main.rs"), "MOD parse;")
    end,
  },
  {
    "an edit that fails half way is taken back",
    function(scene)
      local folder = scene:workspace("w")
      local nvim = scene:nvim()
      nvim:edit(folder .. "/src/main.rs")
      local main = disk(folder .. "/src/main.rs")
      local result = apply_edit(nvim, folder, {
        documentChanges = {
          { textDocument = { uri = "file://%s/src/main.rs", version = vim.NIL }, edits = { replace(0, 0, 3, "MOD") } },
          { kind = "create", uri = "file://%s/new.rs" },
          { kind = "delete", uri = "file://%s/src/parse.rs" },
          -- Below a file there is no room for another.
          { kind = "create", uri = "file://%s/src/main.rs/below.rs" },
        },
      })
      eq({ result.applied, result.failedChange }, { false, 3 })
      eq(buffer(nvim, folder .. "/src/main.rs"), main)
      eq(disk(folder .. "/new.rs"), nil)
      has(disk(folder .. "/src/parse.rs"), "//! Parsing.")
      eq(nvim:lua("return vim.bo.modified"), false)
    end,
  },
  {
    "an edit that fails half way in a buffer is taken back there, and executable files come back as such",
    function(scene)
      local folder = scene:workspace("w")
      assert(vim.uv.fs_chmod(folder .. "/src/parse.rs", tonumber("755", 8)))
      local nvim = scene:nvim()
      nvim:edit(folder .. "/src/main.rs")
      nvim:keys("ggO// mine<Esc>")
      local result = apply_edit(nvim, folder, {
        documentChanges = {
          { kind = "delete", uri = "file://%s/src/parse.rs" },
          {
            textDocument = { uri = "file://%s/src/main.rs", version = vim.NIL },
            edits = { replace(0, 0, 0, vim.NIL), replace(1, 0, 3, "MOD") },
          },
        },
      })
      eq({ result.applied, result.failedChange }, { false, 1 })
      has(result.failureReason, "src/main.rs: ")
      has(nvim:text(), "// mine\nmod parse;")
      eq(bit.band(vim.uv.fs_stat(folder .. "/src/parse.rs").mode, tonumber("777", 8)), tonumber("755", 8))
      nvim:keys("u")
      eq(nvim:text():sub(1, 10), "mod parse;")
    end,
  },
  {
    "what the server does not see is not overwritten",
    function(scene)
      local folder = scene:workspace("w")
      local nvim = scene:nvim()
      nvim:edit(folder .. "/src/main.rs")
      nvim:cmd("noautocmd edit " .. folder .. "/src/parse.rs")
      nvim:keys("ggOmine<Esc>")
      local uri = "file://%s/src/parse.rs"
      for _, case in ipairs({
        { { textDocument = { uri = uri, version = vim.NIL }, edits = { replace(0, 0, 0, "x") } }, "does not see" },
        { { kind = "delete", uri = uri }, "unsaved changes" },
        { { kind = "rename", oldUri = uri, newUri = "file://%s/src/text.rs" }, "does not see" },
        { { kind = "create", uri = uri }, "such a file already" },
        { { kind = "rename", oldUri = "file://%s/none.rs", newUri = uri }, "no such file" },
      }) do
        local result = apply_edit(nvim, folder, { documentChanges = { case[1] } })
        eq(result.applied, false)
        has(result.failureReason, case[2])
      end
      has(nvim:text(), "mine\n//! Parsing.")
    end,
  },
}
