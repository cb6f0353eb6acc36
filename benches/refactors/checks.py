"""What judges a package before and after a refactor: the compiler for Rust and TypeScript, the package's tests for Python.

An outcome is an exit code and a list of findings: diagnostics, or what became of each test. The findings afterwards are compared with
those before under the old names, so a message or a test that speaks of a renamed thing is the same one.
"""

import collections
import json
import os
import re
import subprocess
import tempfile
import xml.etree.ElementTree as xml

LIMIT = 1800


def outcome(package, folder, cache):
    """The exit code, the findings, and what was run."""
    return {"rust": _cargo, "script": _tsc, "python": _pytest}[package.kind](package, folder, cache)


def judge(package, cache):
    """What an outcome depends on beside the tree."""
    version = {
        "rust": lambda: subprocess.run(["cargo", "--version"], capture_output=True, text=True).stdout.strip(),
        "script": lambda: str(cache.typescript()),
        "python": lambda: str(cache.python()) + ADDOPTS[package.name],
    }[package.kind]()
    return " ".join([package.version, package.digest, version, *package.flags])


def _cargo(package, folder, cache):
    command = ["cargo", "check", "--locked", "--tests", "--message-format=json", "--keep-going", *package.flags]
    env = {**os.environ, "CARGO_TARGET_DIR": str(cache.target), "CARGO_TERM_COLOR": "never"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=LIMIT)
    findings = set()
    for line in done.stdout.splitlines():
        message = json.loads(line)
        if message.get("reason") != "compiler-message" or message["package_id"].find(str(folder)) < 0:
            continue
        message = message["message"]
        if message["level"] in ("error", "warning") and message["spans"]:
            place = next((span for span in message["spans"] if span["is_primary"]), message["spans"][0])
            where = f"{place['file_name']}:{place['line_start']}"
            source = place["text"][0]["text"].strip() if place["text"] else ""
            findings.add((where, f"{message['level']}: {message['message']} | {source}"))
    # A diagnostic of a file that is in two targets is one.
    if done.returncode and not findings:
        findings.add(("", done.stderr.strip()[-2000:]))
    return {"code": done.returncode, "findings": sorted(findings), "command": "cargo " + " ".join(command[1:])}


def _tsc(package, folder, cache):
    command = ["node", "--max-old-space-size=3072", str(cache.typescript() / "tsc.js"), "--noEmit", "--pretty", "false", "-p", "tsconfig.json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LIMIT)
    findings, lines = [], done.stdout.splitlines()
    for line in lines:
        found = re.match(r"(\S+?)\((\d+),\d+\): (error TS\d+: .*)", line)
        if found:
            findings.append((f"{found[1]}:{found[2]}", found[3]))
        elif findings and line.startswith(" "):
            findings[-1] = (findings[-1][0], findings[-1][1] + "\n" + line)
        else:
            findings.append(("", line))
    return {"code": done.returncode, "findings": sorted(findings), "command": "tsc --noEmit -p tsconfig.json"}


def _pytest(package, folder, cache):
    python = cache.python() / "python"
    paths = [str(folder / package.own)] if package.own == "src" else []
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON"))}
    env |= {"PYTHONPATH": os.pathsep.join([*paths, str(folder)]), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "NO_COLOR": "1"}
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        # pytest reads `minversion` with `packaging`, which may be what is refactored.
        command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-o", "minversion=", "-o", "addopts=" + ADDOPTS[package.name],
                   f"--junitxml={report.name}", *package.flags]
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=LIMIT)
        findings = []
        try:
            for case in xml.parse(report.name).iter("testcase"):
                bad = next((one for one in case if one.tag in ("failure", "error", "skipped")), None)
                what = "passed" if bad is None else f"{bad.tag}: {(bad.get('message') or '').splitlines()[0] if bad.get('message') else ''}"
                findings.append((f"{case.get('classname')}::{case.get('name')}", what))
        except xml.ParseError:
            findings.append(("", (done.stdout + done.stderr).strip()[-2000:]))
    return {"code": done.returncode, "findings": sorted(findings), "command": "pytest -q"}


# What the packages' own configurations say, less what is about coverage and the like.
ADDOPTS = {"attrs": "--import-mode=importlib", "click": "-m 'not stress'", "packaging": "-m 'not property'", "h11": ""}


def changed(before, after, refactor):
    """What is worse or different afterwards: an empty list when it is exactly as green."""
    def plain(text):
        return re.sub(rf"\b{re.escape(refactor['new'])}\b", refactor["old"], text) if refactor["new"] else text

    def findings(of, mapped):
        return collections.Counter(_same(where, what, mapped) for where, what in of["findings"])

    ours, theirs = findings(before, lambda text: text), findings(after, plain)
    said = []
    if before["code"] != after["code"]:
        said.append(f"exit code {after['code']}, before {before['code']}")
    shown = {_same(where, what, plain): (where, what) for where, what in after["findings"]}
    said += [f"new: {' '.join(shown[one])}" for one in sorted(theirs - ours)]
    said += [f"gone: {' '.join(one)}" for one in sorted(ours - theirs)]
    return said


def _same(where, what, mapped):
    """A finding without what moves with the text: the line, the file of a diagnostic, and addresses."""
    is_test = "::" in where
    what = re.sub(r"0x[0-9a-f]+|/\S*/", "", mapped(what)) if not is_test else mapped(what)
    if is_test:
        # What a failing test says has times and addresses in it.
        what = what.partition(":")[0]
    return (mapped(where) if is_test else "", what)
