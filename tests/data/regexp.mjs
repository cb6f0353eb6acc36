// Writes regexp.jsonl: what V8's RegExp makes of many patterns and lines, for the test of the translation to Rust.
//
//   node tests/data/regexp.mjs > tests/data/regexp.jsonl
//
// The first row has the lines. Every other row is a pattern, its flags, the lines that it matches (by index, as ranges) and the
// lines that are left out, since src/search/regexp/mod.rs names them as known differences. Only change this file
// together with its output; it was written with node 20 and its output does not depend on chance.

let state = 0x9e3779b9;
function random(below) {
  state ^= state << 13; state ^= state >>> 17; state ^= state << 5; state >>>= 0;
  return state % below;
}
const pick = (list) => list[random(list.length)];
const times = (count, make) => Array.from({ length: count }, make);

// --- lines

const lines = [
  "", " ", "a", "b", "ab", "ba", "abc", "ABC", "aab", "foo", "foo bar", "Foo.bar()", "fooBar_baz9", "foo-bar", "x1 y22 z333",
  "let x = 10;", "  return a[i] + b{2};", "if (a && b || !c) {", "}", "a{2}", "a{,3}", "a{1,2}b", "aa", "aaa", "aaaa", "aaaaa",
  "2024-02-29", "0x1F", "10%", "$price", "^caret", "a|b", "back\\slash", "c:\\temp", "[x]", "]", "-", "a-z", "--", "\t", "a\tb",
  "tab\tand\vvt\fff", "nb\u00a0sp", "\ufeffbom inside", "ogham\u1680", "en\u2002quad", "ls\u2028ps\u2029end", "nel\u0085", "zwsp\u200b",
  "ideographic\u3000space", "é", "É", "e\u0301", "café Café CAFÉ", "straße", "STRASSE", "ẞ", "ß", "ſ", "s", "S", "K", "k", "\u212a", "kK\u212a",
  "Å", "å", "\u212b", "Ω", "ω", "\u2126", "µ", "μ", "Μ", "σ", "ς", "Σ", "İ", "ı", "i", "I", "ǆ", "ǅ", "Ǆ", "ﬀ", "ff", "Ж", "ж", "日本語", "漢字 kanji",
  "한국어", "עברית", "ไทย", "😀", "😁", "a😀", "😀a", "a😀b", "😀😁", "a😀😁b", "😀😀😀", "x😀y😁z", "𝒳", "𐐀", "𐐨", "𐐀𐐨", "🇩🇪", "👩‍👩‍👧", "👍🏽",
  "\u0001\u0002", "\u0007bell", "\b", "\u007f", "\u0010", "@home", "a@b.example", "#!/bin/sh", "/* c */", "// d", "<T>", "a::b", "p{L}", "p{Lu}",
  "u{61}", "uuuu", "u0041", "x4", "x41", "xg", "cJ", "\\cJ", "k<n>", "kn", "8", "9", "1", "7", "\u00ff", "\u0100", "ÿ", "Ÿ", "_", "__init__", "a.b", "a b",
  "aXb", "aB", "Ab", "word word", "word,word", ".", "..", "...", "?", "*", "+", "(", ")", "()", "{", "{}", "a+b", "q|w", "&&", "a&&b", "~", "`", "!!",
];
const letters = [..."aabbkKsSeE 019_-.,;{}[]()|$^+*?\\/<>", "é", "É", "ß", "ſ", "K", "ω", "Ω", "😀", "😁", "𐐀", "日", "\u00a0", "\t"];
lines.push(...times(80, () => times(1 + random(9), () => pick(letters)).join("")));

// --- patterns: by hand, one for each construct

