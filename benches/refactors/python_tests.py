"""Renames definitions of a Python package in a copy, by the program's sure places, and runs the package's tests.

    python_tests.py FOLDER --program target/debug/deps/refactors-... --python VENV/bin/python [--seed 1] [--count 10]
        [--path src] [--pytest "-n0 tests/test_x.py"]

The folder holds the package with its tests; they have to pass before. Definitions in tests, special names and those that
the program calls bound to something outside are left out.
"""

import argparse
import collections
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

from python import run, sample


def tested(folder, python, path, arguments):
    """What pytest says at the end, without the time it took."""
    env = {**os.environ, "PYTHONPATH": str(folder / path), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [python, "-m", "pytest", "-q", "--maxfail=25", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    lines = done.stdout.strip().splitlines()
    counts = re.sub(r" in [\d.]+s.*", "", lines[-1].strip("= ")) if lines else ""
    return counts, "\n".join(line for line in lines if line.startswith(("E ", "ERROR", "FAILED")))[:1500]


def renamed(folder, places, new):
    by_path = collections.defaultdict(list)
    for place in places:
        by_path[place["path"]].append(place)
    for path, here in by_path.items():
        text = (folder / path).read_bytes()
        for place in sorted(here, key=lambda place: place["start"], reverse=True):
            word = text[place["start"] : place["end"]].decode()
            with_shape = {"Key": f"{new}: {word}", "Value": f"{word}: {new}"}.get(place["shape"], new)
            text = text[: place["start"]] + with_shape.encode() + text[place["end"] :]
        (folder / path).write_bytes(text)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--program", required=True)
    arguments.add_argument("--python", default=sys.executable)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--count", type=int, default=10)
    arguments.add_argument("--path", default="src")
    arguments.add_argument("--pytest", type=shlex.split, default=[], help="arguments of pytest, in one word")
    given = arguments.parse_args()

    definitions = [one for one in run(given.program, "definitions", given.folder) if one["language"].lower() == "python"]
    definitions = [one for one in definitions if "test" not in one["path"] and not one["name"].startswith("__")]
    asked = sample(definitions, given.seed, given.count)
    answers = run(given.program, "uses", given.folder, asked)
    before, errors = tested(given.folder, given.python, given.path, given.pytest)
    print(f"before: {before}\n{errors}")
    green = failed = 0
    for definition, answer in zip(asked, answers):
        name = f"{definition['qualified']} ({definition['path']}:{definition['line']})"
        sure = [one for one in answer["places"] if one["role"] in ("Definition", "Code") and not one["doubt"]]
        doubtful = [one for one in answer["places"] if one["role"] in ("Definition", "Code") and one["doubt"]]
        if answer["bound"]:
            print(f"bound: {name}: {answer['bound']}")
            continue
        with tempfile.TemporaryDirectory() as copy:
            folder = pathlib.Path(copy) / "copy"
            shutil.copytree(given.folder, folder)
            renamed(folder, sure, f"{definition['name']}_renamed" if definition["name"].islower() else f"{definition['name']}Renamed")
            after, errors = tested(folder, given.python, given.path, given.pytest)
        is_green = after == before
        green, failed = green + is_green, failed + (not is_green)
        counts = f"{len(sure)} sure, {len(doubtful)} doubtful"
        print(f"{'green' if is_green else 'RED'}: {name}: {counts}{'' if is_green else ': ' + after}")
        if not is_green:
            print(errors)
            for place in doubtful:
                print(f"  ? {place['path']}:{place['line']} {place['text'][:100]} ({place['doubt']})")
    print(f"green {green}, red {failed}")


if __name__ == "__main__":
    main()
