"""Which refactors are tried: a seeded sample of a package's definitions, by rules that anyone can read here.

Eligible is what stands in the package's own code and not in its tests, has a name of its own (no `__special__` names, constructors,
`main`, `default`), and is used: the word stands a second time somewhere in the package's code. What is bound to something outside
of the package is passed over, by the answer of `uses`.
"""

import collections
import pathlib
import random
import re

LANGUAGES = {"rust": {"Rust"}, "script": {"TypeScript", "TSX"}, "python": {"Python"}}
ENDINGS = {"rust": (".rs",), "script": (".ts",), "python": (".py",)}
FUNCTIONS = {"function"}
TYPES = {"struct", "enum", "trait", "type", "class", "interface", "union"}
# The share of each kind of refactor.
SHARES = {"method": 9, "function": 4, "type": 4, "module": 3, "move": 4}
# Modules whose names the language or the package manager gives.
TIED = {"lib.rs", "main.rs", "mod.rs", "build.rs", "index.ts", "__init__.py", "__main__.py", "conftest.py", "setup.py"}
TESTS = re.compile(r"(^|/)(tests?|__tests__|testing|benches|benchmarks|bench|examples|docs|fuzz)/|(^|/)(test_[^/]*|[^/]*_test|tests|conftest)\.\w+$"
                   r"|\.(test|spec)\.\w+$")
# A test, or code behind the start of a module of tests.
RUST_TESTS = re.compile(rb"#\[cfg\(test\)\]\s*mod \w+\s*\{|#\[test\][^{};]*\Z")
NAMELESS = re.compile(r"^(__\w*__|_|main|default|constructor|new)$")


def kinds(count):
    """How many of each kind are drawn, in an order that spreads them."""
    total = sum(SHARES.values())
    wanted = {kind: max(1, round(count * share / total)) for kind, share in SHARES.items()}
    wanted["method"] += count - sum(wanted.values())
    return [kind for kind, number in wanted.items() for _ in range(number)]


def slots(packages, count, chance):
    """Pairs of a package and a kind, the packages in turn."""
    order, wanted = list(packages), kinds(count)
    chance.shuffle(order)
    chance.shuffle(wanted)
    return [(order[at % len(order)], kind) for at, kind in enumerate(wanted)]


class Candidates:
    """The definitions of a package that may be drawn."""

    def __init__(self, package, sources, definitions):
        self.package, self.sources = package, sources
        self.definitions = [one for one in definitions if one["language"] in LANGUAGES[package.kind]]
        self.often = collections.Counter(one["name"] for one in self.definitions if one["kind"] != "declaration")
        self.words, self.texts = collections.Counter(), {}
        for path in sorted(sources.rglob("*")):
            if path.is_file() and path.suffix in ENDINGS[package.kind]:
                inner = path.relative_to(sources).as_posix()
                self.texts[inner] = path.read_bytes()
                self.words.update(re.findall(r"\w+", self.texts[inner].decode(errors="replace")))

    def own(self, path):
        return path.startswith(self.package.own + "/") and not TESTS.search(path)

    def _eligible(self, one):
        name = one["name"].lstrip("#")
        in_test = self.package.kind == "rust" and RUST_TESTS.search(self.texts[one["path"]][:one["offset"]])
        return self.own(one["path"]) and not in_test and not NAMELESS.match(name) and self.words[name] > 1

    def _outer(self, one):
        return one["qualified"] == one["name"]

    def of(self, kind):
        """All candidates of a kind; for `module` they are paths."""
        if kind == "module":
            return [path for path in self.texts if self.own(path) and pathlib.PurePosixPath(path).name not in TIED]
        fits = {
            "method": lambda one: one["kind"] == "method" and self.often[one["name"]] >= 3,
            "function": lambda one: one["kind"] in FUNCTIONS and self._outer(one),
            "type": lambda one: one["kind"] in TYPES and self._outer(one),
            "move": lambda one: one["kind"] in FUNCTIONS | TYPES | {"constant"} and self._outer(one),
        }[kind]
        return [one for one in self.definitions if fits(one) and self._eligible(one)]

    def drawn(self, kind, seed):
        """Candidates of a kind in the order of the seed."""
        chance = random.Random(f"{seed}/{self.package.name}/{kind}")
        found = self.of(kind)
        chance.shuffle(found)
        for one in found:
            yield self._refactor(kind, one, chance)

    def _refactor(self, kind, one, chance):
        """What is asked for, in the words of `spelunk plan`."""
        if kind == "module":
            path = pathlib.PurePosixPath(one)
            new = path.with_name(fresh(path.name.partition(".")[0], self.words) + "." + path.name.partition(".")[2])
            if chance.random() < 1 / 3:
                folders = sorted({str(pathlib.PurePosixPath(other).parent) for other in self.texts if self.own(other)} - {str(path.parent)})
                new = pathlib.PurePosixPath(chance.choice(folders)) / new.name if folders else new
            return {"kind": kind, "what": one, "to": str(new), "path": one, "line": 1, "old": path.name.partition(".")[0],
                    "new": new.name.partition(".")[0], "request": f"rename {one} to {new}"}
        what = f"{one['path']}#{one['qualified']}"
        base = {"kind": kind, "what": what, "path": one["path"], "line": one["line"], "definition": one, "old": one["name"].lstrip("#")}
        if kind == "move":
            path = pathlib.PurePosixPath(one["path"])
            others = sorted(other for other in self.texts if self.own(other) and other != one["path"])
            to = chance.choice(others)
            if chance.random() < 1 / 2:
                to = str(path.with_name(fresh(path.name.partition(".")[0], self.words) + path.suffix))
            return {**base, "to": to, "new": None, "request": f"move {what} to {to}"}
        new = fresh(base["old"], self.words)
        return {**base, "to": new, "new": new, "request": f"rename {what} to {new}"}


def fresh(name, words):
    """A name of the same style that stands nowhere in the package, so that no lint speaks up."""
    for number in range(2, 100):
        if name.isupper() and len(name) > 1:
            new = f"{name}_RENAMED{number}"
        elif name.lstrip("_")[:1].isupper() or (any(letter.isupper() for letter in name) and "_" not in name.strip("_")):
            new = f"{name}Renamed{number}"
        else:
            new = f"{name}_renamed{number}" if not name.endswith("_") else f"{name}renamed{number}_"
        if not words[new]:
            return new
    raise ValueError(f"no fresh name for {name}")
