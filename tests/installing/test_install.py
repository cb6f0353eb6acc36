"""scripts/install.sh against releases on loopback, in every shell and with every downloader that is here."""

import hashlib
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile

import pytest

SCRIPT = pathlib.Path(__file__).parents[2] / "scripts" / "install.sh"
SHELLS = {"dash": ["dash"], "busybox": ["busybox", "sh"], "bash": ["bash", "--posix"]}
# What the script uses beside its downloader and its checksum program.
COMMANDS = "awk cat chmod cp cut grep gzip mkdir mktemp mv rm tar".split()
CHECKER = "sha256sum" if shutil.which("sha256sum") else "shasum"
ARCHIVE = "spelunk-linux-x64.tar.gz"


def archive(program, folder="spelunk-linux-x64", name="spelunk"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        entry = tarfile.TarInfo(f"{folder}/{name}")
        entry.size, entry.mode = len(program), 0o755
        tar.addfile(entry, io.BytesIO(program))
    return out.getvalue()


def release(program=b"#!/bin/sh\necho spelunk 0.2.0\n", **how):
    """The assets of a release, by name."""
    packed = archive(program, **how)
    return {ARCHIVE: packed, "SHA256SUMS": f"{hashlib.sha256(packed).hexdigest()}  {ARCHIVE}\n".encode()}


@pytest.fixture(params=[name for name, shell in SHELLS.items() if shutil.which(shell[0])])
def shell(request):
    return SHELLS[request.param]


class Machine:
    """A home folder and a PATH of chosen programs, on which the script is run."""

    def __init__(self, root, server, shell):
        self.root, self.server, self.shell = root, server, shell
        self.home, self.commands, self.temporary = root / "home", root / "commands", root / "temporary"
        for folder in (self.home, self.commands, self.temporary):
            folder.mkdir()
        self.environment = {}
        self.path = str(self.commands)
        self.give(*COMMANDS, "curl", CHECKER)
        self.say("getconf", "echo 64")
        self.say("uname", 'case $1 in -s) echo Linux ;; -m) echo x86_64 ;; esac')
        self.say("ldd", "echo 'ldd (GNU libc) 2.36'")
        self.say("sh", f'exec {shutil.which(shell[0])} {" ".join(shell[1:])} "$@"')
        self.bin = self.home / ".local" / "bin"

    def give(self, *names):
        for name in names:
            (self.commands / name).symlink_to(shutil.which(name) or pytest.fail(f"{name} is missing on this machine"))

    def take(self, *names):
        for name in names:
            (self.commands / name).unlink()

    def say(self, name, script):
        command = self.commands / name
        command.unlink(missing_ok=True)
        command.write_text(f"#!/bin/sh\n{script}\n")
        command.chmod(0o755)

    def publish(self, assets, at="latest/download"):
        self.server.assets.update({f"/releases/{at}/{name}": body for name, body in assets.items()})

    def install(self):
        environment = {
            "HOME": str(self.home),
            "PATH": self.path,
            "TMPDIR": str(self.temporary),
            "SPELUNK_RELEASES": self.server.address,
            **self.environment,
        }
        # As people run it: from a pipe.
        with SCRIPT.open("rb") as script:
            done = subprocess.run(
                [shutil.which(self.shell[0]), *self.shell[1:]],
                stdin=script, env=environment, capture_output=True, text=True, cwd=self.root, timeout=60,
            )
        assert list(self.temporary.iterdir()) == [], "temporary files are left"
        return done

    def works(self, *says):
        done = self.install()
        assert done.returncode == 0, done.stderr
        assert sorted(p.name for p in self.bin.iterdir()) == ["spelunk"]
        for text in says:
            assert text in done.stdout, done.stdout
        return done

    def refuses(self, *says):
        before = everything(self.home)
        done = self.install()
        assert done.returncode == 1, done.stdout + done.stderr
        for text in says:
            assert text in done.stderr, done.stderr
        assert everything(self.home) == before, "something is left behind"
        return done


def everything(folder):
    """Files with their content. The folder to install to may be made before a program is tried in it."""
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def machine(tmp_path, server, shell):
    return Machine(tmp_path, server, shell)


def test_installs_the_latest(machine):
    machine.publish(release())
    machine.works("Installed spelunk 0.2.0", "is not on your PATH", f'export PATH="{machine.bin}:$PATH"')
    assert os.access(machine.bin / "spelunk", os.X_OK)


@pytest.mark.parametrize("wanted", ["0.1.0", "v0.1.0"])
def test_installs_the_version_that_is_named(machine, wanted):
    machine.environment["SPELUNK_VERSION"] = wanted
    machine.publish(release(b"#!/bin/sh\necho spelunk 0.1.0\n"), at="download/v0.1.0")
    machine.works("Installed spelunk 0.1.0")


def test_follows_redirects_as_releases_have_them(machine):
    machine.publish(release(), at="download/v0.2.0")
    machine.publish({name: f"{machine.server.address}/download/v0.2.0/{name}" for name in (ARCHIVE, "SHA256SUMS")})
    machine.works("Installed spelunk 0.2.0")


def test_installs_with_wget_and_shasum(machine):
    if not shutil.which("wget") or not shutil.which("shasum"):
        pytest.skip("no wget or no shasum here")
    machine.take("curl", CHECKER)
    machine.give("wget", "shasum")
    machine.publish(release())
    machine.works("Installed spelunk 0.2.0")


def test_installs_to_a_folder_on_the_path_and_has_no_more_to_say(machine):
    machine.bin = machine.root / "my tools"
    machine.environment["SPELUNK_BIN"] = "my tools"
    machine.path += f":{machine.bin}"
    machine.publish(release())
    done = machine.works("Installed spelunk 0.2.0")
    assert len(done.stdout.splitlines()) == 1


def test_tells_of_another_program_before_it_on_the_path(machine):
    machine.say("spelunk", "echo another")
    machine.path += f":{machine.bin}"
    machine.publish(release())
    machine.works(f"But `spelunk` on your PATH is {machine.commands}/spelunk")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux refuses to write to a program that runs")
def test_replaces_a_program_that_runs(machine):
    machine.bin.mkdir(parents=True)
    # A copy of a real binary, since the system refuses to write to one that runs ("text file busy").
    shutil.copy(shutil.which("cat"), machine.bin / "spelunk")
    with subprocess.Popen([machine.bin / "spelunk"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        machine.publish(release())
        machine.works("Installed spelunk 0.2.0")
        out, _ = running.communicate(b"still here")
        assert out == b"still here"


BROKEN = {
    "a wrong checksum": (
        lambda: {**release(), ARCHIVE: archive(b"#!/bin/sh\necho evil\n")},
        ["is not what SHA256SUMS says", "Nothing was installed"],
    ),
    "no archive": (lambda: {"SHA256SUMS": release()["SHA256SUMS"]}, [f"/{ARCHIVE}: look at it"]),
    "no checksums": (lambda: {ARCHIVE: release()[ARCHIVE]}, ["/SHA256SUMS: look at it"]),
    "no line in the checksums": (
        lambda: {**release(), "SHA256SUMS": f"{'0' * 64}  other-{ARCHIVE}\n".encode()},
        [f"has no SHA-256 of {ARCHIVE}"],
    ),
    "a line that is no checksum": (
        lambda: {**release(), "SHA256SUMS": f"<html>  {ARCHIVE}\n".encode()},
        [f"has no SHA-256 of {ARCHIVE}"],
    ),
    "an archive that is none": (
        lambda: {ARCHIVE: b"<html>", "SHA256SUMS": f"{hashlib.sha256(b'<html>').hexdigest()}  {ARCHIVE}\n".encode()},
        ["cannot be unpacked"],
    ),
    "an archive without the program": (lambda: release(name="README.md"), ["has no spelunk in it"]),
    "a program that does not run": (
        lambda: release(b"#!/bin/sh\necho 'GLIBC_2.99 not found' >&2\nexit 1\n"),
        ["does not run on this machine", "GLIBC_2.99 not found", "cargo install --locked"],
    ),
}


@pytest.mark.parametrize("what", BROKEN)
@pytest.mark.parametrize("before", [None, b"the old one"], ids=["first", "again"])
def test_leaves_everything_as_it_was_when_the_release_is_broken(machine, what, before):
    assets, says = BROKEN[what]
    if before:
        machine.bin.mkdir(parents=True)
        (machine.bin / "spelunk").write_bytes(before)
    machine.publish(assets())
    machine.refuses(*says)


@pytest.mark.parametrize("name", [ARCHIVE, "SHA256SUMS"])
def test_refuses_a_download_that_breaks_off(machine, name):
    machine.publish(release())
    machine.server.cut.add(f"/releases/latest/download/{name}")
    machine.refuses(f"cannot download {machine.server.address}/latest/download/{name}")


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"uname": "case $1 in -s) echo FreeBSD ;; -m) echo amd64 ;; esac"}, "no release for FreeBSD"),
        ({"uname": "case $1 in -s) echo Linux ;; -m) echo riscv64 ;; esac"}, "no release for linux on riscv64"),
        ({"getconf": "echo 32"}, "no release for a 32-bit system"),
        ({"ldd": "echo 'musl libc (x86_64)' >&2; exit 1"}, "no release for Linux with musl"),
    ],
)
def test_names_the_way_out_where_there_is_no_release(machine, changes, says):
    for name, script in changes.items():
        machine.say(name, script)
    machine.refuses(says, "cargo install --locked")
    assert machine.server.asked == []


