import { aecDecode } from "../../builder/grib/aec/decode.ts";
import { CCSDS_MESSAGE } from "./ccsds_message.ts";

/** A program with its own memory: decodes a message many times, and prints the growth of its memory in bytes. */
const PACKED = CCSDS_MESSAGE.slice(253 - 4 - 65, 253 - 4);
const PARAMETERS = { bitsPerSample: 8, blockSize: 32, rsi: 128, flags: 14 };

function round(): number {
  for (let i = 0; i < 20_000; i++) aecDecode(PACKED, 64, PARAMETERS);
  return Deno.memoryUsage().rss;
}

for (let warmUp = 0; warmUp < 3; warmUp++) round();
const before = round();
Deno.stdout.writeSync(new TextEncoder().encode(String(round() - before)));
