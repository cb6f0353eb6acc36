"""Holds what spelunk says of a package against what an indexer says of it, place by place.

Definitions are compared by path, line and name, calls and uses of types by path, line and column of the name that is used and by
the definition that it means. docs/accuracy.md says which places count.
"""

import collections
import re

TYPES = {"class", "struct", "enum", "union", "interface", "trait", "type"}
CALLABLE = {"function", "method", "constructor", "macro"}
MODULES = {"module"}
# The definition is elsewhere; indexers take these for uses.
ELSEWHERE = {"declaration"}
TIERS = ("exact", "likely", "possible")


def kind_of(symbol):
    """What a SCIP symbol is, by its last descriptor: `term` is a variable, a constant, a field or a property."""
    if " local " in symbol:
        return "local"
    if symbol.endswith(")") and not symbol.endswith("()."):
        return "parameter"
    if symbol.endswith("]"):
        return "parameter"
    for end, kind in (("#", "type"), (").", "callable"), (".", "term"), ("/", "module"), ("!", "callable"), (":", "meta")):
        if symbol.endswith(end):
            return kind
    return "other"


def fits(ours, kind):
    """Whether our kind is one that a symbol of this kind may have. A term may hold anything."""
    return kind in ("local", "meta", "other", "parameter") or (ours in TYPES and kind in ("type", "term")) or \
        (ours in CALLABLE and kind in ("callable", "term")) or (ours in MODULES and kind == "module") or \
        (ours not in TYPES | CALLABLE | MODULES and kind in ("term", "callable"))


class Score:
    """Right, wrong and missed places; `again` has those where the oracle names the same thing without defining it, `silent` those of
    which it says nothing."""

    def __init__(self):
        self.right, self.wrong, self.missed, self.silent, self.again = [], [], [], [], []

    def row(self):
        precision = len(self.right) / max(1, len(self.right) + len(self.wrong))
        found = getattr(self, "found", len(self.right))
        return precision, found / max(1, found + len(self.missed))


