import assert from "node:assert/strict";
import type { VarId } from "../../contract/identity.ts";
import { modelGeometry } from "../../contract/models.ts";
import { frameId, syntheticInput } from "../../tests/support/published_root.ts";
import { selectorName } from "../grib/message_selector.ts";
import { hrrr } from "../models/hrrr.ts";
import { findVariable } from "../models/registry.ts";
import { makeDecoder } from "./build_frame.ts";
import { frameWind } from "./frame_wind.ts";

Deno.test("frameWind() makes the wind of speed and direction once, for each hour anew", async () => {
  const frame = frameId(0, "wspd10m");
  await using input = await syntheticInput(frame);
  const windOf = (id: string, decoder: ReturnType<typeof makeDecoder>) =>
    frameWind(
      findVariable(hrrr, id as VarId).derivation,
      (selector) =>
        decoder.decode(input.input.messages.find((each) => selectorName(each.selector) === selectorName(selector))!),
      modelGeometry("hrrr")!,
    );
  const hour = makeDecoder(hrrr, frame);
  const speed = windOf("wspd10m", hour);
  assert.ok(speed !== null);
  assert.equal(windOf("wdir10m", hour), speed);
  const again = windOf("wspd10m", makeDecoder(hrrr, frame))!;
  assert.notEqual(again, speed);
  assert.deepEqual(again.bytes, speed.bytes);
});
