#!/usr/bin/env python3
"""Refactors of real packages, drawn by a seed, planned and applied without a language model, and judged by the packages' own checks.

    python3 benches/refactors/run.py [--seed N] [--count N] [--only rust|script|python|PACKAGE] [--kind KIND] [--keep DIR] [--out FILE]

Fetches pinned versions of the packages, compilers and servers with their own clients (cargo, npm, pip, PyPI's index), builds spelunk,
and for each refactor copies the package into a git repository, applies `spelunk plan REQUEST --model builtin --apply`, and compares the
package's check before and after. Renames in TypeScript and Python are compared with tsserver and basedpyright, place by place.
Prints a Markdown table, writes everything as JSON beside it, and exits with 1 when anything is red. docs/refactors.md says how to read it.
"""

import argparse
import concurrent.futures
import fcntl
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True  # The folder stays as it is in git.

import checks
import oracles
import packages
import report
import sample

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# Refused candidates of one draw until it is given up.
PATIENCE = 12


def programs():
    """The development build of spelunk and of the `refactors` program."""
    command = ["cargo", "build", "--locked", "--bin", "spelunk", "--bench", "refactors", "--message-format=json-render-diagnostics"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit("spelunk could not be built")
    found = {}
    for text in done.stdout.splitlines():
        message = json.loads(text)
        if message.get("executable"):
            found[message["target"]["name"]] = message["executable"]
    return found["spelunk"], found["refactors"]


def lines(program, mode, folder, requests=()):
    text = "".join(json.dumps(one) + "\n" for one in requests)
    return [json.loads(one) for one in packages.run([program, mode, folder], input=text).splitlines()]


class Bench:
    """One package: its sources, candidates, outcome before, and oracle."""

    def __init__(self, package, given, built):
        self.package, self.given, (self.spelunk, self.asking) = package, given, built
        self.sources = given.cache.sources(package)
        definitions = lines(self.asking, "definitions", self.sources)
        self.kinds = {(one["path"], one["offset"]): one["kind"] for one in definitions}
        self.candidates = sample.Candidates(package, self.sources, definitions)
        # What was drawn, with all that has its name together with it.
        self.drawing, self.renamed = {}, set()
        self.oracle = None if package.kind == "rust" else oracles.Oracle(package, self.sources, given.cache)
        self._before = None

    def next(self, kind):
        if kind not in self.drawing:
            self.drawing[kind] = self.candidates.drawn(kind, self.given.seed)
        return next(self.drawing[kind], None)

    def before(self):
        """The outcome for the sources as they are, which is kept as long as the sources and what judges them are the same."""
        file = self.given.cache.folder / f"before-{self.package.name}.json"
        if self._before is None and file.exists():
            self._before = json.loads(file.read_text())
        if self._before is None or self._before["judge"] != checks.judge(self.package, self.given.cache):
            with Copy(self, "before") as folder:
                self._before = {**checks.outcome(self.package, folder, self.given.cache), "judge": checks.judge(self.package, self.given.cache)}
            file.write_text(json.dumps(self._before))
        return self._before

    def tried(self, refactor, name):
        """Tries a refactor and writes down what became of it: `bound`, `again` or `refused` when it counts for nothing."""
        uses = {"places": [], "kin": [], "bound": None}
        if "definition" in refactor:
            [uses] = lines(self.asking, "uses", self.sources, [refactor["definition"]])
            if uses.get("bound") and refactor["kind"] != "move":
                refactor["bound"] = uses["bound"]
                return
            kin = {(one["path"], one["offset"]) for one in uses["kin"]}
            if refactor["new"] and kin & self.renamed:
                refactor["again"] = True
                return
            self.renamed |= kin if refactor["new"] else set()
        self.before()
        with Copy(self, name) as folder:
            self._applied(refactor, uses, folder)

    def _applied(self, refactor, uses, folder):
        started = time.monotonic()
        answer = self._planned(refactor["request"], folder)
        refactor["seconds"] = round(time.monotonic() - started, 1)
        if "error" in answer:
            refactor["red"] = [f"spelunk: {answer['error']}"]
            return
        plan = answer["plan"]
        if not plan["files"]:
            refactor["refused"] = plan["summary"].removeprefix("Nothing was planned. ")
            return
        refactor["red"] = [f"problem: {one['message']}" for one in plan["problems"] if one["fatal"]]
        refactor["red"] += [f"left out: {one['path']}: {one['why']}" for one in (answer.get("applied") or {}).get("left_out", [])]
        refactor["edits"] = sum(len(file["edits"]) for file in plan["files"])
        refactor["files"] = len(plan["files"])
        refactor["doubts"] = [f"{one['path']}:{one['line']}: {one['text'][:120]} ({one['why']})" for one in plan["doubts"]]
        touched = {(file["before"], edit["start"]) for file in plan["files"] for edit in file["edits"] if file["before"]}
        if not refactor["edits"] and refactor["kind"] != "module":
            refactor["red"].append("no confident place")
        if self.oracle and refactor["kind"] not in ("move", "module"):
            self._compare(refactor, uses, touched)
        else:
            code = [one for one in uses["places"] if one["doubt"] and one["role"] in ("Definition", "Code")]
            refactor["doubtful"] = len({(one["path"], one["start"]) for one in code}) if refactor["new"] else len(plan["doubts"])
        after = checks.outcome(self.package, folder, self.given.cache)
        changed = checks.changed(self.before(), after, refactor)
        if changed and self.package.kind == "python":
            # Tests that depend on how busy the machine is get a second chance; tests that the refactor broke fail again.
            after = checks.outcome(self.package, folder, self.given.cache)
            refactor["flaky"], changed = changed, checks.changed(self.before(), after, refactor)
        refactor["checked"] = {"command": after["command"], "before": self.before()["code"], "after": after["code"],
                               "findings": len(self.before()["findings"])}
        refactor["red"] += changed

    def _planned(self, request, folder, confirmed=()):
        with tempfile.TemporaryDirectory() as state:
            (pathlib.Path(state) / "config.toml").touch()
            env = {name: value for name, value in os.environ.items() if not name.startswith("SPELUNK_")}
            env |= {"SPELUNK_STATE_DIR": state, "SPELUNK_CONFIG": f"{state}/config.toml"}
            command = [self.spelunk, "plan", request, str(folder), "--model", "builtin", "--apply", "--json",
                       *(word for path in confirmed for word in ("--confirm", path))]
            done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=checks.LIMIT)
        try:
            answer = json.loads(done.stdout)
        except json.JSONDecodeError:
            return {"error": f"exit code {done.returncode}: {done.stderr.strip()[-500:]}"}
        # Files that tools execute are left out until they are confirmed one by one.
        left = [one["path"] for one in (answer.get("applied") or {}).get("left_out", [])]
        if left and not confirmed:
            packages.copied(self.sources, folder)
            return self._planned(request, folder, left)
        return answer

    def _compare(self, refactor, uses, touched):
        found = oracles.compared(self.oracle, refactor["definition"], uses, self.kinds, touched)
        refactor["doubtful"] = found["doubtful"]
        why = {(one["path"], one["start"]): one["doubt"] for one in uses["places"] if one["doubt"]}
        differences = []
        for what in ("extra", "missing"):
            for place in found.pop(what):
                at, text = oracles.line(self.sources, place)
                known = report.explained(self.package.name, what, at)
                differences.append({"what": what, "at": at, "text": text, "why": known})
                if known is None:
                    refactor["red"].append(f"{what}, not explained: {at}: {text}")
        refactor["compared"] = {**found, "differences": differences}
        refactor["doubted"] = [" ".join(oracles.line(self.sources, place)) + f" ({reason})" for place, reason in sorted(why.items())]