class Package:
    """One package: the oracle's places and ours."""

    def __init__(self, index, said, language, endings):
        self.index, self.language, self.endings = index, language, endings
        self.definitions = [tuple(one) for one in said["definitions"] if one[0] in index.texts]
        self.numbers = [tuple(one) for one in said["definitions"]]
        self.said = said
        # The oracle's: symbols by where they are defined and where they are used, and where each symbol is defined.
        self.defined = collections.defaultdict(set)
        self.used = collections.defaultdict(set)
        self.homes = collections.defaultdict(set)
        self.named = collections.defaultdict(set)
        self.meant_again = collections.defaultdict(set)
        self.places = {}
        for path, occurrences in index.occurrences.items():
            for one in occurrences:
                if not one.text or is_slip(one, index.texts[path]) or self._is_no_name(one):
                    continue
                if one.defines:
                    self.defined[path, one.line, plain(one.text)].add(one.symbol)
                    self.homes[one.symbol].add((path, one.line, plain(one.text)))
                else:
                    self.used[path, one.line, one.column].add(one.symbol)
                    self.named[path, one.line, plain(one.text)].add(one.symbol)
                self.places[path, one.line, one.column] = one

        if language == "rust":
            self._relate_traits()

        # Further definitions of one thing (Python's overloads) are uses to the oracle.
        for path, line, name, kind, _ in self.definitions:
            place = (path, line, plain(name))
            if place not in self.defined and kind not in ELSEWHERE:
                for symbol in self.named.get(place, ()):
                    # A function expression's own name is a local without a definition.
                    unseen = " local " in symbol and symbol not in self.homes
                    if unseen or own_name(symbol) == place[2]:
                        self.meant_again[place].add(symbol)
                        if unseen or any(home[0] == path for home in self.homes.get(symbol, ())):
                            self.homes[symbol].add(place)

    def _relate_traits(self):
        """rust-analyzer does not say which item of a trait an impl's is; both names say it."""
        named = collections.defaultdict(set)
        for symbol in {symbol for symbols in self.used.values() for symbol in symbols} | self.homes.keys():
            found = re.search(r"(\w+)#(\w+(?:\(\)\.|#))$", symbol)
            if found and "impl#" not in symbol:
                named[found.groups()].add(symbol)
        for symbol in self.homes:
            found = re.search(r"impl#\[.+?\]\[`?(\w+)[^\]]*\](\w+(?:\(\)\.|#))$", symbol)
            if found:
                self.index.kin.setdefault(symbol, set()).update(named[found.groups()])

    def _is_no_name(self, one):
        """rust-analyzer defines the module of a file at its first line, crates where `extern crate` names them, and its operators are
        uses of methods."""
        crate = one.defines and "extern crate" in self.index.texts[one.path][one.line - 1]
        return self.language == "rust" and (crate or not plain(one.text).isidentifier())

    def _kind(self, symbol):
        return "term" if symbol in self.index.variants else kind_of(symbol)

    def definition_scores(self):
        score, kinds = Score(), [0, 0]
        ours = {}
        for path, line, name, kind, _ in self.definitions:
            if kind not in ELSEWHERE:
                ours.setdefault((path, line, plain(name)), kind)
        for place, kind in sorted(ours.items()):
            symbols = self.defined.get(place)
            if symbols:
                score.right.append((place, kind))
                kinds[0] += any(fits(kind, self._kind(symbol)) for symbol in symbols)
                kinds[1] += 1
            elif self.named[place] and not self._is_assigned_parameter(place, kind):
                # The oracle has a use of that very name here: another assignment, an object literal of a declared type.
                (score.again if place in self.meant_again else score.wrong).append((place, kind, sorted(self.named[place])[0]))
            else:
                score.silent.append((place, kind))
        rows = {(path, line, plain(name)) for path, line, name, *_ in self.definitions}
        wanted = {}
        for place, symbols in self.defined.items():
            known = [symbol for symbol in symbols if self._kind(symbol) in ("type", "callable", "term", "module")]
            if known and place[0].endswith(self.endings):
                wanted[place] = known[0]
        # Locals that are functions or classes are right, but not asked for.
        score.found = sum(place in rows for place in wanted)
        score.missed = [(place, wanted[place]) for place in sorted(wanted.keys() - rows)]
        score.kinds = kinds
        return score

    def _is_assigned_parameter(self, place, kind):
        """`self.x = x`, where the oracle speaks of the parameter only."""
        return kind == "field" and all(kind_of(symbol) == "parameter" for symbol in self.named[place])

    def _is_stub(self, symbol):
        """Whether it is declared in files that are not asked about and nowhere else: Python's `.pyi`."""
        homes = self.homes.get(symbol)
        return bool(homes) and not any(home[0].endswith(self.endings) for home in homes)

    def _symbols_at(self, path, line, name):
        place = path, line, plain(name)
        return self.defined.get(place, set()) | self.meant_again.get(place, set())

    def _meant(self, number):
        """The oracle's symbols for a definition of ours; a class and its constructors stand for each other."""
        path, line, name, kind, qualified = self.numbers[number]
        symbols = set(self._symbols_at(path, line, name))
        outer = qualified.rsplit(".", 1)[0]
        for other in self.numbers:
            of_class = kind == "constructor" and other[4] == outer
            of_constructor = kind in TYPES and other[3] == "constructor" and other[4].rsplit(".", 1)[0] == qualified
            if other[0] == path and (of_class or of_constructor):
                symbols |= self._symbols_at(*other[:3])
        # `new` of a class inside a function is said of a symbol of its own.
        return symbols | {f"{symbol}`<constructor>`()." for symbol in symbols if " local " in symbol}

    def _edges(self, rows):
        """Place of use and definition of ours to the best confidence, and what each definition of ours means."""
        edges, meant = {}, {}
        for number, path, line, column, tier, *_ in rows:
            if path not in self.index.texts or not path.endswith(self.endings) or self.numbers[number][3] in ELSEWHERE:
                continue
            if number not in meant:
                meant[number] = self._meant(number)
            key = ((path, line, column), number)
            edges[key] = min(edges.get(key, tier), tier, key=TIERS.index)
        return edges, meant

    def scored(self, rows, wanted):
        """A score per tier for edges of ours, `wanted` being the oracle's places with what is meant there."""
        edges, meant = self._edges(rows)
        tiers = {tier: Score() for tier in TIERS}
        found = {}
        for (place, number), tier in sorted(edges.items()):
            symbols = self.used.get(place)
            definition = self.numbers[number][:3]
            if not symbols:
                # Nothing is said of the place, or a definition stands there.
                which = tiers[tier].silent if place not in self.places else tiers[tier].wrong
                which.append((place, definition, ""))
                continue
            ours = meant[number]
            kin = {above for symbol in symbols for above in self.index.kin.get(symbol, ())}
            below = {above for symbol in ours for above in self.index.kin.get(symbol, ())}
            if symbols & ours or kin & ours or below & symbols:
                tiers[tier].right.append((place, definition, ""))
                # One of several definitions of a symbol is enough.
                found[place] = min(found.get(place, tier), tier, key=TIERS.index)
            elif all(self._is_stub(symbol) for symbol in symbols):
                tiers[tier].silent.append((place, definition, "the oracle means a stub"))
            elif all(" local " in symbol and symbol not in self.homes for symbol in symbols):
                tiers[tier].silent.append((place, definition, "to the oracle nothing runs here"))
            elif not ours:
                tiers[tier].silent.append((place, definition, "the definition is unknown to the oracle"))
            else:
                tiers[tier].wrong.append((place, definition, sorted(symbols)[0]))
        missed = [(place, wanted[place]) for place in sorted(wanted) if place not in found]
        counts = collections.Counter(found.get(place, "missed") for place in wanted)
        return tiers, missed, counts

    def wanted_calls(self):
        """Places where something of the package is called: a use of it with an argument list behind."""
        return {place: symbol for place, symbol in self._own_uses(("callable", "type", "local", "term", "meta"))
                if self._is_called(place) and not self._defines_again(place) and not self._is_pattern(place, symbol)}

    def wanted_types(self):
        return {place: symbol for place, symbol in self._own_uses(("type",))
                if not self._is_import(place) and not self._defines_again(place)}

    def _defines_again(self, place):
        one = self.places[place]
        return one.symbol in self.meant_again.get((one.path, one.line, plain(one.text)), ())

    def _own_uses(self, kinds):
        for place, symbols in self.used.items():
            own = sorted(symbol for symbol in symbols if symbol in self.homes and self._kind(symbol) in kinds)
            known = [symbol for symbol in own if self.known & self.homes[symbol]]
            if known and place[0].endswith(self.endings):
                yield place, known[0]

    @property
    def known(self):
        """Our definitions by place: recall of edges is asked of what both have."""
        if not hasattr(self, "_known"):
            self._known = {(path, line, plain(name)) for path, line, name, kind, _ in self.definitions if kind not in ELSEWHERE}
        return self._known

    def _is_called(self, place):
        one = self.places[place]
        last, at = one.end
        lines = self.index.texts[one.path]
        behind = lines[last][at:] + "\n" + "\n".join(lines[last + 1:last + 4])
        behind = re.sub(r"^!?\s*(\?\.)?\s*", "", behind)
        if self.language == "rust" and lines[last][at:].startswith("!"):
            return True
        generic = "::<" if self.language == "rust" else "<" if self.language == "typescript" else None
        if generic and behind.startswith(generic):
            behind = without_generics(behind[len(generic):])
        return behind.startswith("(")

    def _is_pattern(self, place, symbol):
        """`Some(x) =>` takes apart what a call of the same text would make."""
        if self.language != "rust" or self._kind(symbol) == "callable":
            return False
        one = self.places[place]
        last, at = one.end
        lines = self.index.texts[one.path]
        text = lines[last][at:] + "\n" + "\n".join(lines[last + 1:last + 40])
        depth, level = 0, 1
        for behind, letter in enumerate(text, 1):
            depth += (letter in "([{") - (letter in ")]}")
            if letter in ")]}" and depth < level:
                # It may be a part of a longer pattern.
                level, rest = depth, text[behind:].lstrip()
                if re.match(r"=>|=(?!=)|\|(?!\|)|if\b|in\b|:(?!:)", rest):
                    return True
                if not rest.startswith((",", ")", "]", "}")):
                    return False
            elif depth == level and (letter == ";" or text.startswith("=>", behind - 1)):
                return False
        return False

    def _is_import(self, place):
        one = self.places[place]
        lines = self.index.texts[one.path]
        if self.language == "python":
            return in_statement(lines, one.line, r"\s*(from\b.*\bimport\b|import\b)", lambda text: text.count("(") > text.count(")"))
        if self.language == "typescript":
            return in_statement(lines, one.line, r"\s*(import|export)\b(?!\s*(default|const|let|var|function|class|interface|type\s+\w+\s*[=<]|abstract|enum|async|declare|namespace))",
                                lambda text: text.count("{") > text.count("}"))
        return in_statement(lines, one.line, r"\s*(pub(\([^)]*\))?\s+)?use\b", lambda text: ";" not in text)


