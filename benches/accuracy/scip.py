"""Reads SCIP, the index format of the compiler-grade indexers: as much of its protocol buffers as a comparison needs.

The schema is `scip.proto` of https://github.com/sourcegraph/scip; field numbers are those of its messages.
"""

import dataclasses

DEFINITION, IMPORT = 1, 2
ENUM_MEMBER = 12
UTF8, UTF16, UTF32 = 1, 2, 3


def fields(data):
    """(number, value) of each field of a message; values are integers or bytes."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = _varint(data, at)
        elif wire == 2:
            size, at = _varint(data, at)
            value, at = data[at:at + size], at + size
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
            value, at = data[at:at + size], at + size
        else:
            raise ValueError(f"wire type {wire}")
        yield number, value


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def _packed(data):
    numbers, at = [], 0
    while at < len(data):
        number, at = _varint(data, at)
        numbers.append(number)
    return numbers


@dataclasses.dataclass(frozen=True)
class Occurrence:
    path: str
    line: int
    """1-based."""
    column: int
    """1-based, UTF-16 code units."""
    end: tuple
    """0-based line and the index behind the last character there."""
    start: tuple
    text: str
    symbol: str
    """Of a local with its path before it."""
    roles: int

    @property
    def defines(self):
        return bool(self.roles & DEFINITION)


class Index:
    """What an indexer says of a package: occurrences by path, and what implements what."""

    def __init__(self, file, sources):
        self.occurrences = {}
        self.kin = {}
        """Symbol to the symbols that it implements or overrides."""
        self.variants = set()
        """Symbols of members of enums, which are called like types in Rust."""
        self.texts = {}
        for number, value in fields(file.read_bytes()):
            if number == 2:
                self._document(value, sources)
            elif number == 3:
                self._symbol(value, "")

    def _document(self, data, sources):
        path, encoding, raw, symbols = "", UTF16, [], []
        for number, value in fields(data):
            if number == 1:
                path = value.decode()
            elif number == 2:
                raw.append(value)
            elif number == 3:
                symbols.append(value)
            elif number == 6:
                encoding = value or UTF16
        file = sources / path
        if ".." in path or not file.is_file():
            return
        lines = self.texts.setdefault(path, file.read_bytes().decode(errors="replace").split("\n"))
        found = self.occurrences.setdefault(path, [])
        for one in raw:
            occurrence = self._occurrence(one, path, lines, encoding)
            if occurrence:
                found.append(occurrence)
        for one in symbols:
            self._symbol(one, path)

    def _occurrence(self, data, path, lines, encoding):
        range_, symbol, roles = [], "", 0
        for number, value in fields(data):
            if number == 1:
                range_ = _packed(value)
            elif number == 2:
                symbol = value.decode()
            elif number == 3:
                roles = value
        if len(range_) == 3:
            range_ = [range_[0], range_[1], range_[0], range_[2]]
        line, start, last, end = range_
        if last >= len(lines):
            return None
        start, end = _index(lines[line], start, encoding), _index(lines[last], end, encoding)
        text = lines[line][start:end] if last == line else lines[line][start:]
        column = len(lines[line][:start].encode("utf-16-le")) // 2 + 1
        return Occurrence(path, line + 1, column, (last, end), (line, start), text, within(symbol, path), roles)

    def _symbol(self, data, path):
        symbol, above = "", set()
        for number, value in fields(data):
            if number == 1:
                symbol = within(value.decode(), path)
            elif number == 5 and value == ENUM_MEMBER:
                self.variants.add(symbol)
            elif number == 4:
                relation = dict(fields(value))
                if relation.get(3) or relation.get(2):
                    above.add(within(relation[1].decode(), path))
        if above:
            self.kin.setdefault(symbol, set()).update(above)


def within(symbol, path):
    return f"{path} {symbol}" if symbol.startswith("local ") else symbol


def _index(line, column, encoding):
    """The index of a character by its column."""
    if encoding == UTF32 or line.isascii():
        return column
    if encoding == UTF8:
        return len(line.encode()[:column].decode(errors="ignore"))
    return len(line.encode("utf-16-le")[:2 * column].decode("utf-16-le", errors="ignore"))
