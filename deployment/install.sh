#!/bin/sh
# Installs this checkout as a release below /opt/twf_v3, and makes it the one that runs. As root, from anywhere:
#   deployment/install.sh [NAME]       NAME of the release; default: date and commit
#   deployment/install.sh --rollback   the release that ran before
# The services are restarted where systemd runs. Data and settings are left as they are.
set -eu

PREFIX=${TWF_V3_PREFIX:-/opt/twf_v3}
ETC=${TWF_V3_ETC:-/etc}
DATA=${TWF_V3_DATA:-/var/lib/twf_v3}
SOURCE=$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd)
say() { printf 'install: %s\n' "$*" >&2; }
. "$SOURCE/deployment/launcher/sources.sh"

# A link is replaced by a rename: there is never none.
point_current_to() {
  ln -sfn "$1" "$PREFIX/.current"
  mv -T "$PREFIX/.current" "$PREFIX/current"
}

restart_services() {
  if [ -d /run/systemd/system ] && [ "$ETC" = /etc ]; then
    systemctl daemon-reload
    systemctl try-restart twf-v3-server.service 'twf-v3-scheduler@*.service'
  fi
}

if [ "${1:-}" = --rollback ]; then
  [ -f "$PREFIX/previous" ] || { say "there is no release before this one"; exit 1; }
  previous=$(cat "$PREFIX/previous")
  [ -d "$PREFIX/releases/$previous" ] || { say "the release before, $previous, is gone"; exit 1; }
  basename "$(readlink "$PREFIX/current")" >"$PREFIX/previous.new"
  point_current_to "releases/$previous"
  mv "$PREFIX/previous.new" "$PREFIX/previous"
  restart_services
  say "$previous runs now"
  exit 0
fi

commit=$(git -c safe.directory="$SOURCE" -C "$SOURCE" rev-parse --short HEAD 2>/dev/null || echo unknown)
NAME=${1:-$(date -u +%Y%m%d-%H%M)-$commit}
case $NAME in *[!A-Za-z0-9._-]* | .* | -*) say "\"$NAME\": expected letters, digits and ._-"; exit 2 ;; esac
release=$PREFIX/releases/$NAME
[ ! -e "$release" ] || { say "$release is there already"; exit 1; }

# Elsewhere than in /opt it is a rehearsal, and nobody's user is needed.
is_real() { [ "$PREFIX" = /opt/twf_v3 ] && [ "$(id -u)" = 0 ]; }
if is_real && ! id twf >/dev/null 2>&1; then
  useradd --system --home-dir "$DATA" --shell /usr/sbin/nologin twf
fi
mkdir -p "$PREFIX/releases" "$ETC/twf_v3" "$ETC/systemd/system" "$DATA/data"

# Until it is complete it is not to stay: neither when its set-up fails nor when somebody interrupts it.
umask 022
trap 'rm -rf "$release" "$PREFIX/releases/.new.tar"' EXIT
trap 'exit 130' HUP INT TERM
mkdir "$release"
archive_sources "$SOURCE" "$PREFIX/releases/.new.tar"
# Owned by who installs, with modes of its own: those of a checkout are its developer's.
tar -xf "$PREFIX/releases/.new.tar" -C "$release" --no-same-owner --no-same-permissions
rm "$PREFIX/releases/.new.tar"
# What "twf bundle" packed comes with its libraries, for machines without a network.
if [ ! -e "$SOURCE/.git" ] && [ -f "$SOURCE/.twf/installed" ]; then
  mkdir "$release/.twf"
  cp -R "$SOURCE/.twf/deno" "$SOURCE/.twf/installed" "$release/.twf/"
  cp -R "$SOURCE/node_modules" "$release/"
fi
"$release/twf" setup || { say "the set-up failed; the release that ran still runs"; exit 1; }
# The services' user reads all of it, and runs a Deno that nobody upgrades under it.
deno=$(readlink -f "$release/.twf/bin/deno")
cp --remove-destination "$deno" "$release/.twf/bin/deno"
chmod -R u=rwX,go=rX "$release"
trap - EXIT

# Settings may hold a password: only root and the services' group read them, those of an older release too.
for file in "$release"/deployment/env/*.env; do
  [ -e "$ETC/twf_v3/$(basename "$file")" ] || cp "$file" "$ETC/twf_v3/"
done
chmod 0640 "$ETC"/twf_v3/*.env
if is_real; then chgrp twf "$ETC"/twf_v3/*.env; fi
cp "$release"/deployment/systemd/*.service "$ETC/systemd/system/"
if is_real; then chown -R twf:twf "$DATA"; fi

if [ -L "$PREFIX/current" ]; then basename "$(readlink "$PREFIX/current")" >"$PREFIX/previous"; fi
point_current_to "releases/$NAME"
restart_services
say "$NAME runs now, or will: systemctl enable --now twf-v3-server twf-v3-scheduler@hrrr"
