# Packages of the system: all that are missing are named in one command, and installed by it where that is possible.

wanted_debian='' wanted_fedora='' wanted_homebrew=''

is_root() { [ "$(id -u)" = 0 ]; }
has() { command -v "$1" >/dev/null 2>&1; }

# Notes that packages are wanted. $1 what for; $2 Debian's names, $3 Fedora's, $4 Homebrew's.
want_packages() {
  say "$1: $2 is missing"
  wanted_debian="$wanted_debian $2"
  wanted_fedora="$wanted_fedora $3"
  wanted_homebrew="$wanted_homebrew $4"
}

# Notes the packages of a command that is not there. $1 the command, then as above.
want() {
  wanted_command=$1
  shift
  has "$wanted_command" || want_packages "$@"
}

install_wanted() {
  [ -n "$wanted_debian" ] || return 0
  if is_root && has apt-get; then
    apt_install "$wanted_debian"
    wanted_debian='' wanted_fedora='' wanted_homebrew=''
    return 0
  fi
  say "Install what is missing, then run this command again:"
  sudo='sudo '
  if is_root; then sudo=''; fi
  if has apt-get || ! { has dnf || has brew; }; then say "  Debian, Ubuntu:  ${sudo}apt-get install$wanted_debian"; fi
  if has dnf || ! { has apt-get || has brew; }; then say "  Fedora:          ${sudo}dnf install$wanted_fedora"; fi
  if has brew || ! { has apt-get || has dnf; }; then say "  macOS:           brew install$wanted_homebrew"; fi
  exit 2
}

# $1 names of packages, separated by spaces.
apt_install() {
  say "installing$1 with apt-get"
  log=$(mktemp)
  status=0
  (
    # Debian starts what it installs; what the tests need of nginx, Prometheus and Redis is not their services. The file
    # that says so goes however this ends; after a SIGKILL the next start takes it away.
    policy=/usr/sbin/policy-rc.d
    writer=$(sed -n 's/^# written by twf, process \([0-9]*\)$/\1/p' "$policy" 2>/dev/null || true)
    if [ -n "$writer" ] && ! kill -0 "$writer" 2>/dev/null; then rm -f "$policy"; fi
    if [ ! -e "$policy" ]; then
      trap 'rm -f "$policy"' EXIT
      trap 'exit 129' HUP
      trap 'exit 130' INT
      trap 'exit 143' TERM
      printf '#!/bin/sh\n# written by twf, process %s\nexit 101\n' "$$" >"$policy"
      chmod +x "$policy"
    fi
    # shellcheck disable=SC2086 # one word a package
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $1; } >"$log" 2>&1
  ) || status=$?
  case $status in
    0) rm -f "$log" ;;
    129 | 130 | 143) rm -f "$log"; exit "$status" ;;
    *) tail -n 5 "$log" >&2; say "apt-get failed; its whole output is in $log"; exit 2 ;;
  esac
}
