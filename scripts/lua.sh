#!/bin/sh
# Looks after the Lua of editors/nvim: `scripts/lua.sh check` tells whether it is laid out, linted and typed as it
# should be, `scripts/lua.sh format` lays it out. Tools that are missing are installed, pinned, below the target folder.
set -eu
cd "$(dirname "$0")/.."
plugin=editors/nvim
tools=${CARGO_TARGET_DIR:-target}/tools
case $tools in /*) ;; *) tools=$PWD/$tools ;; esac
stylua_version=2.5.2
emmylua_version=0.25.1

stylua() {
  package=$tools/stylua/node_modules/@johnnymorganz/stylua
  grep -qs "\"version\": \"$stylua_version\"" "$package/package.json" ||
    npm install --silent --no-save --ignore-scripts --prefix "$tools/stylua" "@johnnymorganz/stylua@$stylua_version" >&2
  node scripts/stylua.mjs "$package" "$1" "$plugin"
}

lint() {
  if ! command -v luacheck >/dev/null && [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ]; then
    { apt-get install -y -q lua-check || { apt-get update -q && apt-get install -y -q lua-check; }; } >&2
  fi
  command -v luacheck >/dev/null || {
    echo "luacheck is missing: install Debian's lua-check, or luacheck from LuaRocks." >&2
    return 1
  }
  (cd "$plugin" && luacheck --quiet --no-color .)
}

# No registry has the Lua language server. EmmyLua's checker, which cargo brings, reads the same annotations and the same
# .luarc.json.
types() {
  VIMRUNTIME=
  for nvim in "${SPELUNK_TEST_NVIM:-nvim}" nvim-0.12 "$tools/bin/nvim"; do
    VIMRUNTIME=$("$nvim" --clean --headless -c 'lua io.write(vim.env.VIMRUNTIME)' -c q 2>/dev/null) && break
  done
  [ -n "$VIMRUNTIME" ] || {
    untyped=', types not checked: there is no Neovim; name it in SPELUNK_TEST_NVIM'
    return 0
  }
  export VIMRUNTIME
  checker=$tools/emmylua/bin/emmylua_check
  [ "$("$checker" --version 2>/dev/null)" = "emmylua_check $emmylua_version" ] || {
    echo "types: cargo builds emmylua_check $emmylua_version, once." >&2
    CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR=$tools/emmylua/target cargo install emmylua_check --version "$emmylua_version" \
      --locked --debug --quiet --root "$tools/emmylua" >&2 || {
      untyped=', types not checked: emmylua_check cannot be had'
      return 0
    }
    rm -rf "$tools/emmylua/target"
  }
  "$checker" --warnings-as-errors --severity warn "$plugin"
}

case ${1-check} in
  format) stylua format ;;
  check)
    failed='' untyped=''
    for step in 'stylua check' lint types; do
      $step || failed="$failed${failed:+, }${step%% *}"
    done
    [ -z "$failed" ] || { echo "Lua: $failed failed." >&2; exit 1; }
    echo "Lua: good${untyped-}."
    ;;
  *) echo "usage: $0 [check|format]" >&2; exit 2 ;;
esac
