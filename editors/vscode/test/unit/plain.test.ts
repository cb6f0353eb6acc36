// Texts that the editor shows as they are.
import assert from "node:assert/strict";
import { test } from "node:test";
import { iconless, unlinked } from "../../src/plain";

test("texts of others make no links and no icons", () => {
  // As the editor looks for them.
  const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/gi;
  for (const text of ["[a](command:x)", "[a](b](command:x)", "[[a]](file:///x)", '[a](http://x "t")'])
    assert.doesNotMatch(unlinked(text), link, text);
  assert.equal(unlinked("a[0](b) [c] (d)"), "a[0] (b) [c] (d)");
  assert.doesNotMatch(iconless("$(bug) $$(x)"), /\$\(/);
});
