// Lines with a text, or that match a regular expression.
function play(ask) {
  const { flags } = ask.intent;
  // A line at a time is searched: of a text with several, the longest is the most telling.
  const lines = ask.intent.pattern.split(/[\r\n]+/);
  const pattern = lines.length > 1 ? lines.map((line) => line.trim()).sort((a, b) => b.length - a.length)[0] : lines[0];
  const scope = placeOf(ask.intent.scope);
  const regex = typeof flags === "string";
  note(`searching for ${pattern}`);
  const options = { limit: 300, ...within(scope) };
  const look = (extra) => repo.search(pattern, { literal: true, ...options, ...extra });
  let found;
  let how = "";
  if (regex) {
    let expression;
    try {
      expression = new RegExp(pattern, flags.replace(/[^imsu]/g, ""));
    } catch (error) {
      return void say(`This is no regular expression: ${plain(error.message)}.`);
    }
    try {
      found = repo.search(expression, options);
    } catch (error) {
      if (error && error.name === "Cancelled") throw error;
      return void say(`This regular expression cannot be searched for: ${plain(error.message)}.`);
    }
  } else {
    found = look({});
    if (!found.length) { found = look({ ignoreCase: true }); how = ", with other capitals"; }
    if (!found.length && pattern.includes(" ")) found = pieces(pattern, options, (text) => { how = text; });
    if (!found.length) { found = look({ ignoreCase: true, hidden: true }); how = ", in hidden files"; }
  }
  if (!found.length) return nothing(ask, pattern, scope);
  const files = new Set(found.map((m) => m.path)).size;
  say(`${code(pattern, 100)}: ${many(total(found), "line")}${how} in ${found.truncated ? "at least " : ""}${many(files, "file")}${scope ? ` of ${plain(scope)}` : ""}.`, "");
  const shown = showMatches(found, 60, 10);
  if (shown < total(found)) say("", `${number(shown)} of ${number(total(found))} shown.`);
}

// A message in code has placeholders where a printed one has values, and it may be broken across lines.
function pieces(pattern, options, tell) {
  const words = pattern.split(/\s+/).filter(Boolean);
  if (words.length > 40) return none();
  const loose = words.map((w) => /\d|['"\/]/.test(w) ? ".{0,40}" : escaped(w)).join("\\s+");
  let found = attempt(() => repo.search(loose, { ...options, ignoreCase: true }), none());
  if (found.length) { tell(", with something else where the numbers are"); return found; }
  for (let length = words.length - 1; length >= Math.max(2, Math.ceil(words.length / 2)); length--) {
    const runs = [];
    for (let from = 0; from + length <= words.length; from++) runs.push(words.slice(from, from + length).map(escaped).join("\\s+"));
    found = attempt(() => repo.search(runs.join("|"), { ...options, ignoreCase: true }), none());
    if (found.length) { tell(`, with ${length} of its ${words.length} words in a row`); return found; }
  }
  return none();
}

function nothing(ask, pattern, scope) {
  const files = attempt(() => repo.files([`**/${globbed(pattern)}`], { limit: 20 }), none());
  if (files.length) {
    say(files.length === 1 ? "No line has this text, but a file is called so:" : "No line has this text, but files are called so:", "");
    for (const f of files) say(`- ${plain(f.path)}, ${size(f.bytes)}`);
    return;
  }
  say(`No line of any file${scope ? ` in ${plain(scope)}` : ""} has this text: ${code(pattern, 100)}.`, "");
  if (ask.words.length > 1) {
    const found = gather(ask);
    if (found.files.length) { say("What comes closest:", ""); showEvidence(found); }
  }
}
