#!/bin/sh
# Compiles the V8 archive from the source that the v8 crate carries on crates.io: the last resort on a machine that reaches
# the package registries but not the v8 crate's own download site. Debian, root, x86-64; about an hour on two cores, 6 GB of disk.
#   scripts/build-v8.sh [FOLDER]   leaves librusty_v8_simdutf_release_<target>.a.gz and its .sha256 in FOLDER (default: here)
# What differs from the upstream archive: no Temporal, no line tables. The compiler is Debian sid's clang 23 in a chroot of
# its own (V8 150 wants clang 23 or newer); headers and libc are bookworm's, so the archive links on glibc 2.36 and later.
set -eu
version=150.4.0
target=x86_64-unknown-linux-gnu
dest=$(cd "${1:-.}" && pwd)
root=${V8_BUILD_ROOT:-/opt/v8-build}
jobs=${JOBS:-$(nproc)}
step() { echo "build-v8: $*" >&2; }

step "compiler (Debian sid) and system root (bookworm)"
command -v debootstrap >/dev/null || { apt-get update -q && apt-get install -y -q debootstrap; } >&2
[ -x "$root/usr/bin/gn" ] || debootstrap --variant=minbase \
  --include=clang-23,lld-23,llvm-23,libclang-rt-23-dev,generate-ninja,ninja-build,python3 sid "$root" >&2
[ -d "$root/sysroot/usr/include" ] || debootstrap --variant=minbase --include=gcc,libc6-dev,linux-libc-dev bookworm "$root/sysroot" >&2
# Absolute links inside the system root would lead back to sid's loader.
(cd "$root/sysroot" && find . -type l -lname '/*' | while read -r l; do
  case $l in ./lib*|./usr/lib*) ln -sfn "$(realpath -m --relative-to="/$(dirname "${l#./}")" "$(readlink "$l")")" "$l";; esac; done)

# V8's build looks for the runtime library under the target's name.
rt=$root/usr/lib/llvm-23/lib/clang/23/lib
mkdir -p "$rt/x86_64-unknown-linux-gnu" && ln -sfn ../linux/libclang_rt.builtins-x86_64.a "$rt/x86_64-unknown-linux-gnu/libclang_rt.builtins.a"

step "sources: v8 $version and deno_core_icudata 0.77.0 (the crate leaves its ICU data out)"
fetch=$(mktemp -d)
mkdir "$fetch/src" && : > "$fetch/src/lib.rs"
printf '[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\nv8 = "=%s"\ndeno_core_icudata = "=0.77.0"\n' $version > "$fetch/Cargo.toml"
(cd "$fetch" && cargo vendor -q --versioned-dirs vendor >/dev/null)
src=$root/src/v8
[ -d "$src" ] || { mkdir -p "$root/src" && cp -r "$fetch/vendor/v8-$version" "$src.part" && mv "$src.part" "$src"; }
mkdir -p "$src/third_party/icu/common"
cp "$fetch/vendor/deno_core_icudata-0.77.0/src/icudtl.dat" "$src/third_party/icu/common/"
rm -rf "$fetch"
ln -sfn /sysroot "$src/build/linux/debian_bullseye_amd64-sysroot"