def in_statement(lines, line, opening, is_open):
    """Whether a line belongs to a statement that begins with a pattern here or in the lines before, as long as it is open."""
    for start in range(line, max(0, line - 60), -1):
        if re.match(opening, lines[start - 1]):
            return start == line or is_open("\n".join(lines[start - 1:line - 1]))
    return False


def without_generics(text):
    depth = 1
    for at, letter in enumerate(text):
        if letter == ">" and text[at - 1] not in "-=":
            depth -= 1
        elif letter == "<":
            depth += 1
        if not depth:
            return text[at + 1:].lstrip()
    return ""


def is_slip(one, lines):
    """scip-python gives a name that came by `import *` its module's symbol, and some attributes that of their class."""
    if one.symbol.endswith("__init__:"):
        module = re.search(r"(?:`([^`]*)`|(\w+))/__init__:$", one.symbol)
        return not one.defines and bool(module) and one.text not in (module[1] or module[2]).split(".") and "." not in one.text
    # An attribute that is said to be a class of another name, or one of the builtins' (`spec.filter`).
    # With `__slots__` it is said to be the parameter that is assigned to it.
    as_class = one.symbol.endswith("#") and (own_name(one.symbol) != one.text or re.search(r" builtins/\w+#$", one.symbol))
    return "scip-python" in one.symbol and (bool(as_class) or kind_of(one.symbol) == "parameter") and dotted(one, lines)


