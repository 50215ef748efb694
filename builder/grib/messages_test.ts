import assert from "node:assert/strict";
import fc from "fast-check";
import { concatenate } from "../concatenate.ts";
import { claimingLength, fakeMessage, withoutEnd } from "../../tests/support/faulty_bucket.ts";
import { requireSharedData, testWithSharedData } from "../../tests/support/shared_data.ts";
import { BadGribError, gribMessages, messageLength, requireOneMessage } from "./messages.ts";
import type { Bytes } from "./messages.ts";

const text = (words: string): Bytes => new TextEncoder().encode(words);

function refuses(bytes: Bytes, message: RegExp): void {
  assert.throws(() => gribMessages(bytes, "x.grib2"), (error: unknown) => {
    assert.ok(error instanceof BadGribError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

/** Returns a section 0 with any length, and nothing after it. */
function headerClaiming(length: bigint): Bytes {
  const header = fakeMessage(20).slice(0, 16);
  new DataView(header.buffer).setBigUint64(8, length);
  return header;
}

Deno.test("gribMessages() returns start and length of each message", () => {
  const spans = gribMessages(concatenate([fakeMessage(20), fakeMessage(100), fakeMessage(31)]), "x.grib2");
  assert.deepEqual(spans, [{ start: 0, length: 20 }, { start: 20, length: 100 }, { start: 120, length: 31 }]);
});

Deno.test("gribMessages() skips bytes before, between and after messages", () => {
  const bytes = concatenate([text("\r\n"), fakeMessage(40), text("\0GRI\0G"), fakeMessage(50), text("\r\nGRI")]);
  assert.deepEqual(gribMessages(bytes, "x.grib2"), [{ start: 2, length: 40 }, { start: 48, length: 50 }]);
});

Deno.test("gribMessages() refuses a file of more than 10,000 messages", () => {
  const message = fakeMessage(20);
  const file = (count: number) => concatenate(Array.from({ length: count }, () => message));
  assert.equal(gribMessages(file(10_000), "x.grib2").length, 10_000);
  refuses(file(10_001), /^"x\.grib2" holds more than 10000 messages$/);
});

Deno.test("gribMessages() does not search for messages inside a message", () => {
  const message = concatenate([fakeMessage(60)]);
  message.set(text("GRIB"), 30);
  assert.deepEqual(gribMessages(message, "x.grib2"), [{ start: 0, length: 60 }]);
});

Deno.test("gribMessages() reads bytes that are part of a larger buffer", () => {
  const whole = concatenate([text("GRIBGRIB"), fakeMessage(40)]);
  assert.deepEqual(gribMessages(whole.subarray(8), "x.grib2"), [{ start: 0, length: 40 }]);
});

Deno.test("gribMessages() names a truncated message and the number of its missing bytes", () => {
  const bytes = concatenate([fakeMessage(100), fakeMessage(200)]);
  refuses(
    bytes.slice(0, 299),
    /^Truncated GRIB: message 2 of "x.grib2" should be 200 bytes long and lacks the last 1$/,
  );
  refuses(bytes.slice(0, 120), /message 2 of "x.grib2" should be 200 bytes long and lacks the last 180$/);
  refuses(bytes.slice(0, 99), /message 1 of "x.grib2" should be 100 bytes long and lacks the last 1$/);
});

Deno.test("gribMessages() refuses a message that ends within its header", () => {
  for (const length of [4, 8, 15]) {
    refuses(fakeMessage(100).slice(0, length), /^Truncated GRIB: message 1 of "x.grib2" ends within its header$/);
  }
});

/** Returns a message of edition 1: its length in three bytes, then the edition. */
function ofEdition1(lengthBytes: number): Bytes {
  const message = new Uint8Array(lengthBytes);
  message.set(text("GRIB"));
  message.set([lengthBytes >> 16, (lengthBytes >> 8) & 255, lengthBytes & 255, 1], 4);
  message.set(text("7777"), lengthBytes - 4);
  return message;
}

Deno.test("gribMessages() skips messages of edition 1 anywhere in the file", () => {
  const file = concatenate([ofEdition1(70_000), fakeMessage(100), ofEdition1(30), fakeMessage(50)]);
  assert.deepEqual(gribMessages(file, "x"), [{ start: 70_000, length: 100 }, { start: 70_130, length: 50 }]);
});

Deno.test("gribMessages() skips the letters GRIB in padding", () => {
  const file = concatenate([
    text("GRIB2 file, not a message"),
    fakeMessage(100),
    text("GRIB made by GRIB tools, and more text"),
  ]);
  assert.deepEqual(gribMessages(file, "x"), [{ start: 25, length: 100 }]);
});

Deno.test("gribMessages() names the edition when it refuses a file with messages of edition 1 only", () => {
  const only = /^Not a GRIB2 file: "x.grib2" holds only messages of edition 1 \(2\)$/;
  refuses(concatenate([ofEdition1(100), ofEdition1(40)]), only);
});

Deno.test("gribMessages() refuses a message that does not end in 7777", () => {
  refuses(withoutEnd(fakeMessage(100)), /^Corrupt GRIB: message 1 of "x.grib2" does not end in 7777$/);
  refuses(concatenate([claimingLength(-1)(fakeMessage(100)), fakeMessage(20)]), /message 1 .* does not end in 7777$/);
});

Deno.test("gribMessages() refuses bytes that contain no message", () => {
  for (const bytes of [text(""), text("GRI"), text("<html>no such key</html>"), new Uint8Array(1000)]) {
    refuses(bytes, /^Not a GRIB2 file: "x.grib2" holds no message$/);
  }
});

Deno.test("gribMessages() refuses a message with an impossible length, without a search for its end", () => {
  const lengths = [0n, 1n, 4n, 16n, 19n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];
  for (const length of lengths) {
    refuses(concatenate([headerClaiming(length), text("7777")]), /^(Truncated|Corrupt) GRIB: message 1 of/);
  }
  refuses(concatenate([text("7777"), headerClaiming(0n)]), /^Corrupt GRIB/);
});

Deno.test("gribMessages() returns spans inside the bytes or throws a BadGribError for any bytes", () => {
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 30 }),
    fc.constant(text("GRIB")),
    fc.constant(text("7777")),
    fc.integer({ min: 20, max: 60 }).map((length) => fakeMessage(length)),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(headerClaiming),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const bytes = concatenate(parts);
      try {
        let before = 0;
        for (const { start, length } of gribMessages(bytes, "x")) {
          assert.ok(start >= before && length >= 20 && start + length <= bytes.length);
          before = start + length;
        }
      } catch (error) {
        assert.ok(error instanceof BadGribError, String(error));
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("messageLength() reads the length from section 0 alone", () => {
  assert.equal(messageLength(fakeMessage(70_000).slice(0, 16), "x"), 70_000);
  assert.equal(messageLength(concatenate([text("GRIB"), fakeMessage(300)]).subarray(4), "x"), 300);
});

Deno.test("messageLength() refuses bytes that do not begin a GRIB2 message", () => {
  const edition1 = fakeMessage(100);
  edition1[7] = 1;
  const otherMagic = fakeMessage(100);
  otherMagic.set(text("BUFR"));
  const shifted = concatenate([text("\n"), fakeMessage(100)]);
  for (const bytes of [edition1, otherMagic, shifted, fakeMessage(100).slice(0, 15), text("")]) {
    assert.throws(() => messageLength(bytes, "x"), /^BadGribError: Not a GRIB2 message: x does not begin with/);
  }
});

Deno.test("messageLength() refuses an impossible length", () => {
  for (const length of [0n, 1n, 19n, 2n ** 26n + 1n, 2n ** 53n, 2n ** 64n - 1n]) {
    assert.throws(
      () => messageLength(headerClaiming(length), "x"),
      /^BadGribError: Corrupt GRIB: x has a length of [0-9]+ bytes in section 0, expected 20 to 67108864$/,
    );
  }
  assert.equal(messageLength(headerClaiming(20n), "x"), 20);
});

Deno.test("requireOneMessage() accepts only one whole message", () => {
  const message = fakeMessage(100);
  requireOneMessage(message, "x");
  const others = [
    concatenate([message, message]),
    concatenate([message, text("\n")]),
    concatenate([text("\n"), message]),
    message.slice(0, -1),
    text(""),
  ];
  for (const bytes of others) assert.throws(() => requireOneMessage(bytes, "x"), BadGribError);
});

Deno.test("requireOneMessage() names length and offset of the message that it found instead", () => {
  assert.throws(
    () => requireOneMessage(concatenate([text("\n\n"), fakeMessage(100)]), "x"),
    /^BadGribError: Expected one GRIB message of 102 bytes in "x": found one of 100 at byte 2$/,
  );
});

const REAL_FILES = [
  { path: "hrrr/hrrr.20260129.t17z.f001.tmp2m.grib2", messages: 1 },
  { path: "hrrr/hrrr.20260129.t17z.f000.prate-allzero.grib2", messages: 1 },
  { path: "hrrr/hrrr.20260129.t17z.f006.apcp.grib2", messages: 2 },
  { path: "hrrr/hrrr.20240906.t00z.f000.nomads-subset-104x93.grib2", messages: 49 },
  { path: "gfs/gfs.20200804.t12z.f006.0p25.nomads-subset-49x33-all.grib2", messages: 588 },
  { path: "nam/nam.20180917.t00z.awp211.f000.all.grib2", messages: 154 },
  { path: "ecmwf/ecmwf.20260310.t00z.f000.0p25.ptype-tcc-sd-rsn-asn.grib2", messages: 5 },
];

testWithSharedData("gribMessages() covers real files from the first byte to the last", () => {
  for (const { path, messages } of REAL_FILES) {
    const bytes = Deno.readFileSync(requireSharedData(path));
    const spans = gribMessages(bytes, path);
    assert.equal(spans.length, messages, path);
    assert.equal(spans.reduce((sum, { length }) => sum + length, 0), bytes.length, path);
  }
});

testWithSharedData("gribMessages() skips the stray byte between the messages of a real file", () => {
  const path = requireSharedData("hrrr/hrrr.20201214.t00z.f012.apcp.grib2");
  assert.deepEqual(gribMessages(Deno.readFileSync(path), path), [
    { start: 0, length: 887243 },
    { start: 887244, length: 644938 },
  ]);
});

testWithSharedData("gribMessages() names the number of bytes that a truncated real message lacks", () => {
  const path = requireSharedData("hrrr/hrrr.20260129.t17z.f001.tmp2m.grib2");
  const bytes = Deno.readFileSync(path);
  for (const missing of [1, 4, 1000, bytes.length - 16]) {
    refuses(
      bytes.slice(0, bytes.length - missing),
      new RegExp(`should be 1194459 bytes long and lacks the last ${missing}$`),
    );
  }
});