const plain = [
  "", "a", "ab", "a|b", "a|", "|b", "(?:)", "(a)(b)", "(?:a|b)c", "(?<n>a)b", "((a))", "a*", "a+", "a?", "a*?b", "a+?b", "a??b", "a{2}", "a{2,}", "a{1,2}b", "a{0}b",
  "a{2}?", "a{2,}?", "^a{2,3}$", "a{,3}", "a{", "a{x", "x{1", "{", "}", "]", "a]", "a}", "^", "$", "^$", "^a", "a$", "^a$", "^.$", "^..$", "^...$", ".", "a.b", "a..b",
  "^a..b$", "^.{2}$", "^.{3}$", "^.{2,3}$", "^.{0,2}$", "^.?$", "^.+$", "^.*$", "a.*b", "a.+b", "a.?b", "a.??b", "^a?.$", ".{4}", "^.{4}$", "^.{5,}$", "😀.", ".😀", "a.{2}b",
  "\\d", "\\D", "\\s", "\\S", "\\w", "\\W", "^\\d+$", "^\\D+$", "^\\s+$", "^\\S+$", "^\\w+$", "^\\W+$", "^\\D$", "^\\S$", "^\\W$", "^\\W\\W$", "\\s\\S", "\\bfoo\\b", "\\bb", "o\\b",
  "\\Boo", "\\b\\w{3}\\b", "\\B-\\B", "a\\Bb", "\\b\\d", "\\bé", "é\\b", "\\b", "\\B", "[abc]", "[^abc]", "[a-c]", "[^a-c]", "^[^a]$", "^[^a]+$", "^[^a][^b]$", "[]", "[^]", "a[^]b", "^[^]$",
  "^[^][^]$", "[\\b]", "[\\d]", "[\\D]", "[^\\d]", "[^\\D]", "[\\w-]", "[\\w-z]", "[a-\\d]", "[-a]", "[a-]", "[^-]", "[\\-x]", "[.]", "[*+]", "[\\]]", "[\\\\]", "[[]", "[&&]", "[a&&b]", "[~~]", "[a--b]",
  "[é]", "[É]", "[à-ÿ]", "[😀]", "[😀😁]", "^[😀😁]$", "^[😀😁]+$", "^[😀😁]{2}$", "a[😀]b", "a[😀😁]+b", "[^😀]", "^[^😀]$", "[日本]", "[\\u3040-\\u9fff]",
  "\\t", "\\v", "\\f", "\\x41", "\\x4", "\\xg", "\\u0041", "\\u00e9", "\\u004", "\\u{61}", "\\ud83d\\ude00", "\\ud83d", "\\ude00", "[\\ud83d\\ude00]", "\\ud83d.", ".\\ude00", "^\\ud83d.$",
  "\\cA", "\\cg", "\\c", "\\c1", "\\cJ", "[\\cA]", "[\\c]", "[\\c0]", "[\\c_]", "\\1", "\\7", "\\8", "\\9", "\\101", "\\400", "\\12a", "\\08", "[\\101]", "[\\1]", "[\\8]", "\\a", "\\-", "\\/", "\\.", "\\$", "\\^",
  "\\(", "\\)", "\\[", "\\]", "\\{", "\\}", "\\|", "\\*", "\\+", "\\?", "\\\\", "\\k", "\\k<n>", "\\p", "\\p{L}", "\\P{L}", "\\p{Lu}", "\\e", "\\z", "\\A", "\\Z", "\\G", "\\h", "\\R", "\\X", "\\Q", "\\_", "\\é", "\\ ", "\\#",
  "😀", "😀+", "😀*", "^😀+$", "^😀*$", "^😀{2}$", "a😀?b", "a(?:😀)?b", "^(?:😀)+$", "(?:😀|😁)", "^(😀|😁)+$", "x.y", "x..y", "x...y", "k", "K", "s", "S", "ß", "ẞ", "ſ", "\\u212a", "å", "Å", "\\u212b", "ω", "Ω", "\\u2126",
  "µ", "μ", "σ", "ς", "Σ", "i", "I", "İ", "ı", "ǆ", "ǅ", "ﬀ", "ff", "ж", "Ж", "straße", "STRASSE", "café", "[k]", "[a-z]", "[A-Z]", "[^k]", "[^a-z]", "^[^a-z]+$", "[^\\u212a]", "[K-Z]", "[\\u0131]", "[α-ω]", "[Α-Ω]", "𐐀", "𐐨",
  "[𐐀-𐐏]", "[\\w]", "[^\\w]", "^[\\W]$", "[\\W_]", "[^\\W]", "[\\s\\S]", "[\\S\\s]{3}", "foo|bar|baz", "(foo|bar)+", "(?:a{2}|b)+", "a(b|c|)d", "((((a))))", "(a*)*", "(a*)+b", "(?:a?){3}", "x*y*z*", "\\w+@\\w+\\.\\w+",
  "^\\s*(let|const|var)\\s+\\w+", "\\bfn\\s+\\w+\\s*\\(", "[\"']", "\\/\\*.*\\*\\/", "\\/\\/", "^#!", "0[xX][0-9a-fA-F]+", "\\d{4}-\\d{2}-\\d{2}", "[^\\s]+", "\\S+\\s+\\S+", ";$", "\\{$", "^\\}", "\\.\\.\\.", "\\(\\)",
];
const unicode = [
  "\\u{1F600}", "\\u{61}", "\\u{0}", "\\p{L}", "\\P{L}", "^\\p{L}+$", "^\\P{L}+$", "\\p{Lu}", "\\P{Lu}", "[^\\p{Lu}]", "[\\P{Lu}]", "\\p{Ll}", "\\P{Ll}", "[^\\P{Ll}]", "\\p{Letter}", "\\p{gc=Lu}", "\\p{General_Category=Uppercase_Letter}",
  "\\p{Script=Greek}", "\\p{sc=Cyrl}", "\\p{Script=Han}", "\\p{Script_Extensions=Han}", "\\p{scx=Hira}", "\\p{ASCII}", "\\P{ASCII}", "\\p{Any}", "\\p{Alphabetic}", "\\p{Uppercase}", "\\p{Lowercase}", "\\p{White_Space}", "\\p{N}", "\\p{Nd}",
  "\\p{P}", "\\p{S}", "\\p{Sc}", "\\p{Z}", "\\p{ID_Start}", "^\\p{ID_Start}\\p{ID_Continue}*$", "\\p{Emoji_Presentation}", "\\p{Extended_Pictographic}", "[\\p{L}\\d]", "[^\\p{L}\\d]", "[\\p{L}--a]", "[\\ud83d\\ude00]", "\\ud83d", "\\ude00",
  "^.{1}$", "[😀-😂]", "[^😀-😂]", "^[^😀]$", "\\-", "[\\-]",
];
const sets = [
  "[a-z&&[aeiou]]", "[\\w--\\d]", "[\\w--[0-9_]]", "[\\p{L}--[a-z]]", "[\\p{L}&&\\p{ASCII}]", "[[a-c][x-z]]", "[^[a-c][x-z]]", "[^\\p{L}&&\\p{ASCII}]", "[\\q{a|b|😀}]", "[\\q{a}--a]", "[[^a-z]&&\\w]", "[\\p{Lu}&&[A-F]]", "[^\\P{Lu}]",
  "[\\P{Lu}&&\\p{L}]", "[a-z--[k]]", "[[a-z]--[^k]]", "[\\w&&\\W]", "[\\&\\!]", "[\\-]", "[\\(\\)]", "^[\\p{L}--\\p{Lu}]+$", "[^\\d]", "[\\s--\\t]", "[\\p{Script=Greek}--[Ω]]", "[^k]", "[^\\w--k]", "\\P{Lu}", "\\p{Lu}", "[^\\p{Lu}]",
];