class Copy:
    """A fresh copy of a package in a git repository, kept when asked for."""

    def __init__(self, bench, name):
        self.bench, self.kept = bench, bench.given.keep
        # Always at the same path, so that what a checker keeps of the package's dependencies is found again.
        self.folder = bench.given.cache.folder / "copies" / bench.package.name
        self.name, self.lock = name, None

    def __enter__(self):
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self.lock = open(self.folder.with_suffix(".lock"), "w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        packages.copied(self.bench.sources, self.folder)
        return self.folder

    def __exit__(self, *_):
        if self.kept and self.name != "before":
            self.kept.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(self.kept / self.name, ignore_errors=True)
            shutil.copytree(self.folder, self.kept / self.name)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.lock.close()


def filled(number, package, kind, benches):
    """A row of the table: the first candidate that is not refused, of the package or, when it has none, of the next of its language."""
    row = {"number": number, "refused": [], "bound": 0}
    order = [name for name in benches if benches[name].package.kind == benches[package].package.kind]
    at = order.index(package)
    for name in order[at:] + order[:at]:
        bench = benches[name]
        while len(row["refused"]) < PATIENCE and (refactor := bench.next(kind)):
            bench.tried(refactor, f"{number:02}-{name}")
            if "again" in refactor:
                continue
            if "bound" in refactor:
                row["bound"] += 1
            elif "refused" in refactor:
                row["refused"].append({"package": name, "request": refactor["request"], "why": refactor["refused"]})
            else:
                refactor.pop("definition", None)
                return {**row, "package": name, **refactor}
    return {**row, "package": package, "kind": kind, "request": "", "red": ["nothing was left to draw: all were refused"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--only", action="append", help="rust, script, python, or a package; may be given several times")
    parser.add_argument("--kind", action="append", choices=list(sample.SHARES), help="only these kinds")
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for the refactored copies")
    parser.add_argument("--cache", type=lambda path: packages.Cache(pathlib.Path(path)), default="~/.cache/spelunk/refactors")
    parser.add_argument("--jobs", type=int, default=3, help="languages at once")
    parser.add_argument("--programs", type=pathlib.Path, help="a folder with `spelunk` and `refactors`, instead of building them")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("refactors.json"), help="where the JSON goes (refactors.json)")
    parser.add_argument("--table", type=pathlib.Path, help="a file whose part between the markers of the table is replaced")
    given = parser.parse_args()
    chosen = [one for one in packages.PACKAGES if not given.only or one.name in given.only or one.kind in given.only]
    if not chosen:
        parser.error(f"no package is called {' or '.join(given.only)}")
    built = [str(given.programs / name) for name in ("spelunk", "refactors")] if given.programs else programs()
    benches = {one.name: Bench(one, given, built) for one in chosen}
    rows, one_at_a_time = [], threading.Lock()

    def of_language(wanted):
        for number, name, kind in wanted:
            row = filled(number, name, kind, benches)
            with one_at_a_time:
                rows.append(row)
                rows.sort(key=lambda row: row["number"])
                print(report.brief(row), file=sys.stderr, flush=True)
                given.out.write_text(json.dumps({"seed": given.seed, "rows": rows}, indent=1) + "\n")

    slots = [(number, name, kind) for number, (name, kind) in
             enumerate(sample.slots(benches, given.count, random.Random(given.seed)), 1) if not given.kind or kind in given.kind]
    # The languages have different checkers, so what one waits for another may do.
    languages = [[slot for slot in slots if benches[slot[1]].package.kind == kind] for kind in ("rust", "script", "python")]
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        list(pool.map(of_language, languages))
    for bench in benches.values():
        if bench.oracle:
            bench.oracle.close()
    text = report.markdown(given, rows)
    print(text)
    if given.table:
        report.into(given.table, text)
    sys.exit(any(row["red"] for row in rows))


if __name__ == "__main__":
    main()