@pytest.mark.parametrize(
    "system, asset",
    [
        ("Linux x86_64", "linux-x64"),
        ("Linux aarch64", "linux-arm64"),
        ("Darwin arm64", "darwin-arm64"),
        ("Darwin x86_64", "darwin-x64"),
        # What a shell under Rosetta says, by the sysctl below.
        ("Darwin x86_64 translated", "darwin-arm64"),
    ],
)
def test_downloads_what_is_for_the_system(machine, system, asset):
    os_name, cpu, *translated = system.split()
    machine.say("uname", f"case $1 in -s) echo {os_name} ;; -m) echo {cpu} ;; esac")
    machine.say("sysctl", "echo 1" if translated else "echo 0")
    machine.publish({"SHA256SUMS": b""})
    machine.refuses(f"spelunk-{asset}.tar.gz")


@pytest.mark.parametrize("at", ["http://example.invalid/releases", "ftp://127.0.0.1/", "file:///tmp", "http://127.0.0.1.example.invalid:80"])
def test_refuses_places_that_anyone_on_the_way_can_change(machine, at):
    machine.environment["SPELUNK_RELEASES"] = at
    machine.refuses("it has to begin with https://")


def test_does_not_follow_https_to_http(machine):
    machine.say("curl", f'echo "$@" >> {machine.root}/asked; exit 22')
    machine.environment["SPELUNK_RELEASES"] = "https://example.invalid/releases"
    machine.refuses("cannot download")
    assert "--proto =https --proto-redir =https" in (machine.root / "asked").read_text()