const cases = [];
for (const source of plain) for (const flags of ["", "i", "u", "iu", "s", "m"]) cases.push([source, flags]);
for (const source of unicode) for (const flags of ["u", "iu", "v", "iv"]) cases.push([source, flags]);
for (const source of sets) for (const flags of ["v", "iv"]) cases.push([source, flags]);

// --- patterns: by chance

const atoms = [..."aabbkKsSxyz019 _-", "é", "ß", "ω", "😀", "😁", "日", ".", ".", "\\d", "\\w", "\\s", "\\D", "\\W", "\\S", "\\t", "\\x61", "\\u006b", "\\.", "\\(", "\\{"];
const members = [..."abkKsS09_", "é", "ω", "ß", "a-c", "A-F", "0-5", "\\d", "\\w", "\\s", "\\-", "\\]", "α-ω", "😀"];
const quantifiers = ["*", "+", "?", "{2}", "{1,2}", "{2,}", "{0,3}", "*?", "+?", "??", "{1,}?"];
const quantified = (text) => (random(3) ? text : text + pick(quantifiers));
function atom(depth) {
  const kind = random(12);
  if (kind < 7) return quantified(pick(atoms));
  if (kind < 9) return quantified("[" + (random(3) ? "" : "^") + times(1 + random(3), () => pick(members)).join("") + "]");
  if (kind === 9) return pick(["^", "$", "\\b", "\\B", "\\b", "^"]);
  return depth > 2 ? "a" : quantified(pick(["(", "(?:", "(?<n>"]) + alternatives(depth + 1) + ")");
}
const sequence = (depth) => times(1 + random(4), () => atom(depth)).join("");
const alternatives = (depth) => times(1 + (random(3) === 0) * (1 + random(2)), () => sequence(depth)).join("|");
for (const count of times(1200, (_, index) => index)) cases.push([alternatives(0), ["", "", "i", "u", "iu", "s", "m", "im", "v", "iv"][count % 10]]);