# V8's translation units spend two thirds of their time on the same headers: one precompiled header per target cuts that.
mkdir -p "$root/src/pch"
cat > "$root/src/pch/base.h" <<'H'
#include "src/api/api-inl.h"
#include "src/execution/isolate-inl.h"
#include "src/objects/objects-inl.h"
#include "src/heap/heap-inl.h"
#include "src/heap/factory-inl.h"
#include "src/handles/handles-inl.h"
#include "src/handles/global-handles-inl.h"
#include "src/logging/counters.h"
#include "src/logging/log.h"
#include "src/execution/frames-inl.h"
#include "src/codegen/assembler-inl.h"
#include "src/codegen/macro-assembler-inl.h"
#include "src/codegen/interface-descriptors-inl.h"
#include "src/debug/debug.h"
#include "src/deoptimizer/deoptimizer.h"
#include "src/codegen/compiler.h"
#include "src/utils/ostreams.h"
#include "src/numbers/conversions-inl.h"
#include "src/objects/js-array-buffer-inl.h"
#include "src/wasm/wasm-objects-inl.h"
#include "src/base/platform/platform.h"
H
{ cat "$root/src/pch/base.h"; cat <<'H'
#include "src/compiler/js-heap-broker-inl.h"
#include "src/compiler/node-properties.h"
#include "src/compiler/common-operator.h"
#include "src/compiler/simplified-operator.h"
#include "src/compiler/node-matchers.h"
#include "src/compiler/turbofan-graph.h"
#include "src/compiler/js-graph.h"
#include "src/compiler/linkage.h"
#include "src/compiler/access-builder.h"
#include "src/compiler/machine-operator.h"
#include "src/compiler/js-operator.h"
#include "src/compiler/schedule.h"
#include "src/compiler/turboshaft/operations.h"
#include "src/compiler/turboshaft/assembler.h"
#include "src/compiler/turboshaft/graph.h"
#include "src/compiler/turboshaft/phase.h"
#include "src/codegen/optimized-compilation-info.h"
H
} > "$root/src/pch/compiler.h"
cat > "$root/src/pch/cc.py" <<'P'
#!/usr/bin/python3
"""Compiler wrapper: adds the target's precompiled header, and compiles without it where that fails."""
import os, re, subprocess, sys
args = sys.argv[1:]
out = args[args.index('-o') + 1] if '-o' in args else ''
m = re.match(r'obj/v8/(torque_generated_initializers|v8_initializers|v8_base_without_compiler|v8_compiler)/', out)
pch = m and f'/src/pch/{m[1]}.pch'
if pch and os.path.exists(pch):
    with_pch = [a for a in args if not a.startswith('-fmodule-name')]
    with_pch[1:1] = ['-include-pch', pch, '-w']
    if subprocess.run(with_pch, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
        sys.exit(0)
os.execvp(args[0], args)
P
chmod +x "$root/src/pch/cc.py"
cat > "$root/src/build.sh" <<'B'
set -eu
export PYTHONDONTWRITEBYTECODE=1
cd /src/v8
gn gen /src/out --script-executable=/usr/bin/python3 --args='is_debug=false use_custom_libcxx=true
  v8_enable_sandbox=false v8_enable_pointer_compression=false v8_enable_v8_checks=false rusty_v8_enable_simdutf=true
  v8_monolithic_for_shared_library=true clang_base_path="/usr/lib/llvm-23" clang_version="23"
  treat_warnings_as_errors=false use_sysroot=true use_glib=false symbol_level=0 line_tables_only=false
  no_inline_line_tables=false enable_rust=false enable_rust_cxx=false v8_enable_temporal_support=false
  cc_wrapper="/src/pch/cc.py"'
cd /src/out
ninja -j "$JOBS" phony/v8/run_torque phony/v8/generate_bytecode_builtins_list
ninja -t commands rusty_v8 > /src/commands.txt
python3 - <<'P'
import glob, re
files = glob.glob('/src/out/gen/**/*-tq-csa.cc', recursive=True)
sets = [re.findall(r'#include "(src/[^"]+\.h)"', open(f).read()) for f in files]
common = set.intersection(*map(set, sets))
seen = dict.fromkeys(i for i in sets[0] if i in common)
open('/src/pch/torque.h', 'w').write(''.join(f'#include "{i}"\n' for i in seen))
P
pch() {
  cmd=$(grep -m1 " obj/v8/$1/[^ ]*\.o$" /src/commands.txt |
    sed 's#^/src/pch/cc.py ##; s# -fmodule-name=[^ ]*##; s# -MMD -MF [^ ]*##; s# -c [^ ]* -o [^ ]*$##')
  sh -c "$cmd -w -x c++-header -c /src/pch/$2.h -o /src/pch/$1.pch" || rm -f "/src/pch/$1.pch"
}
pch torque_generated_initializers torque; pch v8_initializers torque
pch v8_base_without_compiler base; pch v8_compiler compiler
ninja -j "$JOBS" rusty_v8
B
step "compile ($jobs jobs)"
mkdir -p "$root/proc" "$root/dev"
mount -t proc proc "$root/proc" 2>/dev/null || :
[ -e "$root/dev/null" ] || mknod -m 666 "$root/dev/null" c 1 3
JOBS=$jobs chroot "$root" sh /src/build.sh >&2
file=librusty_v8_simdutf_release_$target.a.gz
gzip -9 -n -c "$root/src/out/obj/librusty_v8.a" > "$dest/$file.tmp" && mv "$dest/$file.tmp" "$dest/$file"
(cd "$dest" && sha256sum "$file" > "$file.sha256")
step "$dest/$file"
