"""Compares the places of Python definitions with those that basedpyright finds.

    python.py FOLDER --program target/debug/deps/refactors-... [--seed 1] [--count 100 | --all] [--show] [--server ...]

For a seeded sample of the folder's definitions (methods whose name has three or more definitions are over-represented)
the program's sure places are compared with the references that the language server gives for the definition and its kin.
The server's answers are kept in a file (--kept), since it takes long for them. Nothing is changed in the folder.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import subprocess
import sys


class Server:
    """A language server that is asked for references."""

    def __init__(self, command, root, python):
        self.process = subprocess.Popen([*command, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.root, self.python, self.last = root, python, 0
        uri = root.as_uri()
        capabilities = {"workspace": {"configuration": True, "workspaceFolders": True}}
        folders = [{"uri": uri, "name": "root"}]
        asked = {"processId": os.getpid(), "rootUri": uri, "capabilities": capabilities, "workspaceFolders": folders}
        self.ask("initialize", asked)
        self.tell("initialized", {})

    def write(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def read(self):
        length = 0
        while line := self.process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return json.loads(self.process.stdout.read(length))

    def tell(self, method, params):
        self.write({"method": method, "params": params})

    def ask(self, method, params):
        self.last += 1
        self.write({"id": self.last, "method": method, "params": params})
        while True:
            message = self.read()
            if "method" in message and "id" in message:
                self.write({"id": message["id"], "result": self.answer(message)})
            elif message.get("id") == self.last:
                return message.get("result")

    def answer(self, message):
        if message["method"] != "workspace/configuration":
            return None
        analysis = {"analysis": {"extraPaths": [str(self.root / "src"), str(self.root)]}}
        sections = {"python": {"pythonPath": self.python, **analysis}}
        return [sections.get(item.get("section"), analysis) for item in message["params"]["items"]]

    def references(self, path, line, column):
        position = {"line": line, "character": column}
        document = {"uri": (self.root / path).as_uri()}
        context = {"includeDeclaration": True}
        found = self.ask("textDocument/references", {"textDocument": document, "position": position, "context": context})
        places = []
        for one in found or []:
            target = pathlib.Path(one["uri"].removeprefix("file://"))
            if target.is_relative_to(self.root):
                start = one["range"]["start"]
                places.append((str(target.relative_to(self.root)), start["line"], start["character"]))
        return places


class Texts:
    """The files of a folder, by line and column and by byte."""

    def __init__(self, root):
        self.root, self.lines = root, {}

    def of(self, path):
        if path not in self.lines:
            self.lines[path] = (self.root / path).read_bytes().splitlines(keepends=True)
        return self.lines[path]

    def position(self, path, offset):
        for number, line in enumerate(self.of(path)):
            if offset < len(line):
                return number, len(line[:offset].decode(errors="replace").encode("utf-16-le")) // 2
            offset -= len(line)
        return 0, 0

    def line(self, path, number):
        return self.of(path)[number].decode(errors="replace").strip()


def run(program, mode, root, requests=()):
    text = "".join(json.dumps(request) + "\n" for request in requests)
    done = subprocess.run([program, mode, root], input=text, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def sample(definitions, seed, count):
    names = collections.Counter(one["name"] for one in definitions)
    weights = [4 if names[one["name"]] >= 3 and one["kind"] in ("method", "property") else 1 for one in definitions]
    chance = random.Random(seed)
    order = sorted(range(len(definitions)), key=lambda at: chance.random() ** (1 / weights[at]), reverse=True)
    return [definitions[at] for at in sorted(order[:count])]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--program", required=True)
    arguments.add_argument("--server", default="basedpyright-langserver")
    arguments.add_argument("--python", default=sys.executable)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--count", type=int, default=100)
    arguments.add_argument("--all", action="store_true")
    arguments.add_argument("--show", action="store_true", help="print every difference")
    arguments.add_argument("--kept", type=pathlib.Path, help="file for the server's answers")
    given = arguments.parse_args()
    root = given.folder.resolve()

    definitions = [one for one in run(given.program, "definitions", root) if one["language"].lower() == "python"]
    definitions = [one for one in definitions if not (one["name"].startswith("__") and one["name"].endswith("__"))]
    if not given.all:
        definitions = sample(definitions, given.seed, given.count)
    answers = run(given.program, "uses", root, definitions)

    kept = json.loads(given.kept.read_text()) if given.kept and given.kept.exists() else {}
    texts, server = Texts(root), None
    totals = collections.Counter()
    for definition, answer in zip(definitions, answers):
        oracle = set()
        spots = [(one["path"], one["offset"]) for one in answer.get("kin", [])]
        for path, offset in {(definition["path"], definition["offset"]), *spots}:
            position = texts.position(path, offset)
            key = f"{path}:{position[0]}:{position[1]}"
            if key not in kept:
                if not server:
                    server = Server([given.server], root, given.python)
                    # The first answer comes before all files are known.
                    server.references(path, *position)
                kept[key] = server.references(path, *position)
            oracle |= {tuple(place) for place in kept[key]}
        ours, doubtful = set(), set()
        for place in answer.get("places", []):
            at = (place["path"], *texts.position(place["path"], place["start"]))
            if place["role"] in ("Definition", "Code") and not place["doubt"]:
                ours.add(at)
            elif place["doubt"]:
                doubtful.add(at)
        extra, missing = ours - oracle, oracle - ours - doubtful
        totals["definitions"] += 1
        totals["equal"] += ours == oracle
        totals["sure"] += len(ours)
        totals["right"] += len(ours & oracle)
        totals["oracle"] += len(oracle)
        totals["doubtful"] += len(oracle & doubtful)
        totals["extra"] += len(extra)
        totals["missing"] += len(missing)
        if given.show and (extra or missing or oracle & doubtful):
            print(f"{definition['path']}:{definition['line']} {definition['qualified']} ({definition['kind']})")
            for mark, places in (("+", extra), ("-", missing), ("?", oracle & doubtful)):
                for path, line, column in sorted(places):
                    print(f"  {mark} {path}:{line + 1}:{column + 1}  {texts.line(path, line)[:110]}")
    if given.kept:
        given.kept.write_text(json.dumps(kept))
    sure, oracle = totals["sure"] or 1, totals["oracle"] or 1
    print(json.dumps(totals), f"precision {totals['right'] / sure:.4f} recall {totals['right'] / oracle:.4f}")


if __name__ == "__main__":
    main()
