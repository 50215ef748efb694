# The project's own files, for releases and bundles: what is committed, and nothing else that lies about in a checkout, such
# as notes, data and files with passwords.

# Writes those of the folder $1 into the tar file $2.
archive_sources() {
  if [ -e "$1/.git" ] && command -v git >/dev/null 2>&1; then
    # Root may pack what belongs to somebody else.
    git -c safe.directory="$1" -C "$1" archive --format=tar -o "$2" HEAD
    [ -z "$(git -c safe.directory="$1" -C "$1" status --porcelain --untracked-files=no)" ] ||
      say "changes that are not committed are left out"
  else
    # What was unpacked without git: its parts by name.
    tar -cf "$2" -C "$1" bench builder contract deno.json deno.lock deployment docs islands routes server tests twf \
      CHANGELOG.md CONTRIBUTING.md README.md
  fi
}
