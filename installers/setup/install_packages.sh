#!/usr/bin/env bash
# Installs the Debian packages of packages.txt that are missing. Does nothing if none is.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

command -v dpkg-query >/dev/null || die "this set-up knows Debian 12 only; dpkg was not found." \
  "On another system install what installers/setup/packages.txt lists, then use cmake directly."

mapfile -t wanted < <(grep -v '^#' "$REPO/installers/setup/packages.txt")
missing=()
for package in "${wanted[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || die "these packages are missing: ${missing[*]}" \
    "Run ./dev as root, install sudo, or install them by hand."
  root=(sudo)
fi
need_space /var/cache/apt 2500 "Installing ${#missing[@]} packages" "Free some space."
say "Installing ${#missing[@]} Debian packages: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# sudo drops the environment, so the variable travels as a word of the command.
apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get)
if ! "${apt[@]}" update >"$log" 2>&1; then
  tail -n 5 "$log" >&2
  die "apt-get update failed." "Is the network up, and are the package sources reachable?"
fi
if ! "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
  tail -n 15 "$log" >&2
  die "apt-get could not install the packages." "The lines above say why."
fi
