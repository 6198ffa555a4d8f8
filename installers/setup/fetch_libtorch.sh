#!/usr/bin/env bash
# Puts LibTorch into the user's cache, once for all clones: downloads the pinned wheels (checksums
# verified), unpacks only the members that are needed, and marks the result complete.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

pins=$REPO/installers/setup/libtorch.txt
stamp=$(sha256sum "$pins" | cut -d' ' -f1)
complete() { [ "$(cat "$TORCH_SITE/.complete" 2>/dev/null || true)" = "$stamp" ]; }

complete && exit 0
[ "$(uname -sm)" = "Linux x86_64" ] || die "LibTorch is pinned for Linux on x86_64, this is $(uname -sm)."
need_space "$CACHE_HOME" 1700 "Fetching LibTorch" \
  "Free some space, or set AOT_CACHE to a folder elsewhere."

# One clone fetches, the others wait for it.
exec 9>"$CACHE_HOME/libtorch.lock"
flock 9
complete && exit 0

work=$(mktemp -d "$CACHE_HOME/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
say "Downloading LibTorch 2.11.0 (544 MB, once)"
if ! python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
     --only-binary=:all: --implementation cp --python-version 311 --abi cp311 --abi none \
     --platform manylinux_2_28_x86_64 --platform manylinux_2_25_x86_64 \
     --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 \
     --dest "$work" --requirement "$pins" >"$work/log" 2>&1; then
  tail -n 8 "$work/log" >&2
  die "the LibTorch wheels could not be downloaded." \
    "Is the network up? A checksum that differs means that the download was damaged: try again."
fi

say "Unpacking LibTorch into $TORCH_SITE"
# unpack WHEEL MEMBER...: the members of the one wheel whose name starts so.
unpack() {
  local wheel=("$work/$1"-*.whl)
  unzip -q -o "${wheel[0]}" "${@:2}" -d "$work/site" ||
    die "${wheel[0]##*/} could not be unpacked." "Is the file system of $CACHE_HOME full?"
}
unpack torch 'torch/lib/libtorch_cpu.so' 'torch/lib/libc10.so' 'torch/lib/libgomp.so.1' \
  'torch/include/*'
unpack nvidia_cuda_runtime 'nvidia/cu13/lib/libcudart.so.13'
unpack nvidia_cuda_cupti 'nvidia/cu13/lib/libcupti.so.13'
printf '%s\n' "$stamp" >"$work/site/.complete"
rm -rf "$TORCH_SITE"
mv "$work/site" "$TORCH_SITE"
