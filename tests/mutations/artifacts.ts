import type { Mutation } from "./mutation.ts";

/** Wrong changes of what makes a frame's files, and of the gates that read them back. */
export const ARTIFACTS: readonly Mutation[] = [
  {
    what: "the palette numbers of the ready tiles are not checked",
    file: "builder/gates/tiles.ts",
    from: "  checkNumbers(name, pixels.numbers, numbers);\n",
    to: "",
    tests: ["builder/gates/tiles_test.ts"],
  },
  {
    what: "the palette of the ready tiles is not checked",
    file: "builder/gates/tiles.ts",
    from: "  checkPalette(name, pixels, palette);\n",
    to: "",
    tests: ["builder/gates/tiles_test.ts"],
  },
  {
    what: "a ready tile's checksum is not checked",
    file: "builder/tiles/read_tile_png.ts",
    from: "    if (crc32(png.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) {",
    to: "    if (false) {",
    tests: ["builder/gates/tiles_test.ts"],
  },
  {
    what: "the archive of a build is not read back",
    file: "builder/frame/frame_tiles.ts",
    from: "  checkArchive(openTiles(archive, model), tiles);\n",
    to: "",
    tests: ["builder/frame/build_frame_test.ts"],
  },
  {
    what: "the ready tiles of a build are not read back",
    file: "builder/frame/frame_tiles.ts",
    from: "    checkTile(encoded, numbers, palette);\n",
    to: "",
    tests: ["builder/frame/build_frame_test.ts"],
  },
  {
    what: "ready tiles show the pixel beside theirs",
    file: "builder/frame/frame_tiles.ts",
    from: "source[start + columns[x]!]!",
    to: "source[start + columns[x]! + 1]!",
    tests: ["tests/ready_tiles_test.ts"],
  },
  {
    what: "the wind's PNG is not read back",
    file: "builder/gates/wind.ts",
    from: "    if (read.pixels[i] !== pixels[i]) {",
    to: "    if (false) {",
    tests: ["builder/wind/wind_png_test.ts"],
  },
  {
    what: "the wind's cells are said to lie one cell beside theirs",
    file: "builder/frame/frame_wind.ts",
    from: "      west_m: grid.westM,",
    to: "      west_m: grid.westM + grid.pixelSizeM,",
    tests: ["tests/frame_wind_test.ts"],
  },
  {
    what: "the values read back from a written COG are not checked",
    file: "builder/frame/build_frame.ts",
    from: "  checkReadBack(raster.band(1).read(new Float32Array(grid.width * grid.height)), full.values.values);\n",
    to: "",
    tests: ["builder/frame/build_frame_test.ts"],
  },
  {
    what: "the structure of the written COGs is not checked",
    file: "builder/frame/build_frame.ts",
    from: "  checkArtifacts(rgbaFile.path, valueFile.path, { rgba: grid, values: grid });\n",
    to: "",
    tests: ["builder/frame/build_frame_test.ts"],
  },
  {
    what: "values outside the physical range are painted",
    file: "builder/frame/build_frame.ts",
    from: "  checkRange(stats, range, tolerance);\n",
    to: "",
    tests: ["builder/frame/build_frame_test.ts", "tests/long/edge_weather_test.ts"],
  },
];
