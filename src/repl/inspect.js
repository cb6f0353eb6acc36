(() => {
  "use strict";
  return (_host) => ({
    inspect: (value) => { try { return typeof value === "function" ? `[Function ${value.name}]` : JSON.stringify(value) ?? String(value); } catch { return String(value); } },
    describe: (value) => typeof value,
  });
})();
