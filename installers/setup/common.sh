# shellcheck shell=bash disable=SC2034
# Shared by the set-up scripts and `dev`: messages, and the places everything goes.

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE_HOME=${AOT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/aot-explorer}
TORCH_SITE=$CACHE_HOME/libtorch-2.11.0

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() {
  printf '\033[31merror:\033[0m %s\n' "$1" >&2
  [ $# -lt 2 ] || printf '       %s\n' "$2" >&2
  exit 1
}

# need_space FOLDER MIB WHAT REMEDY: stops unless the file system of FOLDER has that much room.
need_space() {
  mkdir -p "$1" || die "cannot create $1" "Check its owner and the file system."
  local free
  free=$(df -Pm "$1" | awk 'NR==2 {print $4}')
  [ "$free" -ge "$2" ] || die "$3 needs $2 MiB in $1, but only $free MiB are free." "$4"
}
