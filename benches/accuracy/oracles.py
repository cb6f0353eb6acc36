"""The packages, and the indexes that compilers' front ends make of them. What is fetched and made is kept in the cache folder."""

import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "refactors"))

import packages

NPM = {"@sourcegraph/scip-typescript": "0.4.0", "@sourcegraph/scip-python": "0.6.6", "typescript": packages.TYPESCRIPT[0]}
RUST_ANALYZER = "0.0.336"


@dataclasses.dataclass(frozen=True)
class Asked:
    package: packages.Package
    language: str
    oracle: str
    endings: tuple
    below: str = ""
    """Only files below this folder."""


def _refactored(name, language, oracle, endings):
    return Asked(next(one for one in packages.PACKAGES if one.name == name), language, oracle, endings)


def _c(name, version, digest, below):
    return Asked(packages.Package(name, version, "rust", digest, below), "c", "ctags", (".c", ".h"), below)


ALL = [
    *(_refactored(name, "typescript", "scip-typescript", (".ts",)) for name in ("immer", "rxjs")),
    *(_refactored(name, "python", "scip-python", (".py",)) for name in ("h11", "packaging", "click", "attrs")),
    *(_refactored(name, "rust", "rust-analyzer", (".rs",)) for name in ("semver", "textwrap", "similar", "indexmap")),
    _c("bzip2-sys", "0.1.13+1.0.8", "225bff33b2141874fe80d71e07d6eec4f85c5c216453dd96388240f96e1acc14", "bzip2-1.0.8"),
    _c("lz4-sys", "1.11.1+lz4-1.10.0", "6bd8c0d6c6ed0cd30b3652886bb8711dc4bb01d637a68105a3d5158039b418e6", "liblz4/lib"),
    _c("libz-sys", "1.1.31", "ff20308ecabd635a2dc1dd5834a86c462cca20efba1d5d3ddab1f8aea3455cb2", "src/zlib"),
]


class Cache(packages.Cache):
    def sources(self, package):
        known = [one.package for one in ALL if one.package.kind == "rust"]
        # The manifest that fetches crates names all of them.
        packages.PACKAGES[:] = known + [one for one in packages.PACKAGES if one not in known]
        return super().sources(package)

    def npm(self):
        def make(at):
            (at / "package.json").write_text(json.dumps({"private": True, "dependencies": NPM}))
            packages.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=at)
        version = "-".join(f"{name.rpartition('/')[2]}-{number}" for name, number in NPM.items())
        return self._made(f"tools/{version}", make) / "node_modules/.bin"

    def rust_analyzer(self):
        """rust-analyzer, built from crates.io; takes a while."""
        def make(at):
            env = {**os.environ, "CARGO_TARGET_DIR": str(self.folder / "target"), "CARGO_PROFILE_RELEASE_OPT_LEVEL": "1"}
            packages.run(["cargo", "install", "ra_ap_rust-analyzer", "--version", RUST_ANALYZER, "--locked", "--root", str(at)], env=env)
            shutil.rmtree(self.folder / "target")
        return self._made(f"tools/rust-analyzer-{RUST_ANALYZER}", make) / "bin/rust-analyzer"

    def index(self, asked):
        """The SCIP index of a package."""
        package, sources = asked.package, self.sources(asked.package)
        file = self.folder / "indexes" / f"{package.name}-{package.version}-{self._version(asked)}.scip"
        if not file.exists():
            file.parent.mkdir(exist_ok=True)
            being = file.with_suffix(".part")
            if asked.oracle == "scip-typescript":
                packages.run([self.npm() / asked.oracle, "index", "--output", being], cwd=sources)
            elif asked.oracle == "scip-python":
                environment = self.folder / "environment.json"
                environment.write_text("[]")
                packages.run([self.npm() / asked.oracle, "index", "--cwd", sources, "--project-name", package.name, "--project-version",
                              package.version, "--environment", environment, "--output", being, "--quiet"])
            else:
                work = self.folder / "indexed" / package.name
                packages.copied(sources, work)
                packages.run([self.rust_analyzer(), "scip", ".", "--output", being], cwd=work)
            being.rename(file)
        return file

    @staticmethod
    def _version(asked):
        return RUST_ANALYZER if asked.oracle == "rust-analyzer" else NPM[f"@sourcegraph/{asked.oracle}"]


def tags(sources, asked):
    """What ctags defines in C: (path, line, name, kind), or nothing without the program."""
    if not shutil.which("ctags"):
        return None
    text = packages.run(["ctags", "--languages=C", "--langmap=C:.c.h", "--c-kinds=defgstuvm", "--fields=nk", "--excmd=number", "--sort=no",
                         "-R", "-f", "-", asked.below], cwd=sources)
    found = []
    for row in text.splitlines():
        if not row.startswith("!"):
            name, path, _, kind, line, *_ = row.split("\t")
            found.append((path, int(line.removeprefix("line:")), name, kind))
    return found


def said(program, asked, sources):
    """What spelunk says of a package, by one cell in one process."""
    here = pathlib.Path(__file__).resolve().parent
    state = sources.parent.parent / "state"
    state.mkdir(exist_ok=True)
    (state / "config.toml").touch()
    env = {name: value for name, value in os.environ.items() if not name.startswith("SPELUNK_")}
    env |= {"SPELUNK_STATE_DIR": str(state), "SPELUNK_CONFIG": str(state / "config.toml")}
    asks = {"endings": asked.endings, "below": asked.below, "edges": asked.oracle != "ctags"}
    code = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in asks.items()) + (here / "ask.js").read_text()
    command = [program, "eval", "--no-journal", "--max-seconds", "7200", "-", str(sources)]
    done = subprocess.run(command, env=env, input=code, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{asked.package.name}: spelunk: exit code {done.returncode}: {done.stderr[-2000:]}{done.stdout[-2000:]}")
    return json.loads(done.stdout)
