# Where the caller stands, for tasks, whose working directory is the project.

take_paths_from_caller() {
  export INIT_CWD # options are resolved by builder/confined
  for name in TWF_V3_DATA_ROOT TWF_V3_STAGING_ROOT TWF_V3_PUBLISH_ROOT TWF_V3_MANIFEST_ROOT; do
    eval "path=\${$name:-}"
    case $path in
      '' | /*) ;;
      *) export "$name=$INIT_CWD/${path#./}" ;;
    esac
  done
}
