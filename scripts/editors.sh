# shellcheck shell=sh
# Sourced: finds or installs the clients that the language server and its editors' sides are tested with, and exports where
# they are: a Neovim of 0.11 or newer as SPELUNK_TEST_NVIM, a Python with pytest-lsp as SPELUNK_TEST_PYTHON, the code-server
# that the VS Code extension is tried in as SPELUNK_TEST_CODE_SERVER and the Chromium that opens it and the page of a run as
# SPELUNK_TEST_CHROMIUM. The last two are empty where they cannot be had. Puts a Node on PATH that the extension's tools take.
tools=${CARGO_TARGET_DIR:-target}/tools
case $tools in /*) ;; *) tools=$PWD/$tools ;; esac

code_server_version=4.139.1
node_version=24.21.0

# Whether this machine is one where what is missing can be installed by its package manager.
can_install() {
  [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ]
}

debian() { # debian PACKAGE...
  { apt-get install -y -q --no-install-recommends "$@" ||
    { apt-get update -q && apt-get install -y -q --no-install-recommends "$@"; }; } >&2
}

is_new_enough() {
  "$1" --version 2>/dev/null | head -1 | grep -Eq '^NVIM v(0\.(1[1-9]|[2-9][0-9])|[1-9])'
}

# Debian's releases carry older ones: the one from sid, with the libraries that it needs, in a folder of its own.
install_neovim() {
  if ! can_install; then
    echo "The tests need Neovim 0.11 or newer: put nvim on PATH, or name it in SPELUNK_TEST_NVIM." >&2
    return 0
  fi
  debian debootstrap patchelf
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
  python3 -c 'import ensurepip' 2>/dev/null || ! can_install || debian python3-venv
  python3 -m venv "$tools/python" && "$SPELUNK_TEST_PYTHON" -m pip install -q --disable-pip-version-check -r "$wanted" &&
    cp "$wanted" "$tools/python/requirements.txt"
} >&2

for chromium in ${SPELUNK_TEST_CHROMIUM-} chromium chromium-browser google-chrome; do
  chromium=$(command -v "$chromium" || true)
  [ -n "$chromium" ] && break
done
if [ -z "$chromium" ] && can_install; then
  debian chromium || true
  chromium=$(command -v chromium || true)
fi
SPELUNK_TEST_CHROMIUM=$chromium

# npm's `node` package, for what wants a newer Node than the machine's.
install_node() {
  [ -x "$tools/node/node_modules/node/bin/node" ] && return
  command -v npm >/dev/null || ! can_install || debian npm
  mkdir -p "$tools/node" &&
    npm install --silent --no-save --no-audit --no-fund --prefix "$tools/node" "node@$node_version" >&2
}

if ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 22 || (a == 22 && b >= 13) || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then
  install_node || echo "The VS Code extension needs Node 20.19 or newer: put node and npm on PATH." >&2
  PATH=$tools/node/node_modules/node/bin:$PATH
  export PATH
fi

is_code_server() {
  [ "$("$1" --version 2>/dev/null | cut -d ' ' -f 1)" = "$code_server_version" ]
}

# VS Code in the browser, from npm, with the Node that it wants. Some of its parts are compiled, which takes minutes.
install_code_server() {
  if ! can_install; then
    echo "The VS Code extension is tried in code-server $code_server_version: name it in SPELUNK_TEST_CODE_SERVER." >&2
    return 1
  fi
  echo "Installing code-server $code_server_version, once." >&2
  debian build-essential pkg-config python3 libkrb5-dev libsecret-1-dev libx11-dev libxkbfile-dev && install_node || return 1
  rm -rf "$tools/code-server" && mkdir -p "$tools/code-server" "$tools/bin"
  node=$tools/node/node_modules/node/bin
  PATH=$node:$PATH npm_config_unsafe_perm=true \
    npm install --silent --no-save --no-audit --no-fund --prefix "$tools/code-server" "code-server@$code_server_version" >&2 || {
    echo "code-server $code_server_version cannot be installed from npm; the lines above say why." >&2
    return 1
  }
  printf '#!/bin/sh\nexec %s/node %s/node_modules/code-server/out/node/entry.js "$@"\n' "$node" "$tools/code-server" \
    > "$tools/bin/code-server"
  chmod +x "$tools/bin/code-server"
}

for code_server in ${SPELUNK_TEST_CODE_SERVER-} code-server /usr/local/bin/code-server "$tools/bin/code-server"; do
  code_server=$(command -v "$code_server" || true)
  [ -n "$code_server" ] && is_code_server "$code_server" && break
  code_server=
done
if [ -z "$code_server" ] && install_code_server && is_code_server "$tools/bin/code-server"; then
  code_server=$tools/bin/code-server
fi
SPELUNK_TEST_CODE_SERVER=$code_server
export SPELUNK_TEST_NVIM SPELUNK_TEST_PYTHON SPELUNK_TEST_CHROMIUM SPELUNK_TEST_CODE_SERVER
