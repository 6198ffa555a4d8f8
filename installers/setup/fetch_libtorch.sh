#!/usr/bin/env bash
# Puts LibTorch into the user's cache, once for all clones: downloads the pinned wheels (checksums
# verified), unpacks only the members that are needed, and marks the result complete. Where there is
# an NVIDIA driver, or AOT_CUDA is set, the libraries that a GPU needs come too.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

wants_cuda() {
  [ -n "${AOT_CUDA:-}" ] || [ -e /dev/nvidiactl ] || [ -e "$TORCH_SITE/torch/lib/libtorch_cuda.so" ] ||
    ldconfig -p 2>/dev/null | grep -q "libcuda\.so\.1"
}

pins=("$REPO/installers/setup/libtorch.txt")
megabytes=544 space=1700 what="LibTorch 2.11.0"
if wants_cuda; then
  pins+=("$REPO/installers/setup/cuda.txt")
  megabytes=2500 space=9000 what="LibTorch 2.11.0 with CUDA 13.0"
fi
# What is unpacked counts as much as the pins: CUDA's headers are new since the first layout.
stamp=$(cat "${pins[@]}" - <<<"layout 2" | sha256sum | cut -d' ' -f1)
complete() { [ "$(cat "$TORCH_SITE/.complete" 2>/dev/null || true)" = "$stamp" ]; }

complete && exit 0
[ "$(uname -sm)" = "Linux x86_64" ] || die "LibTorch is pinned for Linux on x86_64, this is $(uname -sm)."
need_space "$CACHE_HOME" $space "Fetching LibTorch" \
  "Free some space, or set AOT_CACHE to a folder elsewhere."

# One clone fetches, the others wait for it.
exec 9>"$CACHE_HOME/libtorch.lock"
flock 9
complete && exit 0

work=$(mktemp -d "$CACHE_HOME/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
platforms=()
for glibc in 28 27 25 18 17 12; do platforms+=(--platform "manylinux_2_${glibc}_x86_64"); done
requirements=()
for file in "${pins[@]}"; do requirements+=(--requirement "$file"); done
say "Downloading $what ($megabytes MB, once)"
if ! python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
     --only-binary=:all: --implementation cp --python-version 311 --abi cp311 --abi none \
     "${platforms[@]}" --platform manylinux2014_x86_64 \
     --dest "$work" "${requirements[@]}" >"$work/log" 2>&1; then
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
unpack nvidia_cuda_runtime 'nvidia/cu13/lib/libcudart.so.13' 'nvidia/cu13/include/*'
unpack nvidia_cuda_cupti 'nvidia/cu13/lib/libcupti.so.13'
if wants_cuda; then
  unpack torch 'torch/lib/libtorch_cuda.so' 'torch/lib/libtorch_cuda_linalg.so' \
    'torch/lib/libtorch_nvshmem.so' 'torch/lib/libc10_cuda.so' 'torch/lib/libcaffe2_nvrtc.so'
  for wheel in "$work"/nvidia_*.whl; do
    name=${wheel##*/}
    unpack "${name%%-*}" 'nvidia/*/lib/*.so*'
  done
fi
printf '%s\n' "$stamp" >"$work/site/.complete"
rm -rf "$TORCH_SITE"
mv "$work/site" "$TORCH_SITE"
