#!/usr/bin/env python3
"""Renames in a Rust package, judged by the compiler.

    rust.py PROGRAM FOLDER [--seed N] [--sample N] [--flags "--tests --all-features"] [--target FOLDER] [--show N]

PROGRAM is the built `refactors` bench. Every sampled definition gets a fresh name at all places of which the program is
sure, in one copy of the package; one `cargo check` then names the places that were missed (the old name is not found, the
new one has no rivals) or renamed wrongly. Errors are given to definitions by the names they speak of.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

KINDS = {"function", "method", "struct", "enum", "enumMember", "trait", "type", "field", "constant", "variable", "union",
         "macro", "module"}


def ask(program, folder, mode, requests=()):
    text = "".join(json.dumps(one) + "\n" for one in requests)
    done = subprocess.run([program, mode, folder], input=text, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def sampled(definitions, seed, count):
    """Half of the sample are methods whose name is defined three times or more, as far as there are such."""
    wanted = [one for one in definitions if one["language"].lower() == "rust" and one["kind"] in KINDS
              and one["name"] not in ("main",) and not one["name"].startswith("_")]
    if not count or count >= len(wanted):
        return wanted
    random.Random(seed).shuffle(wanted)
    often = collections.Counter(one["name"] for one in wanted)
    rivals = [one for one in wanted if one["kind"] == "method" and often[one["name"]] > 2]
    first = rivals[: count // 2]
    return first + [one for one in wanted if one not in first][: count - len(first)]


def fresh(name, number):
    """A name of the same style, so that no lint speaks up."""
    style = name.removeprefix("r#")
    if style.isupper() and len(style) > 1:
        return f"{style}_QX{number}"
    return f"{style}Qx{number}" if style[:1].isupper() else f"{style}_qx{number}"


def check(folder, flags, target):
    env = {**os.environ, "CARGO_TARGET_DIR": target}
    command = ["nice", "cargo", "check", "--offline", "--message-format=json", "--keep-going", *flags.split()]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    found = []
    for line in done.stdout.splitlines():
        message = json.loads(line)
        if message.get("reason") == "compiler-message" and message["message"]["level"].startswith("error"):
            found.append(message["message"])
    if not found and done.returncode:
        sys.exit(done.stderr)
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--flags", default="--tests --all-features")
    parser.add_argument("--target", default=os.path.expanduser("~/.cache/spelunk/refactors-rust"))
    parser.add_argument("--show", type=int, default=40)
    args = parser.parse_args()
    wanted = sampled(ask(args.program, args.folder, "definitions"), args.seed, args.sample)
    answers = ask(args.program, args.folder, "uses", [{"path": one["path"], "offset": one["offset"]} for one in wanted])
    edits = collections.defaultdict(dict)
    counts = collections.Counter()
    seen, names, doubts = set(), {}, {}
    for number, (one, answer) in enumerate(zip(wanted, answers)):
        if answer.get("error"):
            counts["no answer"] += 1
            continue
        if answer["bound"]:
            counts["bound"] += 1
            continue
        kin = frozenset((member["path"], member["offset"]) for member in answer["kin"])
        if kin in seen:
            continue
        seen.add(kin)
        counts["asked"] += 1
        new = fresh(answer["word"], number)
        names[new] = one
        code = [place for place in answer["places"] if place["role"] in ("Code", "Definition")]
        counts["places"] += len([place for place in code if not place["doubt"]])
        doubtful = [place for place in code if place["doubt"]]
        counts["doubtful"] += len(doubtful)
        if doubtful:
            doubts[new] = doubtful
        for place in code:
            key = (place["start"], place["end"])
            if place["doubt"]:
                continue
            text = {"Plain": new, "Key": f"{new}: {answer['word']}", "Value": f"{answer['word']}: {new}"}[place["shape"]]
            before = edits[place["path"]].get(key)
            if before and place["shape"] != "Plain":
                # Both halves of one word.
                other = before.split(": ")
                text = f"{new}: {other[1]}" if place["shape"] == "Key" else f"{other[0]}: {new}"
            elif before and before != text:
                counts["twice"] += 1
                print("twice:", place["path"], place["line"], before, text)
            edits[place["path"]][key] = text
    with tempfile.TemporaryDirectory() as at:
        copy = pathlib.Path(at) / pathlib.Path(args.folder).name
        shutil.copytree(args.folder, copy, ignore=shutil.ignore_patterns("target", ".git"))
        for path, places in edits.items():
            text = (copy / path).read_bytes()
            for (start, end), new in sorted(places.items(), reverse=True):
                text = text[:start] + new.encode() + text[end:]
            (copy / path).write_bytes(text)
        errors = check(copy, args.flags, args.target)
        blamed = collections.Counter()
        lines = {}
        for error in errors:
            spans = error["spans"] or [span for child in error["children"] for span in child["spans"]]
            where = f"{spans[0]['file_name']}:{spans[0]['line_start']}" if spans else ""
            source = spans[0]["text"][0]["text"].strip() if spans and spans[0]["text"] else ""
            fresh_names = [word for word in re.findall(r"\w+", error["message"] + " " + (error.get("rendered") or ""))
                           if word in names]
            old = re.findall(r"`([^`]+)`", error["message"])
            key = next((word for word in fresh_names), None)
            guess = [new for new, one in names.items() if any(one["name"] == re.sub(r"\W", "", part) for part in old)]
            key = next((new for new in guess if new in fresh_names), None) or (guess[0] if guess else key)
            blamed[key] += 1
            lines.setdefault(key, []).append(f"{where}  {error['message']}  | {source[:100]}")
        bad = {key for key in blamed if key}
    shown = 0
    for key, count in blamed.most_common():
        one = names.get(key)
        print(f"-- {one['kind']} {one['qualified']} ({one['path']}:{one['line']}) {count}" if one else f"-- nobody's {count}")
        for line in lines[key][:3]:
            print("    ", line)
        shown += 1
        if shown >= args.show:
            break
    reasons = collections.Counter(place["doubt"] for all in doubts.values() for place in all)
    for new, all in list(doubts.items())[: args.show]:
        for place in all[:2]:
            print("? ", names[new]["qualified"], f"{place['path']}:{place['line']}", place["text"][:90], "|", place["doubt"])
    good = counts["asked"] - len(bad)
    print(json.dumps({**counts, "errors": len(errors), "definitions with errors": len(bad), "equal": good,
                      "share": round(good / max(1, counts["asked"]), 4), "with doubts": len(doubts)}))


main()
