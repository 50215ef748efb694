# Deno: the one that is installed, or its program as the npm registry has it. npm itself is not needed for that.

DENO_MINIMUM=2.9.5 # older versions free direct buffers of pending FFI calls too early
DENO_FETCHED=2.9.6 # the version fetched when there is none
DENO=''
DENO_FOLDER="$ROOT/.twf/deno/node_modules/@deno"

# The package of this machine's system and processor, and its SHA-512 as the registry states it.
deno_package() {
  case $(uname -sm) in
    'Linux x86_64') echo linux-x64-glibc de67784ca2c2bb3b0b0e67cea02e4a37b34065ac525643209bae2f83a7e80f4d090400c2a584b6ff942a5dfce09cfe59433de22cff6f05026d120735d7a380a1 ;;
    'Linux aarch64') echo linux-arm64-glibc a68aa1a07f41de7625a2280430f4f9b7c1d8fb005e8ae79ad409f943b7ea809ccfd126265aca12fe852758efe9122038a1fcc8072d4496dfe29f9f312adc44a1 ;;
    'Darwin x86_64') echo darwin-x64 b4f8b70963d17635b531a5a5bd68ce444ec0b2ce52003756763d411754353c47738bee6efe60b9621999ce788c88fafcd4fa5a15eaa35da2c0b1f6fc945b19d1 ;;
    'Darwin arm64') echo darwin-arm64 57cb8ed40a25ae5ff2bdd31be653ad82d8a0b3c62e6418eb3ab82f895322624434b30ca615fce469ed7065a9385e2db8b7bbdfeddfde88c6ffeebca38d59beb6 ;;
    *)
      say "Deno $DENO_MINIMUM or newer is needed, and there is none ready-made for $(uname -sm): put one on PATH"
      exit 2
      ;;
  esac
}

# Succeeds when version $1 (like 2.10.1) is at least $2.
version_at_least() {
  awk -v have="$1" -v want="$2" 'BEGIN {
    split(have, h, "."); split(want, w, ".")
    for (i = 1; i <= 3; i++) { if (h[i] + 0 > w[i] + 0) exit 0; if (h[i] + 0 < w[i] + 0) exit 1 }
    exit 0 }'
}

deno_is_usable() {
  [ -x "$1" ] || return 1
  version=$("$1" --version 2>/dev/null | sed -n '1s/^deno \([0-9.]*\).*/\1/p') || return 1
  [ -n "$version" ] && version_at_least "$version" "$DENO_MINIMUM"
}

# Sets DENO; tasks call "deno", so it is the first on PATH too.
find_deno() {
  # An installed release has its own, which its services run too.
  for candidate in "$ROOT/.twf/bin/deno" "$(command -v deno 2>/dev/null || true)" "$DENO_FOLDER"/*/deno; do
    if deno_is_usable "$candidate"; then
      DENO=$candidate
      PATH="$(dirname -- "$DENO"):$PATH"
      # Whether there is a newer Deno is not this program's question to ask.
      DENO_NO_UPDATE_CHECK=1
      export PATH DENO_NO_UPDATE_CHECK
      return 0
    fi
  done
  return 1
}

want_downloader() {
  has curl || has wget || has npm || want_packages "Deno $DENO_MINIMUM or newer is not here, and nothing to fetch it with" \
    'curl ca-certificates' curl curl
}

need_deno() {
  if [ -n "$DENO" ]; then return 0; fi
  need_certificates
  package=$(deno_package)
  digest=${package#* }
  package=${package%% *}
  say "fetching Deno $DENO_FETCHED from $REGISTRY into .twf/deno (about 45 MB)"
  mkdir -p "$DENO_FOLDER"
  archive="$DENO_FOLDER/.$package.$$.tgz"
  trap 'rm -rf "$archive" "$archive.d"' EXIT
  trap 'exit 130' HUP INT TERM
  download "$REGISTRY/@deno/$package/-/$package-$DENO_FETCHED.tgz" "$archive"
  if [ "$(sha512_of "$archive")" != "$digest" ]; then
    say "what $REGISTRY sent for Deno $DENO_FETCHED is not what it should be (its SHA-512 differs): nothing was installed"
    exit 2
  fi
  mkdir "$archive.d"
  tar -xzf "$archive" -C "$archive.d"
  chmod +x "$archive.d/package/deno"
  rm -rf "${DENO_FOLDER:?}/$package"
  mv "$archive.d/package" "$DENO_FOLDER/$package"
  rm -rf "$archive" "$archive.d"
  trap - EXIT HUP INT TERM
  find_deno || { say "Deno $DENO_FETCHED does not run on this machine ($(uname -sm))"; exit 2; }
}

sha512_of() {
  { sha512sum "$1" 2>/dev/null || shasum -a 512 "$1"; } | cut -d ' ' -f 1
}

# Fetches $1 into the file $2; what hangs or stalls is ended within 30 s.
download() {
  url=$1 file=$2 said=''
  if has curl; then
    said=$(fetch_by_curl 2>&1) && return 0
  elif has wget; then
    said=$(fetch_by_wget 2>&1) && return 0
  fi
  # npm may know of a registry, a proxy or a certificate that the others were not told of.
  if has npm; then
    said_by_npm=$(fetch_by_npm 2>&1) && return 0
    said=${said:-$said_by_npm}
  fi
  rm -f "$file"
  case $said in
    *certificate* | *CERT* | *SSL* | *TLS*) explain_network Deno tls ;;
    *) explain_network Deno "$(printf '%s\n' "${said:-no answer}" | tail -n 1)" ;;
  esac
}

fetch_by_curl() {
  set -- curl -fsSL --connect-timeout 9 --speed-limit 1000 --speed-time 9 -o "$file" "$url"
  "$@" || { [ -n "$EXTRA_CERTIFICATES" ] && "$@" --cacert "$EXTRA_CERTIFICATES"; }
}

fetch_by_wget() {
  set -- wget -nv --timeout=9 --tries=1 -O "$file" "$url"
  "$@" || { [ -n "$EXTRA_CERTIFICATES" ] && "$@" --ca-certificate="$EXTRA_CERTIFICATES"; }
}

fetch_by_npm() {
  npm pack --silent --fetch-retries=0 --fetch-timeout=9000 --pack-destination "$DENO_FOLDER" "@deno/$package@$DENO_FETCHED" &&
    mv "$DENO_FOLDER/deno-$package-$DENO_FETCHED.tgz" "$file"
}