def dotted(one, lines):
    line, at = one.start
    return lines[line][:at].endswith(".")


def own_name(symbol):
    """The last name in a symbol: `send` of `h11._connection`/Connection#send()."""
    symbol = symbol.removesuffix("/__init__:")
    found = re.search(r"(?:`([^`]*)`|([\w$]+))(?:\(\S*\))?\W*$", symbol.rstrip("#.:/!"))
    return plain((found[1] or found[2]).removeprefix("<get>").removeprefix("<set>")) if found else ""


def plain(name):
    return name.removeprefix("r#").removeprefix("#").strip("'\"")


# What ctags' kinds are to us: macro, enumerator, function, enum, struct, typedef, union, variable, member.
TAGGED = {"d": {"macro"}, "e": {"enumMember"}, "f": {"function", "declaration"}, "g": {"enum"}, "s": {"struct"}, "t": {"type", "struct", "union", "enum"},
          "u": {"union"}, "v": {"variable", "constant", "declaration"}, "m": {"field", "declaration"}}


def defines(texts, place):
    """Whether a line of C says that it defines a name."""
    path, line, name = place
    return re.match(rf"\s*#\s*define\s+{re.escape(name)}\b", texts[path][line - 1])


def tagged(definitions, tags, texts):
    """The score of definitions beside ctags, which knows no uses, and is silent of macros in the branches that it leaves out."""
    score = Score()
    ours = {(path, line, name): kind for path, line, name, kind, _ in definitions if kind not in ELSEWHERE}
    rows = {(path, line, name): kind for path, line, name, kind, _ in definitions}
    # ctags makes names for what has none.
    theirs = {(path, line, name): kind for path, line, name, kind in tags if not name.startswith("__anon")}
    score.right = [(place, kind) for place, kind in sorted(ours.items()) if place in theirs]
    others = [(place, kind) for place, kind in sorted(ours.items()) if place not in theirs]
    score.silent = [(place, kind) for place, kind in others if kind == "macro" and defines(texts, place)]
    score.wrong = [one for one in others if one not in score.silent]
    score.missed = [(place, kind) for place, kind in sorted(theirs.items()) if place not in rows]
    score.found = len(theirs) - len(score.missed)
    both = [place for place in theirs if place in rows]
    score.kinds = [sum(rows[place] in TAGGED[theirs[place]] for place in both), len(both)]
    return score
