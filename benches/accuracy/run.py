#!/usr/bin/env python3
"""How exact spelunk is, beside the indexes that compilers' front ends make of real packages.

    python3 benches/accuracy/run.py [--only LANGUAGE|PACKAGE ...] [--spelunk PROGRAM] [--samples N] [--out FILE] [--table FILE]

Fetches pinned packages and indexers with their own clients (npm, PyPI's index, cargo), asks spelunk for every definition, call and use
of a type of each package, and compares place by place. Prints Markdown tables; `--samples` shows places of every kind of difference.
docs/accuracy.md says what counts.
"""

import argparse
import json
import pathlib
import random
import sys

sys.dont_write_bytecode = True  # The folder stays as it is in git.

import compare
import oracles
import packages
import scip
import tables

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def program():
    command = ["cargo", "build", "--locked", "--bin", "spelunk", "--message-format=json-render-diagnostics"]
    built = [json.loads(text) for text in packages.run(command, cwd=ROOT).splitlines()]
    return next(one["executable"] for one in built if one.get("executable"))


class Samples:
    """Places of each kind of difference, drawn the same way each time."""

    def __init__(self, package, texts, count):
        self.package, self.texts, self.count = package, texts, count

    def show(self, title, found):
        if self.count and found:
            print(f"\n{self.package}: {title}: {len(found)}")
            for (path, line, at), *more in random.Random(1).sample(found, min(self.count, len(found))):
                what = " ".join(str(one) for one in more if one)
                print(f"    {path}:{line}:{at}: {self.texts[path][line - 1].strip()[:110]}    <- {what}")


def measured(asked, given, cache):
    """A row of the table."""
    sources = cache.sources(asked.package)
    said = oracles.said(given.spelunk, asked, sources)
    for one in said["failed"]:
        print(f"{asked.package.name}: failed: {one}")
    row = {"package": asked.package.name, "language": asked.language, "oracle": asked.oracle}
    if asked.oracle == "ctags":
        tags = oracles.tags(sources, asked)
        if tags is None:
            return None
        texts = {path: (sources / path).read_bytes().decode(errors="replace").split("\n") for path in {one[0] for one in said["definitions"]} | {one[0] for one in tags}}
        definitions, edges = compare.tagged(said["definitions"], tags, texts), {}
    else:
        index = scip.Index(cache.index(asked), sources)
        package, texts = compare.Package(index, said, asked.language, asked.endings), index.texts
        definitions = package.definition_scores()
        edges = {"calls": package.scored(said["calls"], package.wanted_calls()),
                 "types": package.scored(said["uses"], package.wanted_types())}
    row["counts"] = {"definitions": {
        **{name: len(getattr(definitions, name)) for name in ("right", "again", "wrong", "silent", "missed")},
        "found": definitions.found, "kind": definitions.kinds[0], "kinds": definitions.kinds[1]}}
    samples = Samples(asked.package.name, texts, given.samples)
    for name in ("wrong", "missed", "silent", "again"):
        samples.show(f"definitions {name}", getattr(definitions, name))
    for part, (tiers, missed, found) in edges.items():
        counts = row["counts"][part] = {"wanted": sum(found.values()), "missed": len(missed)}
        for tier, score in tiers.items():
            counts |= {f"{tier} right": len(score.right), f"{tier} wrong": len(score.wrong), f"{tier} silent": len(score.silent),
                       f"found {tier}": found[tier]}
            samples.show(f"{part} {tier} wrong", score.wrong)
            samples.show(f"{part} {tier} silent", score.silent)
        samples.show(f"{part} missed", missed)
    return row


def main():
    known = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known.add_argument("--only", nargs="*", default=[], help="languages or packages")
    known.add_argument("--spelunk", help="a program instead of the development build")
    known.add_argument("--samples", type=int, default=0, help="places to show of every kind of difference")
    known.add_argument("--cache", type=pathlib.Path, default=pathlib.Path("~/.cache/spelunk/accuracy"))
    known.add_argument("--out", type=pathlib.Path, help="the counts as JSON; rows of packages that are not run stay as they are there")
    known.add_argument("--table", type=pathlib.Path, help="a document whose table is replaced")
    given = known.parse_args()
    given.spelunk = given.spelunk or program()
    cache = oracles.Cache(given.cache)
    rows = {one["package"]: one for one in json.loads(given.out.read_text())} if given.out and given.out.exists() else {}
    for asked in oracles.ALL:
        if not given.only or asked.language in given.only or asked.package.name in given.only:
            row = measured(asked, given, cache)
            if row:
                rows[asked.package.name] = row
            if given.out:
                given.out.write_text(json.dumps(list(rows.values()), indent=1))
    order = [asked.package.name for asked in oracles.ALL]
    text = tables.markdown(sorted(rows.values(), key=lambda row: order.index(row["package"])))
    print(text)
    if given.table:
        tables.into(given.table, text)


if __name__ == "__main__":
    main()
