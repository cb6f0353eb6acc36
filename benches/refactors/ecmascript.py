#!/usr/bin/env python3
"""Compares the places of definitions with what tsserver would rename, over a TypeScript package.

    ecmascript.py PROGRAM FOLDER [--tsserver FILE] [--seed N] [--sample N] [--answers FILE] [--show N] [--only NAME]

PROGRAM is the built `refactors` bench. FOLDER holds the package and its tsconfig.json. Without --sample every definition is asked;
with it, half of the sample are methods, fields and properties whose name has three or more definitions. --answers keeps what tsserver
said, for the next comparison of the same sources.

A rename has to change everything that has the name together with what was asked. So tsserver is asked for every definition of the kin,
and for the definitions among its own answers, until nothing is added; the row `closed` counts the definitions where that added places.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
from collections import Counter


class Server:
    """tsserver over stdio."""

    def __init__(self, script, folder):
        self.folder, self.number, self.open = os.path.abspath(folder), 0, {}
        self.process = subprocess.Popen(
            ["node", "--max-old-space-size=3072", script, "--disableAutomaticTypingAcquisition", "--suppressDiagnosticEvents"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def send(self, command, arguments):
        self.number += 1
        request = {"seq": self.number, "type": "request", "command": command, "arguments": arguments}
        self.process.stdin.write((json.dumps(request) + "\n").encode())
        self.process.stdin.flush()

    def ask(self, command, arguments):
        self.send(command, arguments)
        while True:
            header = self.process.stdout.readline()
            if not header:
                sys.exit("tsserver ended")
            if not header.startswith(b"Content-Length"):
                continue
            self.process.stdout.readline()
            message = json.loads(self.process.stdout.read(int(header.split(b":")[1])))
            if message.get("type") == "response" and message.get("request_seq") == self.number:
                return message

    def text(self, path):
        """The file's lines as bytes, and the offset of each."""
        if path not in self.open:
            full = os.path.join(self.folder, path)
            with open(full, "rb") as file:
                data = file.read()
            starts = [0]
            for line in data.split(b"\n"):
                starts.append(starts[-1] + len(line) + 1)
            self.open[path] = (data, starts)
            if self.number == 0:
                self.send("open", {"file": full})
        return self.open[path]

    def rename(self, path, offset, member):
        """The places as (path, offset); None where tsserver refuses. Members keep `name:` of a shorthand apart."""
        data, starts = self.text(path)
        self.ask("configure", {"preferences": {"providePrefixAndSuffixTextForRename": member}})
        line = data.count(b"\n", 0, offset)
        column = len(data[starts[line]:offset].decode().encode("utf-16-le")) // 2
        full = os.path.join(self.folder, path)
        answer = self.ask("rename", {"file": full, "line": line + 1, "offset": column + 1,
                                     "findInStrings": False, "findInComments": False})
        if not answer.get("success") or not answer["body"]["info"].get("canRename"):
            return None
        places = set()
        for group in answer["body"]["locs"]:
            inner = os.path.relpath(group["file"], self.folder)
            data, starts = self.text(inner)
            for place in group["locs"]:
                at = starts[place["start"]["line"] - 1]
                text = data[at:starts[place["start"]["line"]]].decode()
                before = text.encode("utf-16-le")[:2 * (place["start"]["offset"] - 1)].decode("utf-16-le")
                start = at + len(before.encode())
                places.add((inner, start + (1 if self.open[inner][0][start:start + 1] == b"#" else 0)))
        return sorted(places)


