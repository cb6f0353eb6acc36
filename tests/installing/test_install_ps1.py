"""scripts/install.ps1 against releases on loopback, in every PowerShell that is here. Windows only."""

import hashlib
import io
import os
import pathlib
import platform
import re
import shutil
import subprocess
import zipfile

import pytest

SCRIPT = pathlib.Path(__file__).parents[2] / "scripts" / "install.ps1"
SHELLS = [shell for shell in ("powershell", "pwsh") if shutil.which(shell)]
NAME = "spelunk-win32-" + ("arm64" if platform.machine() == "ARM64" else "x64")
# Something that starts and takes `--version`.
PROGRAM = pathlib.Path(os.environ.get("SYSTEMROOT", "")) / "System32" / "curl.exe"


def release():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.write(PROGRAM, f"{NAME}/spelunk.exe")
    packed = out.getvalue()
    return {f"{NAME}.zip": packed, "SHA256SUMS": f"{hashlib.sha256(packed).hexdigest()}  {NAME}.zip\n".encode()}


@pytest.fixture(params=SHELLS)
def install(request, tmp_path, server):
    temporary = tmp_path / "temporary"
    temporary.mkdir()

    def run(assets, at="latest/download", **environment):
        server.assets = {f"/releases/{at}/{name}": body for name, body in assets.items()}
        here = {"SPELUNK_BIN": str(tmp_path / "bin"), "SPELUNK_RELEASES": server.address, "NO_COLOR": "1"}
        here |= {"TEMP": str(temporary), "TMP": str(temporary)}
        # As people run it: as text.
        done = subprocess.run(
            [request.param, "-NoProfile", "-Command", f"Get-Content -Raw '{SCRIPT}' | Invoke-Expression"],
            env={**os.environ, **here, **environment}, capture_output=True, text=True, timeout=120,
        )
        left = [p.name for p in temporary.iterdir() if p.name.startswith("spelunk-")]
        assert left == [], "temporary files are left"
        return done

    run.bin = tmp_path / "bin"
    return run


def said(done, text):
    """Whether an error has a text; PowerShell wraps them, with a bar before each line."""
    bare = re.compile(r"[\s|]+")
    return done.returncode != 0 and bare.sub("", text) in bare.sub("", done.stderr)


def names(folder):
    return sorted(p.name for p in folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("at, version", [("latest/download", ""), ("download/v0.2.0", "0.2.0"), ("download/v0.2.0", "v0.2.0")])
def test_installs(install, at, version):
    done = install(release(), at, SPELUNK_VERSION=version)
    assert done.returncode == 0, done.stderr
    assert "Installed" in done.stdout and "is not on your PATH" in done.stdout
    assert names(install.bin) == ["spelunk.exe"]


def test_replaces_a_program_that_runs(install):
    install.bin.mkdir()
    shutil.copy(shutil.which("more.com"), install.bin / "spelunk.exe")
    with subprocess.Popen([install.bin / "spelunk.exe"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as running:
        done = install(release())
        assert done.returncode == 0, done.stderr
        assert (install.bin / "spelunk.exe").read_bytes() == PROGRAM.read_bytes()
        running.communicate(b"")
    install(release())
    assert names(install.bin) == ["spelunk.exe"]


@pytest.mark.parametrize(
    "change, says",
    [
        ({f"{NAME}.zip": b"evil"}, "is not what SHA256SUMS says"),
        ({f"{NAME}.zip": None}, "cannot download"),
        ({"SHA256SUMS": b""}, "has no SHA-256"),
    ],
)
def test_leaves_everything_as_it_was_when_the_release_is_broken(install, change, says):
    install.bin.mkdir()
    (install.bin / "spelunk.exe").write_bytes(b"the old one")
    done = install({name: body for name, body in {**release(), **change}.items() if body is not None})
    assert said(done, says)
    assert (install.bin / "spelunk.exe").read_bytes() == b"the old one" and names(install.bin) == ["spelunk.exe"]


@pytest.mark.parametrize(
    "environment, says",
    [({"SPELUNK_RELEASES": "http://example.invalid"}, "it has to begin with"), ({"SPELUNK_VERSION": "../evil"}, "it has to be")],
)
def test_refuses_what_it_cannot_believe(install, environment, says):
    done = install(release(), **environment)
    assert said(done, says)
    assert names(install.bin) == []
