import assert from "node:assert/strict";
import { hasFrame } from "../../contract/manifest.ts";
import { rootsBelow } from "../../contract/paths.ts";
import { type FieldHeader, fieldHeaders } from "../../builder/grib/field_header.ts";
import { readManifest } from "../../builder/publish/read_manifest.ts";
import { gateCases } from "../support/gate_cases.ts";
import { runLimited } from "../support/memory_limit.ts";
import { moved } from "../support/real_bucket.ts";
import { requireSharedData, testWithSharedData } from "../support/shared_data.ts";
import { putHour, RUN, SHORT } from "../support/short_run.ts";
import { tempDir } from "../support/temp_dir.ts";
import { leadOfHours } from "../../contract/lead.ts";

/**
 * Tests of one bad message under a memory limit of 2 GiB: its frame is given up with the reason, all others are
 * published, and the process survives.
 */

type Bytes = Uint8Array<ArrayBuffer>;

const LIMIT_BYTES = 2 * 1024 ** 3;

interface BadMessage {
  readonly what: string;
  readonly change: (message: Bytes) => Bytes;
  readonly reason: RegExp;
}

/** Replaces the data section by 12 million data sections of five bytes each. */
function manySections(message: Bytes): Bytes {
  const { sections } = fieldHeaders(message, "a message")[0]!;
  const count = (60 * 1024 * 1024 - sections.data) / 5 | 0;
  const copy = new Uint8Array(sections.data + count * 5 + 4);
  copy.set(message.subarray(0, sections.data));
  for (let i = 0; i < count; i++) copy.set([0, 0, 0, 5, 7], sections.data + i * 5);
  copy.fill(0x37, copy.length - 4);
  new DataView(copy.buffer).setBigUint64(8, BigInt(copy.length));
  return copy;
}

const BAD: readonly BadMessage[] = [
  {
    what: "one bit of Nx",
    change: (message) => {
      message[fieldHeaders(message, "a message")[0]!.sections.grid + 30]! ^= 8;
      return message;
    },
    reason: /Wrong grid: TMP:2 m above ground:1 hour fcst in "file:.*134219168 × 721 points, expected 1440 × 721/,
  },
  {
    what: "the first value of the differences",
    change: (message) => {
      const { data } = fieldHeaders(message, "a message")[0]!.sections;
      message[data + 5]! ^= 1;
      return message;
    },
    reason: /gate "values", rule "value range": measured .* allowed -72.5 … 155/,
  },
  { what: "12 million data sections", change: manySections, reason: /message 1 of "file:.*" has more than 256 fields/ },
];

for (const { what, change, reason } of gateCases(BAD, 2)) {
  testWithSharedData(`a scheduler of 2 GB gives up a frame because of ${what}, and publishes all others`, async () => {
    await using folder = await tempDir();
    const file = await Deno.readFile(requireSharedData("gfs/gfs.20260129.t12z.f000.0p25.tmp2m-and-tmp2mb.grib2"));
    const [, { span }] = fieldHeaders(file, "a real file") as [FieldHeader, FieldHeader];
    const real = file.slice(span.start, span.start + span.length);
    const bucket = `${folder.path}/bucket`;
    for (const hour of [0, 1, 2]) {
      // The second message of an hour is the temperature.
      await putHour(
        bucket,
        RUN,
        hour,
        (message, place) => hour === 1 && place === 1 ? change(moved(real, RUN, hour)) : message,
      );
    }
    const dataRoot = `${folder.path}/data`;
    const { code, stdout, stderr, by } = await runLimited(
      ["run", "--quiet", "--allow-all", "tests/support/schedule_child.ts", bucket, dataRoot],
      LIMIT_BYTES,
    );
    assert.equal(code, 0, `held by ${by}: ${stderr}`);
    const manifest = await readManifest(rootsBelow(dataRoot), SHORT.id, RUN);
    const missing = SHORT.variables.flatMap(({ id }) =>
      [0, 1, 2].filter((hour) => !hasFrame(manifest!, { var: id, lead: leadOfHours(hour) })).map((hour) =>
        `${id} ${hour}`
      )
    );
    assert.deepEqual(missing, ["tmp2m 1"], stdout);
    const [failed] = manifest!.variables["tmp2m" as never]!.failed!;
    assert.equal(failed!.attempts, 5);
    assert.match(failed!.reason, reason);
    assert.doesNotMatch(failed!.reason, /vsimem|\/cache\//);
  });
}
