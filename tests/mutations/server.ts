import type { Mutation } from "./mutation.ts";

const VALUES = ["tests/sample_values_test.ts", "tests/strip_values_test.ts", "tests/other_cogs_test.ts"];

export const SERVER: readonly Mutation[] = [
  {
    what: "a damaged manifest is not known any more by a server that knew it",
    file: "server/json_file_cache.ts",
    from: "const lastGood = known?.value ?? null;",
    to: "const lastGood = null;",
    tests: ["tests/long/damaged_files_test.ts", "tests/routes_test.ts"],
  },
  {
    what: "a damaged file is told at every look",
    file: "server/json_file_cache.ts",
    from: "if (problem !== known?.problem) {",
    to: "if (true) {",
    tests: ["tests/long/damaged_files_test.ts"],
  },
  {
    what: "a frame is known by its place alone",
    file: "server/frame_versions.ts",
    from: "return known && known.manifest === this.#numberOf(manifest) ? known.version : null;",
    to: "return known ? known.version : null;",
    tests: ["tests/rebuilt_frame_test.ts"],
  },
  {
    what: "a complete run's manifest is kept for a year",
    file: "server/http/cache_control.ts",
    from: "isComplete ? ONE_MINUTE : SHORT_LIVED",
    to: "isComplete ? IMMUTABLE : SHORT_LIVED",
    tests: ["tests/rebuilt_frame_test.ts"],
  },
  {
    what: "a COG of another size is sent as it is",
    file: "server/frame_store.ts",
    from: "if (found === size) return;",
    to: "return;",
    tests: ["tests/long/damaged_files_test.ts"],
  },
  {
    what: "a predictor is not noticed",
    file: "server/cog/cog_file.ts",
    from: " || predictor !== 1) {",
    to: ") {",
    tests: VALUES,
  },
  {
    what: "another compression is not noticed",
    file: "server/cog/cog_file.ts",
    from: "compression !== DEFLATE || ",
    to: "",
    tests: VALUES,
  },
  {
    what: "a block of another size is taken",
    file: "server/cog/block_values.ts",
    from: "if (bytes.length !== count * FLOAT32_BYTES) {",
    to: "if (false) {",
    tests: VALUES,
  },
  {
    what: "values of another grid are taken",
    file: "server/cog/block_values.ts",
    from: "if (!isOnGrid) {",
    to: "if (false) {",
    tests: VALUES,
  },
  {
    what: "a strip is not held against its checksum",
    file: "server/cog/strip_values.ts",
    from: "return crc32(bytes) === strip.crc32 ? bytes : null;",
    to: "return bytes;",
    tests: VALUES,
  },
  {
    what: "a strip beyond the end of the file is asked for",
    file: "server/cog/strip_values.ts",
    from:
      "if (strip.length > MAX_DEFLATED_BYTES || strip.start + strip.length > file.seekSync(0, Deno.SeekMode.End)) {",
    to: "if (false) {",
    tests: VALUES,
  },
  {
    what: "a tile that is being drawn is drawn again for the next who asks",
    file: "server/tile/tile_service.ts",
    from: "    this.#coming.set(key, { tile, hurry });\n",
    to: "",
    tests: ["tests/routes_test.ts", "tests/draw_ahead_test.ts", "tests/overload_test.ts"],
  },
  {
    what: "tiles are drawn ahead while people wait",
    file: "server/tile/look_ahead.ts",
    from: "    if (this.#tiles.queued > 0) return;\n",
    to: "",
    tests: ["tests/draw_ahead_test.ts", "tests/overload_test.ts"],
  },
  {
    what: "lines that could not be read stay so",
    file: "server/contour_store.ts",
    from: "    reading.catch(() => this.#sets.delete(id));\n",
    to: "    reading.catch(() => {});\n",
    tests: ["tests/rebuilt_frame_test.ts"],
  },
  {
    what: "the catalogue is looked at though nobody listens",
    file: "server/catalogue_watcher.ts",
    from: "      if (this.#listeners.size === 0) this.#rest();\n",
    to: "",
    tests: ["tests/events_test.ts"],
  },
  {
    what: "limits count requests",
    file: "server/token_buckets.ts",
    from: "bucket.tokens -= cost;",
    to: "bucket.tokens -= 1;",
    tests: ["server/token_buckets_test.ts"],
  },
  {
    what: "an answer of 500 tells what went wrong",
    file: "server/http/problem.ts",
    from:
      'detail: status === 500 ? "The request could not be answered; the server\'s log says why" : shortened(error as Error),',
    to: "detail: shortened(error as Error),",
    tests: ["server/http/problem_test.ts"],
  },
];
