# What a service or another user needs, who does not come through the launcher.

# Whether a checkout can be used without writing to it.
is_set_up() {
  has_npm_packages && [ -f .twf/page/manifest.json ] && find_deno
}

set_up() {
  mkdir -p "$ROOT/.twf/bin"
  # The program itself: the one on PATH may be a script that looks for it beside itself.
  program=$("$DENO" eval --no-config 'console.log(Deno.execPath())')
  [ "$program" = "$ROOT/.twf/bin/deno" ] || ln -sfn "$program" "$ROOT/.twf/bin/deno"
  "$DENO" task --quiet build-page
  libraries=$("$DENO" run --quiet --allow-read --allow-env=TWF_V3_GDAL_LIB builder/gdal/locate.ts --for-permission)
  printf 'TWF_V3_LIBGDAL_FILE=%s\n' "$libraries" >"$ROOT/.twf/service.env"
  say "ready: $("$DENO" --version | head -n 1), ${TWF_V3_GDAL_LIB:-}"
}

# Sources, libraries, Deno and the page in one file; not the system's packages, of which libgdal is one.
write_bundle() {
  [ $# = 1 ] || { say "usage: ./twf bundle FILE.tar.gz"; exit 2; }
  case $1 in /*) file=$1 ;; *) file=$INIT_CWD/$1 ;; esac
  stage=$(mktemp -d)
  trap 'rm -rf "$stage" "$file.new"' EXIT
  trap 'exit 130' HUP INT TERM
  mkdir -p "$stage/twf_v3/.twf/deno/node_modules/@deno/bundled"
  archive_sources "$ROOT" "$stage/sources.tar"
  tar -xf "$stage/sources.tar" -C "$stage/twf_v3" --no-same-owner
  cp -R node_modules "$stage/twf_v3/"
  cp -R "$ROOT/.twf/page" "$INSTALLED" "$stage/twf_v3/.twf/"
  cp "$program" "$stage/twf_v3/.twf/deno/node_modules/@deno/bundled/deno"
  tar -C "$stage" -czf "$file.new" twf_v3
  mv "$file.new" "$file"
  say "\"$file\" is for $(uname -sm) with GDAL installed: tar -xzf $(basename -- "$file") && cd twf_v3 && ./twf demo"
}
