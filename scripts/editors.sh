# Sourced: finds or installs the clients that the language server is tested with, and exports where they are:
# a Neovim of 0.11 or newer as SPELUNK_TEST_NVIM, and a Python with pytest-lsp as SPELUNK_TEST_PYTHON. The Chromium that
# opens the page of a run is SPELUNK_TEST_CHROMIUM; where none can be had its test says that it is skipped.
tools=${CARGO_TARGET_DIR:-target}/tools
case $tools in /*) ;; *) tools=$PWD/$tools ;; esac

is_new_enough() {
  "$1" --version 2>/dev/null | head -1 | grep -Eq '^NVIM v(0\.(1[1-9]|[2-9][0-9])|[1-9])'
}

# Debian's releases carry older ones: the one from sid, with the libraries that it needs, in a folder of its own.
install_neovim() {
  [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] || {
    echo "The tests need Neovim 0.11 or newer: put nvim on PATH, or name it in SPELUNK_TEST_NVIM." >&2
    return 0
  }
  command -v debootstrap >/dev/null && command -v patchelf >/dev/null ||
    { apt-get update -q && apt-get install -y -q debootstrap patchelf; } >&2
  rm -rf "$tools/neovim"
  debootstrap --variant=minbase --include=neovim sid "$tools/neovim" >&2
  # With its own loader and libraries it runs outside of the folder, and its children are the system's programs.
  patchelf --set-interpreter "$tools/neovim/lib64/ld-linux-x86-64.so.2" \
    --set-rpath "$tools/neovim/usr/lib/x86_64-linux-gnu" "$tools/neovim/usr/bin/nvim"
  mkdir -p "$tools/bin"
  printf '#!/bin/sh\nexec env VIMRUNTIME=%s %s "$@"\n' \
    "$tools/neovim/usr/share/nvim/runtime" "$tools/neovim/usr/bin/nvim" > "$tools/bin/nvim"
  chmod +x "$tools/bin/nvim"
}

for nvim in ${SPELUNK_TEST_NVIM-} nvim nvim-0.12 "$tools/bin/nvim"; do
  nvim=$(command -v "$nvim" || true)
  [ -n "$nvim" ] && is_new_enough "$nvim" && break
  nvim=
done
if [ -z "$nvim" ]; then
  install_neovim
  nvim=$tools/bin/nvim
fi
SPELUNK_TEST_NVIM=$nvim

SPELUNK_TEST_PYTHON=${SPELUNK_TEST_PYTHON:-$tools/python/bin/python}
wanted=tests/editors/requirements.txt
cmp -s "$wanted" "$tools/python/requirements.txt" || [ "$SPELUNK_TEST_PYTHON" != "$tools/python/bin/python" ] || {
  rm -rf "$tools/python"
  python3 -m venv "$tools/python" && "$SPELUNK_TEST_PYTHON" -m pip install -q --disable-pip-version-check -r "$wanted" &&
    cp "$wanted" "$tools/python/requirements.txt"
} >&2

for chromium in ${SPELUNK_TEST_CHROMIUM-} chromium chromium-browser google-chrome; do
  chromium=$(command -v "$chromium" || true)
  [ -n "$chromium" ] && break
done
if [ -z "$chromium" ] && [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ]; then
  { apt-get update -q && apt-get install -y -q chromium; } >&2 || true
  chromium=$(command -v chromium || true)
fi
SPELUNK_TEST_CHROMIUM=$chromium
export SPELUNK_TEST_NVIM SPELUNK_TEST_PYTHON SPELUNK_TEST_CHROMIUM
