# The libraries of deno.lock, in node_modules. What was installed is noted, so that a start asks nobody.

INSTALLED="$ROOT/.twf/installed"

lock_sum() { cksum <deno.lock; }

has_npm_packages() {
  [ -f "$INSTALLED" ] && [ -d node_modules ] && [ "$(cat "$INSTALLED")" = "$(lock_sum)" ]
}

need_npm_packages() {
  if has_npm_packages; then return 0; fi
  # From what Deno has kept, or else from the registry.
  if ! "$DENO" install --frozen --quiet --cached-only >/dev/null 2>&1; then
    need_certificates
    status=0
    reason=$("$DENO" run --quiet --no-config --no-remote --no-npm --allow-net --allow-env \
      deployment/launcher/reach_registry.ts "$REGISTRY" 2>&1) || status=$?
    [ "$status" = 0 ] || explain_network "the libraries of deno.lock" "$reason"
    say "fetching libraries from $REGISTRY into node_modules (about 160 MB)"
    "$DENO" install --frozen --quiet || { say "the libraries of deno.lock could not be installed"; exit 2; }
  fi
  mkdir -p "$ROOT/.twf"
  lock_sum >"$INSTALLED"
}
