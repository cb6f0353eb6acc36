"""The packages that are refactored: where they come from, how they are unpacked, and what judges them.

Each is a pinned version with its checksum. Downloads, unpacked sources and tools are kept in the cache folder; nothing of it is
downloaded again while it is there.
"""

import base64
import dataclasses
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import urllib.request

TYPESCRIPT = ("5.9.3", "sha512-jl1vZzPDinLr9eUt3J/t7V6FgNEw9QjvBPdysz9KfQDD41fQrC2Y4vKQdiaUpFT4bXlb1RHhLpp8wtm6M5TgSw==")
# What the four Python packages' tests want, and the server that is compared with. The packages' own wheels are there for their
# metadata alone: PYTHONPATH puts the sources first.
PYTHON_TOOLS = """
basedpyright==1.40.2
cloudpickle==3.1.2
coverage==7.17.3
hypothesis==6.170.15
pretend==1.0.9
pympler==1.1
pytest==9.2.0
tomli-w==1.2.0
attrs==26.1.0
click==8.5.1
packaging==26.3
h11==0.16.0
""".split()

STRICT = {"strict": True, "module": "esnext", "moduleResolution": "bundler", "noEmit": True, "lib": ["esnext", "dom"], "target": "esnext",
          "types": [], "skipLibCheck": True}


@dataclasses.dataclass(frozen=True)
class Package:
    name: str
    version: str
    kind: str
    """rust, script or python"""
    digest: str
    """SHA-256 of the crate or the source distribution, or npm's integrity."""
    own: str
    """The folder of the package's own code; tests below it are told apart by their names."""
    flags: tuple = ()
    """What the check takes beyond the usual."""
    paths: tuple = ()
    """tsconfig's `paths`: how the package's sources name themselves."""


PACKAGES = [
    Package("semver", "1.0.28", "rust", "8a7852d02fc848982e0c167ef163aaff9cd91dc640ba85e263cb1ce46fae51cd", "src", ("--all-features",)),
    Package("indexmap", "2.14.2", "rust", "cc4e190f5d26ca7051642629da2c52fc03bde85a03197c99408dcd291734c855", "src", ("--all-features",)),
    Package("textwrap", "0.16.2", "rust", "c13547615a44dc9c452a8a534638acdf07120d4b6847c8178705da06306a3057", "src", ("--all-features",)),
    Package("similar", "3.2.1", "rust", "d2f8bec09ae8fae0f4f265a4559a9334be3929d8504e9b536df0a41302bd1733", "src", ("--all-features",)),
    Package("rxjs", "7.8.2", "script", "sha512-dhKf903U/PQZY6boNNtAGdWbG85WAbjT/1xYoZIC7FAY0yWapOBQVsVrDl58W86//e1VpMNBtRV4MaXfdMySFA==", "src",
            paths=(("rxjs", "./src/index"), *((f"rxjs/{part}", f"./src/{part}/index")
                   for part in ("operators", "testing", "ajax", "webSocket", "fetch")), ("rxjs/internal/*", "./src/internal/*"))),
    Package("immer", "11.2.10", "script", "sha512-pzANBj+0A9u+prdhBJ14DVi44vCvVUQzBa8DKt6I0AMCokPHtt722BK9IX5bFC70xUSU9TnzLRIJLTGqIzjEFw==", "src"),
    Package("zod", "4.6.7", "script", "sha512-g8W2D2kU6a8untc053fX1uVBKzM7yqAxW/3zwk83+6RyF2+SKOuV+c0wBDhUwzV1PaGapmZH+rmcUzPf+3CGwg==", "src",
            paths=(("zod", "./src/index.ts"), ("zod/*", "./src/*"))),
    Package("attrs", "26.1.0", "python", "d03ceb89cb322a8fd706d4fb91940737b6642aa36998fe130a9bc96c985eff32", "src"),
    Package("click", "8.5.1", "python", "9bbfada76703fd1d784b83eea012e3e8c6a001a876543ef104fa56aaaeb072b4", "src"),
    Package("packaging", "26.3", "python", "94edc256424af38762eb31306eed28beb9f0efc50a8837492c9d6fd6004aed79", "src"),
    Package("h11", "0.16.0", "python", "4e35b956cf45792e4caa5885e69fba00bdbc6ffafbfa020300e549b208ee5ff1", "h11"),
]


def run(command, **how):
    """What a tool that has to work prints."""
    done = subprocess.run(command, capture_output=True, text=True, **how)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


