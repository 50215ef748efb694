# What is said when the npm registry cannot be asked, and how to go on.

# As npm and Deno find it: the environment, the user's file, the usual one.
REGISTRY=${NPM_CONFIG_REGISTRY:-${npm_config_registry:-}}
if [ -z "$REGISTRY" ] && [ -r "${HOME:-}/.npmrc" ]; then
  REGISTRY=$(sed -n 's/^ *registry *= *//p' "$HOME/.npmrc" | tail -n 1)
fi
REGISTRY=${REGISTRY:-https://registry.npmjs.org}
REGISTRY=${REGISTRY%/}

# Certificates beside the usual ones, as Node and Deno call them.
EXTRA_CERTIFICATES=${DENO_CERT:-${NODE_EXTRA_CA_CERTS:-}}
if [ -r "$EXTRA_CERTIFICATES" ]; then
  DENO_CERT=$EXTRA_CERTIFICATES
  export DENO_CERT
fi

# Before the network is asked for anything: commands that need none run without the file.
need_certificates() {
  if [ -z "$EXTRA_CERTIFICATES" ] || [ -r "$EXTRA_CERTIFICATES" ]; then return 0; fi
  say "DENO_CERT or NODE_EXTRA_CA_CERTS names \"$EXTRA_CERTIFICATES\", which cannot be read"
  exit 2
}

# $1 what was wanted, $2 why it failed: tls, or words.
explain_network() {
  if [ "$2" = tls ]; then
    say "Cannot get $1: the certificate of $REGISTRY is of an authority that is not known here. A proxy may read what is sent."
    say "  name that authority's certificate (a PEM file) in NODE_EXTRA_CA_CERTS or DENO_CERT"
    if has apt-get && [ ! -e /etc/ssl/certs/ca-certificates.crt ]; then say "  or: apt-get install ca-certificates"; fi
  else
    say "Cannot get $1 from $REGISTRY: $2"
    say "  behind a proxy: set HTTPS_PROXY=http://HOST:PORT; for another registry: set NPM_CONFIG_REGISTRY"
  fi
  say "  without a network: ./twf bundle FILE.tar.gz on a machine like this one that has it, and unpack the file here"
  exit 2
}
