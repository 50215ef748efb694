# A checkout that cannot be written to, since it is read-only or somebody else's, is used as it is once its owner has set
# it up. Before that, a copy of it is set up and used. Data goes to the caller's own folder in both cases.

use_own_copy_if_needed() {
  if [ -w "$ROOT" ]; then return 0; fi
  if [ -z "${TWF_V3_DATA_ROOT:-}" ]; then
    TWF_V3_DATA_ROOT=${XDG_DATA_HOME:-${HOME:?must be set, since "$ROOT" cannot be written to}/.local/share}/twf_v3
    export TWF_V3_DATA_ROOT
    say "\"$ROOT\" cannot be written to: data is kept in \"$TWF_V3_DATA_ROOT\""
  fi
  case $1 in
    test | ok | coverage | mutate | setup | bundle) ;; # they write beside the sources
    *) if is_set_up; then return 0; fi ;;
  esac
  cache=${XDG_CACHE_HOME:-${HOME:?must be set, since "$ROOT" cannot be written to}/.cache}/twf_v3
  copy=$cache/$(printf '%s' "$ROOT" | cksum | cut -d ' ' -f 1)
  say "working in a copy, \"$copy\""
  refresh_copy
  cd -- "$INIT_CWD"
  exec "$copy/twf" "$@"
}

# Copies again when something has changed, which a folder's time tells of files that are gone.
refresh_copy() {
  if [ -e "$copy/.twf/copied" ] && [ -z "$(find . -path ./.git -prune -o -newer "$copy/.twf/copied" -print | head -n 1)" ]; then
    return 0
  fi
  mkdir -p "$copy/.twf"
  touch "$copy/.twf/copying"
  find "$copy" -mindepth 1 -maxdepth 1 ! -name .twf ! -name node_modules -exec rm -rf {} +
  tar --exclude=./.git --exclude=./.twf --exclude=./node_modules --exclude=./data -cf - . | tar -C "$copy" --no-same-owner -xf -
  chmod -R u+w "$copy"
  mv "$copy/.twf/copying" "$copy/.twf/copied"
}