class Cache:
    """The folder of downloads, sources and tools."""

    def __init__(self, folder):
        self.folder = folder.expanduser().resolve()
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def target(self):
        return self.folder / "target"

    def _made(self, name, make):
        """A folder that is there whole or not at all."""
        at = self.folder / name
        if not at.exists():
            being = at.with_name(at.name + ".part")
            shutil.rmtree(being, ignore_errors=True)
            being.mkdir(parents=True)
            make(being)
            being.rename(at)
        return at

    def sources(self, package):
        """The package as it is published, less what is built from its sources."""
        make = {"rust": self._crate, "script": self._npm, "python": self._sdist}[package.kind]
        return self._made(f"sources/{package.name}-{package.version}", lambda at: make(package, at))

    def _crate(self, package, at):
        crates = [one for one in PACKAGES if one.kind == "rust"]
        wants = "".join(f'{one.name} = "={one.version}"\n' for one in crates)
        manifest = self.folder / "crates"
        (manifest / "src").mkdir(parents=True, exist_ok=True)
        (manifest / "src/lib.rs").touch()
        (manifest / "Cargo.toml").write_text(
            f'[package]\nname = "crates"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n[dependencies]\n{wants}')
        run(["cargo", "fetch"], cwd=manifest)
        # Cargo holds what it downloads against the checksum of its lock file, so this says what the source is.
        lock = (manifest / "Cargo.lock").read_text()
        entry = re.search(rf'name = "{package.name}"\nversion = "{re.escape(package.version)}"\n.*\nchecksum = "(\w+)"', lock)
        expect(package, entry and entry[1])
        found = json.loads(run(["cargo", "metadata", "--format-version", "1", "--locked"], cwd=manifest))["packages"]
        source = next(pathlib.Path(one["manifest_path"]).parent for one in found
                      if (one["name"], one["version"]) == (package.name, package.version))
        shutil.copytree(source, at, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".cargo*", "target"))

    def _npm(self, package, at):
        with self._packed(package.name, package.version, package.digest) as archive:
            for member in archive.getmembers():
                inner = member.name.partition("/")[2]
                if inner.startswith("src/") or inner in ("package.json", "README.md"):
                    member.name = inner
                    archive.extract(member, at, filter="data")
        # The tests that some packages ship have a configuration of their own.
        for other in at.rglob("tsconfig*.json"):
            other.unlink()
        options = {**STRICT, "noImplicitReturns": package.name == "rxjs", "allowImportingTsExtensions": True}
        if package.paths:
            options |= {"baseUrl": ".", "paths": {name: [path] for name, path in package.paths}}
        config = {"compilerOptions": options, "include": ["src/**/*.ts"]}
        (at / "tsconfig.json").write_text(json.dumps(config, indent=2) + "\n")

    def _packed(self, name, version, integrity):
        downloads = self.folder / "downloads"
        downloads.mkdir(exist_ok=True)
        file = downloads / f"{name}-{version}.tgz"
        if not file.exists():
            run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=downloads)
        digest = base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode()
        if f"sha512-{digest}" != integrity:
            file.unlink()
            sys.exit(f"{name} {version}: what npm gave has another checksum than the pinned one")
        return tarfile.open(file)

    def _sdist(self, package, at):
        downloads = self.folder / "downloads"
        downloads.mkdir(exist_ok=True)
        name = f"{package.name}-{package.version}.tar.gz"
        file = downloads / name
        if not file.exists():
            asked = urllib.request.Request(f"https://pypi.org/simple/{package.name}/",
                                           headers={"Accept": "application/vnd.pypi.simple.v1+json"})
            with urllib.request.urlopen(asked, timeout=60) as answer:
                url = next(one["url"] for one in json.load(answer)["files"] if one["filename"] == name)
            with urllib.request.urlopen(url, timeout=60) as answer:
                file.write_bytes(answer.read())
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        if digest != package.digest:
            file.unlink()
        expect(package, digest)
        with tarfile.open(file) as archive:
            for member in archive.getmembers():
                member.name = member.name.partition("/")[2]
                if member.name and not member.name.startswith(".git"):
                    archive.extract(member, at, filter="data")
        # Stands before [tool.pyright] of pyproject.toml, which leaves most files out.
        config = {"include": ["."], "extraPaths": ["src", "."]}
        (at / "pyrightconfig.json").write_text(json.dumps(config, indent=2) + "\n")

    def typescript(self):
        """TypeScript's lib folder, with tsc.js and tsserver.js."""
        def make(at):
            with self._packed("typescript", *TYPESCRIPT) as archive:
                archive.extractall(at, filter="data")
        return self._made(f"tools/typescript-{TYPESCRIPT[0]}", make) / "package/lib"

    def python(self):
        """The folder of programs of a virtual environment with pytest and basedpyright."""
        digest = hashlib.sha256("".join(PYTHON_TOOLS).encode()).hexdigest()[:12]
        at = self.folder / f"tools/python-{digest}"
        # It knows its own path, so it is made in place; the file says that it is whole.
        if not (at / "whole").exists():
            shutil.rmtree(at, ignore_errors=True)
            run([sys.executable, "-m", "venv", at])
            run([at / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *PYTHON_TOOLS])
            (at / "whole").touch()
        return at / "bin"


def expect(package, digest):
    if digest != package.digest:
        sys.exit(f"{package.name} {package.version}: the checksum is {digest}, and {package.digest} is pinned")


def copied(sources, to):
    """A fresh copy of a package, committed to a git repository of its own."""
    shutil.rmtree(to, ignore_errors=True)
    # New times, since cargo takes a file for unchanged by its time.
    shutil.copytree(sources, to, copy_function=shutil.copy)
    name = ["-c", "user.name=refactors", "-c", "user.email=refactors@localhost", "-c", "commit.gpgsign=false"]
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for words in (["init", "--quiet"], ["add", "--all", "--force"], [*name, "commit", "--quiet", "--message", "as published"]):
        run(["git", *words], cwd=to, env=env)