// --- what V8 says

const astral = /[\u{10000}-\u{10ffff}]/u;
const repeatedGroup = /\)(?:[*+?]|\{\d)/;
// Two classes in a row of which one is repeated without a fixed count.
const mixed = /(?:\.|\\[DSW]|\[\^?[^\]]*\])(?:[*+?]|\{\d+(?:,\d*)?\})?\??\)?\|?(?:\((?:\?:|\?<n>)?)?(?:\.|\\[DSWB]|\[|\^|\$|\()/;

// V8 11.3 forgets to fold these sets before it takes something away from them; the standard does not.
const unfolded = ["\\P{ASCII}", "[\\p{L}--a]", "[^\\p{L}&&\\p{ASCII}]"];

// A class after something that may be missing at the pattern's start.
const optionalFirst = /(?:[*?]|\{0)[^|)]*?(?:\.|\\[DSW]|\[)/;

function leftOut(source, flags, line, index) {
  if (index % 3 === 2 && /\\B|\$[()]*\\b/.test(source)) return true; // these lines end in \r\n in the test
  if (astral.test(line) && /\\B/.test(source)) return true;
  if (flags.includes("m") && /[\^$]/.test(source) && /[\u2028\u2029]/.test(line)) return true;
  if (/i/.test(flags) && /[uv]/.test(flags) && /\\b|\\B/i.test(source) && /[ſ\u212a]/.test(line)) return true;
  if (!/[uv]/.test(flags) && astral.test(line)) return [repeatedGroup, mixed, optionalFirst].some((known) => known.test(source));
  return false;
}

// "0-3 7": shorter than a list, and still readable.
function ranges(indices) {
  const runs = [];
  for (const index of indices) {
    const last = runs.at(-1);
    if (last && last[1] === index - 1) last[1] = index;
    else runs.push([index, index]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(" ");
}

console.log(JSON.stringify({ lines }));
const seen = new Set();
for (const [source, flags] of cases) {
  let regexp;
  try { regexp = new RegExp(source, flags); } catch { continue; }
  const key = source + "/" + flags;
  if (flags === "iv" && unfolded.includes(source)) continue;
  if (["", "(?:)"].includes(source) || seen.has(key)) continue;
  seen.add(key);
  const matches = [], out = [];
  lines.forEach((line, index) => {
    if (leftOut(source, flags, line, index)) out.push(index);
    else if (regexp.test(line)) matches.push(index);
  });
  console.log(JSON.stringify({ source: regexp.source, flags, matches: ranges(matches), out: ranges(out) }));
}
