# libgdal: builder/gdal/locate.ts holds the one list of places where it may be.

needs_gdal() {
  case $1 in
    setup | demo | build-frame | build-run | check-model | schedule | verify | doctor | test | ok | coverage | mutate | bench:*) return 0 ;;
  esac
  return 1
}

# Sets TWF_V3_GDAL_LIB; fails where there is none, with what was tried in $gdal_said.
find_gdal() {
  status=0
  gdal_said=$("$DENO" run --quiet --no-config --no-remote --no-npm --allow-read --allow-env=TWF_V3_GDAL_LIB \
    builder/gdal/locate.ts 2>&1) || status=$?
  case $status in
    0) TWF_V3_GDAL_LIB=$(printf '%s\n' "$gdal_said" | tail -n 1); export TWF_V3_GDAL_LIB ;;
    2) return 1 ;;
    *) printf '%s\n' "$gdal_said" >&2; exit 1 ;;
  esac
}

want_gdal() {
  # A file that is named and is not there is a mistake to mend, not a library to install.
  if [ -n "${TWF_V3_GDAL_LIB:-}" ]; then return 0; fi
  if [ -n "$DENO" ]; then
    if find_gdal; then return 0; fi
  elif debian_has_gdal || [ -z "$wanted_debian" ]; then
    return 0 # need_gdal looks again, with Deno
  fi
  want_packages "GDAL 3.6 or newer, which maps are made with" "$(debian_gdal_package)" gdal-libs gdal
}

# The runtime library's Debian name carries its ABI number (libgdal32, libgdal36, libgdal34t64 …).
debian_gdal_package() {
  if is_root && has apt-get; then apt-get update >/dev/null 2>&1 || true; fi
  package=''
  if has apt-cache; then
    package=$(apt-cache search --names-only '^libgdal[0-9]+(t64)?$' | awk '{print $1}' | sort -V | tail -n 1)
  fi
  echo "${package:-libgdal32}"
}

debian_has_gdal() {
  has dpkg-query && dpkg-query -W -f '${Status}\n' 'libgdal[0-9]*' 2>/dev/null | grep -q 'ok installed'
}

need_gdal() {
  if find_gdal; then return 0; fi
  want_gdal
  install_wanted
  find_gdal || { printf '%s\n' "$gdal_said" >&2; exit 2; }
}
