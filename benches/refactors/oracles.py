"""What other tools would rename: tsserver and basedpyright, by the clients of the scripts beside. Answers are kept in the cache."""

import json
import pathlib
import time

import ecmascript
import python as pyright

MEMBERS = {"method", "field", "property", "enumMember"}


class Oracle:
    """One package's server, started when something is asked that was not asked before."""

    def __init__(self, package, sources, cache):
        self.package, self.sources, self.cache, self.server = package, sources, cache, None
        self.file = cache.folder / f"answers-{package.name}-{package.version}.json"
        self.known = json.loads(self.file.read_text()) if self.file.exists() else {}
        self.texts = pyright.Texts(sources)

    def places(self, path, offset, kind):
        """The places as (path, byte offset); None where the tool refuses."""
        key = f"{path}:{offset}:{kind in MEMBERS}"
        if key not in self.known:
            ask = self._script if self.package.kind == "script" else self._python
            self.known[key] = ask(path, offset, kind in MEMBERS)
            self.file.write_text(json.dumps(self.known))
        found = self.known[key]
        return None if found is None else {tuple(place) for place in found}

    def _script(self, path, offset, member):
        if not self.server:
            self.server = ecmascript.Server(str(self.cache.typescript() / "tsserver.js"), str(self.sources))
        return self.server.rename(path, offset, member)

    def _python(self, path, offset, _):
        if not self.server:
            programs = self.cache.python()
            self.server = pyright.Server([str(programs / "basedpyright-langserver")], self.sources, str(programs / "python"))
        # The first answers come before all files are known; a definition is always a reference of its own.
        position = self.texts.position(path, offset)
        for _ in range(40):
            places = self.server.references(path, *position)
            if (path, *position) in places:
                break
            time.sleep(0.5)
        return sorted((inner, self._offset(inner, line, column)) for inner, line, column in places) or None

    def _offset(self, path, line, column):
        lines = self.texts.of(path)
        before = lines[line].decode(errors="replace").encode("utf-16-le")[:2 * column].decode("utf-16-le")
        return sum(map(len, lines[:line])) + len(before.encode())

    def close(self):
        if self.server:
            self.server.process.kill()
            self.server.process.wait()


def compared(oracle, definition, uses, kinds, touched):
    """The plan's places beside the oracle's, which is asked for the whole kin: what has one name together."""
    spots = {(definition["path"], definition["offset"])} | {(one["path"], one["offset"]) for one in uses["kin"]}
    wanted, refused = set(), 0
    for spot in sorted(spots):
        found = oracle.places(*spot, kinds.get(spot, definition["kind"]))
        refused += found is None
        wanted |= found or set()
    in_prose = {(one["path"], one["start"]) for one in uses["places"] if one["role"] in ("Comment", "Text")}
    doubtful = {(one["path"], one["start"]) for one in uses["places"] if one["doubt"] and one["role"] in ("Definition", "Code")} - touched
    ours = touched - in_prose
    if refused == len(spots):
        return {"refused": True, "ours": len(ours), "oracle": 0, "extra": [], "missing": [], "doubtful": len(doubtful), "doubtful_right": 0}
    return {"refused": False, "ours": len(ours), "oracle": len(wanted), "extra": sorted(ours - wanted), "missing": sorted(wanted - ours - doubtful),
            "doubtful": len(doubtful), "doubtful_right": len(doubtful & wanted)}


def line(sources, place):
    """path:line, and the line's text."""
    path, offset = place
    data = pathlib.Path(sources, path).read_bytes()
    number = data.count(b"\n", 0, offset) + 1
    return f"{path}:{number}", data.split(b"\n")[number - 1].decode(errors="replace").strip()[:160]
