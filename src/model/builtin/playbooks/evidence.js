// The closest evidence for words: names made of several of them, lines and files with the rarest of them.
function evidence(ask) {
  const found = gather(ask);
  if (!found.symbols.length && !found.files.length) {
    const words = ask.words.length ? ask.words.slice(0, 6).map((w) => plain(w)).join(", ") : "the question";
    say(`Nothing in this repository was found for ${words}.`, "", "Questions that are answered without a model: where is X, who calls X, what is in FOLDER, find \"text\", give me an overview.");
    return;
  }
  say("This is the closest evidence that a search by words finds; reading it and drawing a conclusion needs a language model.", "");
  showEvidence(found);
}

function showEvidence(found) {
  if (found.symbols.length) {
    say("**Definitions**", "");
    found.symbols.forEach((d, i) => {
      item(d);
      if (d.doc) say(`  ${plain(d.doc)}`);
      if (i === found.symbols.length - 1) say("");
    });
    say(`The first of them, in ${plain(found.symbols[0].path)}:`, "");
    showDefinition({ ...found.symbols[0], doc: "" }, 16);
  }
  if (found.files.length) {
    say("**Files**", "");
    for (const file of found.files) {
      say(`- ${plain(file.path)}, with ${file.words.map(plain).join(", ")}`);
      for (const match of file.lines) say(`  - ${at(match.path, match.line)}: ${code(match.text)}`);
    }
    say("");
  }
}

// The part of a word that its forms share.
function stem(word) {
  const lower = word.toLowerCase();
  const short = lower.replace(/(ations?|ings?|ers?|ions?|ed|es|s|e)$/, "");
  return short.length >= 4 || short.length >= lower.length - 1 && short.length >= 3 ? short : lower;
}

function gather(ask) {
  const names = ask.names.slice(0, 3);
  const symbols = [];
  const take = (list) => {
    for (const d of list) {
      if (symbols.length < 8 && !symbols.some((s) => s.path === d.path && s.line === d.line)) symbols.push(d);
    }
  };
  for (const name of names) {
    note(`looking for ${name}`);
    take(ordered(definitionsOf(name, 20)).slice(0, 3));
  }
  const words = new Map();
  for (const word of ask.words) if (/[\p{L}\p{N}]/u.test(word)) words.set(names.includes(word) ? word : stem(word), word);
  if (!words.size) return { symbols, files: [] };
  const terms = [...words].slice(0, 6).map(([word, whole]) => {
    note(`searching for ${whole}`);
    const list = attempt(() => repo.search(patternOf(word), { ignoreCase: true, limit: 400 }), none());
    return { word, whole, list, total: total(list), weight: total(list) ? 1 / Math.log2(4 + total(list)) : 0 };
  }).filter((term) => term.total > 0);
  const together = attempt(() => linesWithSeveral(terms), none());
  const scored = scoreFiles(terms, together);
  if (symbols.length < 4) {
    for (const name of compoundNames(terms, together).slice(0, 5)) {
      if (symbols.length >= 6) break;
      take(ordered(definitionsOf(name, 10)).slice(0, 2));
    }
  }
  return { symbols, files: scored.slice(0, 6) };
}

// Lines that have two words or more, from the rarest four.
function linesWithSeveral(terms) {
  const rare = terms.slice().sort((a, b) => a.total - b.total).slice(0, 4).map((term) => patternOf(term.word));
  if (rare.length < 2) return none();
  const orders = (size) => {
    const grow = (list) => list.length === size ? [list] : rare.filter((w) => !list.includes(w)).flatMap((w) => grow([...list, w]));
    return grow([]).map((list) => list.join(".*")).join("|");
  };
  for (const size of [4, 3, 2].filter((n) => n <= rare.length)) {
    const list = repo.search(orders(size), { ignoreCase: true, limit: 1500 });
    if (list.length >= (size === 2 ? 1 : 5)) return list;
  }
  return none();
}

// Short words are sought as words of their own, or as parts between underscores; longer ones anywhere.
const patternOf = (word) => word.length > 3 ? escaped(word) : `(^|[^A-Za-z0-9])${escaped(word)}([^A-Za-z0-9]|$)`;

function wordsIn(text, terms) {
  const lower = text.toLowerCase();
  return terms.filter(({ word }) => word.length > 3 ? lower.includes(word.toLowerCase()) : new RegExp(patternOf(word), "i").test(lower));
}

function scoreFiles(terms, together) {
  const files = new Map();
  const see = (match) => {
    if (!files.has(match.path)) files.set(match.path, { path: match.path, lines: new Map(), words: new Set(wordsIn(match.path, terms).map((t) => t.whole)) });
    const file = files.get(match.path);
    file.lines.set(match.line, match);
    for (const term of wordsIn(match.text, terms)) file.words.add(term.whole);
  };
  for (const match of together) see(match);
  for (const term of terms) term.list.forEach(see);
  const weight = (list) => list.reduce((sum, term) => sum + term.weight, 0);
  const all = [...files.values()].map((file) => {
    const lines = [...file.lines.values()].map((match) => [weight(wordsIn(match.text, terms)), match]).sort((a, b) => b[0] - a[0] || a[1].line - b[1].line);
    const inPath = weight(wordsIn(file.path, terms));
    const score = weight(terms.filter((term) => file.words.has(term.whole))) + lines[0][0] * 1.5 + inPath + Math.min(lines.length, 40) / 400;
    return { path: file.path, words: [...file.words], lines: lines.slice(0, 3).map((entry) => entry[1]), score: score * [1, 0.6, 0.4][rank(file.path)] };
  });
  return all.sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1));
}

// Identifiers that are made of two words or more, the most telling and most frequent first.
function compoundNames(terms, together) {
  const names = new Map();
  for (const match of together) {
    for (const name of match.text.match(/[\p{L}_$][\p{L}\p{N}_$]{3,63}/gu) || []) {
      const has = wordsIn(name, terms);
      if (has.length < 2) continue;
      const entry = names.get(name) || { count: 0, weight: has.reduce((sum, term) => sum + term.weight, 0) * (rank(match.path) ? 0.7 : 1) };
      entry.count += 1;
      names.set(name, entry);
    }
  }
  return [...names].map(([name, entry]) => [name, entry.weight * (1 + Math.log2(1 + entry.count) / 8) - name.length / 500])
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map((entry) => entry[0]);
}
