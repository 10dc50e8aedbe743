#!/bin/sh
# Installs what the project needs on Debian 12 (bookworm), and nothing twice.
#   packaging/setup-debian.sh build   the C libraries of the kiosk's window and of the card reader, and what
#                                     draws the sample of a point card that is printed as PDF
#   packaging/setup-debian.sh test    these, and every real part that the checks use
#   packaging/setup-debian.sh bench   these, and the other programs that ours is measured against
# Run as root, or as a user who may use sudo.
set -eu

build="ca-certificates gcc libc6-dev pkg-config zbar-tools poppler-utils libgl1-mesa-dev xorg-dev libpcsclite-dev"
test="zxing-cpp-tools xvfb xdotool x11-utils qpdf chromium ghostscript mupdf-tools fonts-morisawa-bizud-gothic nginx-light e2fsprogs util-linux pcscd vsmartcard-vpcd opensc openssl postgresql"
bench="glabels python3-reportlab libqrencode4 nodejs"
command -v npm >/dev/null || bench="$bench npm" # a nodejs that is not Debian's brings its own, and forbids Debian's

case "${1:-build}" in
build) want=$build ;;
test) want="$build $test" ;;
bench) want="$build $test $bench" ;;
*) echo "usage: $0 [build|test|bench]" >&2; exit 2 ;;
esac

missing=""
for package in $want; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then as_root=""
elif command -v sudo >/dev/null; then as_root="sudo"
else echo "$0: run as root or install sudo; missing:$missing" >&2; exit 1; fi

echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086 # the list is meant to be split
$as_root apt-get install -y -qq --no-install-recommends $missing