def test_refuses_a_wget_that_checks_no_certificates(machine):
    machine.take("curl")
    machine.say("wget", "echo 'BusyBox v1.35.0' >&2; exit 1")
    machine.environment["SPELUNK_RELEASES"] = "https://example.invalid/releases"
    machine.refuses("needs curl or GNU wget")


@pytest.mark.parametrize("version", ["../../evil", "1.0 2.0", "$(id)"])
def test_refuses_what_is_no_version(machine, version):
    machine.environment["SPELUNK_VERSION"] = version
    machine.refuses("it has to be a version")


@pytest.mark.parametrize("missing, says", [("curl", "needs curl or GNU wget"), (CHECKER, "needs sha256sum or shasum")])
def test_names_the_program_that_is_missing(machine, missing, says):
    machine.take(missing)
    machine.publish(release())
    machine.refuses(says)


def test_keeps_a_folder_that_has_the_name(machine):
    (machine.bin / "spelunk").mkdir(parents=True)
    machine.publish(release())
    machine.refuses("is a folder")


@pytest.mark.parametrize("length", [1000, 3000, -6])
def test_does_nothing_when_the_script_arrives_cut_off(machine, length, tmp_path):
    whole = SCRIPT.read_text()
    part = tmp_path / "part.sh"
    part.write_text(whole[:length])
    machine.publish(release())
    subprocess.run(
        [shutil.which(machine.shell[0]), *machine.shell[1:], part],
        env={"HOME": str(machine.home), "PATH": machine.path, "SPELUNK_RELEASES": machine.server.address},
        capture_output=True, timeout=60,
    )
    assert everything(machine.home) == {}
    assert machine.server.asked == []