MEMBERS = {"method", "field", "property", "enumMember"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("--tsserver", default=os.environ.get("TSSERVER", "node_modules/typescript/lib/tsserver.js"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--answers")
    parser.add_argument("--show", type=int, default=40)
    parser.add_argument("--only")
    given = parser.parse_args()

    run = lambda words, text=None: subprocess.run([given.program, *words, given.folder], input=text, capture_output=True, text=True, check=True).stdout
    definitions = [json.loads(line) for line in run(["definitions"]).splitlines()]
    definitions = [one for one in definitions if one["language"] in ("TypeScript", "TSX", "JavaScript", "JSX", "typescript", "javascript", "tsx")]
    kinds = {(one["path"], one["offset"]): one["kind"] for one in definitions}
    asked = [one for one in definitions if given.only in (None, one["name"], one["qualified"])]
    if given.sample:
        chance = random.Random(given.seed)
        counts = Counter(one["name"] for one in asked)
        rivals = [one for one in asked if one["kind"] in MEMBERS and counts[one["name"]] >= 3]
        half = chance.sample(rivals, min(len(rivals), given.sample // 2))
        taken = {(one["path"], one["offset"]) for one in half}
        rest = [one for one in asked if (one["path"], one["offset"]) not in taken]
        asked = half + chance.sample(rest, min(len(rest), given.sample - len(half)))

    requests = "".join(json.dumps({"path": one["path"], "offset": one["offset"]}) + "\n" for one in asked)
    answers = [json.loads(line) for line in run(["uses"], requests).splitlines()]

    known = {}
    if given.answers and os.path.exists(given.answers):
        with open(given.answers) as file:
            known = json.load(file)
    server = None
    before = len(known)

    def oracle(path, offset, member):
        nonlocal server
        key = f"{path}:{offset}:{int(member)}"
        if key not in known:
            server = server or Server(given.tsserver, given.folder)
            known[key] = server.rename(path, offset, member)
            if given.answers and len(known) % 200 == 0:
                with open(given.answers, "w") as file:
                    json.dump(known, file)
        found = known[key]
        return None if found is None else {tuple(place) for place in found}

    comments = {}

    def is_comment(path, offset):
        if path not in comments:
            with open(os.path.join(given.folder, path), "rb") as file:
                found = re.finditer(rb'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|/\*.*?\*/|//[^\n]*', file.read(), re.DOTALL)
            comments[path] = [match.span() for match in found if match.group().startswith(b"/")]
        return any(start <= offset < end for start, end in comments[path])

    total, differences = Counter(), []
    for one, answer in zip(asked, answers):
        total["asked"] += 1
        if "error" in answer:
            total["error"] += 1
            differences.append((one, "error", answer["error"]))
            continue
        code = [place for place in answer["places"] if place["role"] in ("Definition", "Code")]
        sure = {(place["path"], place["start"]) for place in code if place["doubt"] is None}
        doubtful = {(place["path"], place["start"]): place["doubt"] for place in code if place["doubt"] is not None} 
        doubtful = {place: why for place, why in doubtful.items() if place not in sure}
        shapes = {(place["path"], place["start"]): place["shape"] for place in code}
        # The value of `{ name }` is asked like a member, or tsserver would rename the member with it.
        own = oracle(one["path"], one["offset"], one["kind"] in MEMBERS or shapes.get((one["path"], one["offset"])) == "Value")
        if own is None:
            total["refused"] += 1
            total["refused, bound here"] += bool(answer["bound"])
            continue
        if answer["bound"]:
            total["bound"] += 1
            differences.append((one, "bound", answer["bound"]))
            continue
        wanted, done = set(own), {(one["path"], one["offset"])}
        # A word that is a member and a value at once would lead to what the other half means.
        todo = {(spot["path"], spot["offset"]) for spot in answer["kin"]}
        todo = {spot for spot in todo if shapes.get(spot, "Plain") == "Plain"}
        while todo - done:
            spot = (todo - done).pop()
            done.add(spot)
            wanted |= oracle(*spot, kinds.get(spot, one["kind"]) in MEMBERS) or set()
        # Links in doc comments are no code.
        own, wanted = ({place for place in found if not is_comment(*place)} for found in (own, wanted))
        total["closed"] += wanted != own
        total["places"] += len(wanted)
        total["sure"] += len(sure)
        total["right"] += len(sure & wanted)
        total["doubtful"] += len(doubtful)
        total["doubtful, and tsserver's"] += len(set(doubtful) & wanted)
        total["hidden"] += len(wanted - sure - set(doubtful))
        total["equal"] += sure == wanted
        total["equal, no doubts"] += sure == wanted and not doubtful
        for place in sorted(sure - wanted):
            differences.append((one, "extra", place))
        for place in sorted(wanted - sure - set(doubtful)):
            differences.append((one, "missing", place))
        for place, why in sorted(doubtful.items()):
            differences.append((one, f"doubt{' (tsserver has it)' if place in wanted else ''}: {why}", place))
    if given.answers and len(known) != before:
        with open(given.answers, "w") as file:
            json.dump(known, file)

    def line(place):
        with open(os.path.join(given.folder, place[0]), "rb") as file:
            data = file.read()
        number = data.count(b"\n", 0, place[1]) + 1
        return f"{place[0]}:{number}: {data.splitlines()[number - 1].decode().strip()[:130]}"

    grouped = {}
    for one, what, place in differences:
        grouped.setdefault((what.split(":")[0], place), (what, []))[1].append(one)
    order = sorted(grouped.items(), key=lambda item: (item[0][0].startswith("doubt"), -len(item[1][1])))
    for (_, place), (what, whose) in order[:given.show]:
        first = whose[0]
        shown = line(place) if isinstance(place, tuple) else place
        print(f"{what} x{len(whose)} {first['qualified']} ({first['path']}:{first['line']})\n    {shown}")
    precision = total["right"] / max(1, total["sure"])
    recall = total["right"] / max(1, total["places"])
    print(json.dumps({**total, "precision": round(precision, 4), "recall": round(recall, 4)}))


if __name__ == "__main__":
    main()
