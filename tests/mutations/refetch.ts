import type { Mutation } from "./mutation.ts";

const COMMAND = ["tests/long/refetch_test.ts"];
const MESSAGE = ["builder/sources/refetch_message_test.ts"];

export const REFETCH: readonly Mutation[] = [
  {
    what: "the hash of refetched bytes is not compared",
    file: "builder/sources/refetch_message.ts",
    from: "object.bytes.length === length && found === sha256",
    to: "object.bytes.length === length",
    tests: [...MESSAGE, ...COMMAND],
  },
  {
    what: "a receipt's URL is taken for allowed when it begins like a source's",
    file: "builder/sources/refetch_message.ts",
    from: "baseUrl + path === url",
    to: "url.startsWith(baseUrl)",
    tests: COMMAND,
  },
  {
    what: "a message that is gone upstream counts as one that could not be asked for",
    file: "builder/sources/refetch_message.ts",
    from: 'error.failure === "missing" ? "upstream gone" : "unreachable"',
    to: '"unreachable"',
    tests: MESSAGE,
  },
  {
    what: "a range that several frames name is fetched for each",
    file: "builder/sources/refetch_message.ts",
    from: "    if (known) return known;\n",
    to: "",
    tests: MESSAGE,
  },
  {
    what: "a source that does not answer is asked for every message",
    file: "builder/sources/refetch_message.ts",
    from: "if (error.isWorthRetrying) noteFailure(source, error.message);\n        else noteSuccess(source);",
    to: "noteSuccess(source);",
    tests: MESSAGE,
  },
  {
    what: "overviews of a published COG are not compared",
    file: "builder/publish/cog_difference.ts",
    from: "level < levels",
    to: "level < 1",
    tests: ["builder/publish/cog_difference_test.ts"],
  },
  {
    what: "the values of a rebuilt frame are not compared",
    file: "builder/publish/refetch_frame.ts",
    from: '      withName("values", differenceOf(path("values"), artifacts.values)),\n',
    to: "",
    tests: COMMAND,
  },
  {
    what: "the picture of a rebuilt frame is not compared",
    file: "builder/publish/refetch_frame.ts",
    from: '      withName("picture", differenceOf(path("rgba"), artifacts.rgba)),\n',
    to: "",
    tests: COMMAND,
  },
  {
    what: "the contours of a rebuilt frame are not compared",
    file: "builder/publish/refetch_frame.ts",
    from: "isSame(published.contours ?? null, artifacts.contours)",
    to: "true",
    tests: COMMAND,
  },
  {
    what: "a frame that changed upstream is no problem",
    file: "builder/cli/verify_refetch.ts",
    from: 'return outcome !== "same" && outcome !== "no receipt";',
    to: 'return outcome === "rebuilt differs";',
    tests: COMMAND,
  },
  {
    what: "verify may write while it refetches",
    file: "builder/confined/permissions.ts",
    from: "needs: { writes: false, fetches: true }",
    to: "needs: { writes: true, fetches: true }",
    tests: ["builder/confined/permissions_test.ts"],
  },
  {
    what: "the ready tiles of a rebuilt frame are not compared",
    file: "builder/publish/tiles_difference.ts",
    from: "if (Buffer.compare(a[part], b[part]) !== 0)",
    to: "if (false)",
    tests: ["builder/publish/tiles_difference_test.ts"],
  },
  {
    what: "a damaged tile ends the comparison of all frames",
    file: "builder/publish/verify_run.ts",
    from: "ArchiveError, BadTileError, ",
    to: "",
    tests: COMMAND,
  },
  {
    what: "the wind of a rebuilt frame is not compared",
    file: "builder/publish/refetch_frame.ts",
    from: 'windDiffers(published.wind ?? null, artifacts.wind) ? "wind: it differs" : null,',
    to: "null,",
    tests: COMMAND,
  },
];
