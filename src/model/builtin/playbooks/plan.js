const count = (n, one, more) => `${n.toLocaleString("en-US")} ${n === 1 ? one : more}`;
const calls = {
  rename: () => plan.rename(request.line === undefined ? request.what
    : { path: request.path, line: request.line, name: request.what }, request.to),
  move: () => plan.move(request.what, request.to),
  remove: () => plan.remove(request.what),
  replaceCalls: () => plan.replaceCalls(request.what, request.by),
  extract: () => plan.extract(request.path, request.from, request.to, request.name),
};
let step;
try {
  step = plan.step(title);
  const done = calls[request.do]();
  const lines = [`${title}: ${count(done.edits, "edit", "edits")} in ${count(done.files, "file", "files")}.`];
  if (done.doubtful > 0) {
    lines.push(`${count(done.doubtful, "place is", "places are")} doubtful: listed apart, and left as ` +
      `${done.doubtful === 1 ? "it is" : "they are"}.`);
  }
  answer([...lines, ...done.notes].join("\n\n"));
} catch (error) {
  if (step !== undefined) plan.drop(step);
  answer(`Nothing was planned. ${error.message.replace(/^plan\.\w+: /, "")}`);
}
