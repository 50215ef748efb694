import { cycleTime, type RunId } from "../../contract/identity.ts";
import { type Lead, leadMinutes } from "../../contract/lead.ts";
import { COARSE, FINE, spread, type Values } from "./hrrr_grid.ts";
import { onDemand } from "./on_demand.ts";
import { FALLING, fallingAt, precipitationRate } from "./precipitation.ts";
import { reflectivityDbz } from "./reflectivity.ts";
import { synopticAt } from "./synoptic.ts";
import { temperatureK } from "./temperature.ts";

/** Amounts that fell since the start of a run, row-major on the HRRR grid. */
export interface Amounts {
  /** Precipitation of the whole time and of its last hour, kg m-2. */
  readonly precipitation: Values;
  readonly lastHourPrecipitation: Values;
  /** Depth of fresh snow in the whole time, m. */
  readonly snowM: Values;
}

/** Amounts of one hour on the coarse points. */
interface HourAmounts {
  readonly precipitation: Values;
  readonly snowM: Values;
}

const HOUR_MS = 3_600_000;
/** Steps of the sum over an hour: in one step the front moves less than its width. */
const STEPS_PER_HOUR = 6;
/** Snow depth per precipitation: ten times the depth of the water, of which 1 kg m-2 is 1 mm. */
const SNOW_M_PER_KG_M2 = 0.01;

/** Hours of the latest run that are summed already, since each forecast hour needs all before it. */
let knownRun: RunId | null = null;
let knownHours: HourAmounts[] = [];

/** Sums whole hours, so that a run's total is the sum of its hours. */
export function amountsOf(run: RunId, lead: Lead): Amounts {
  const hours = Math.floor(leadMinutes(lead) / 60);
  if (run !== knownRun) {
    knownRun = run;
    knownHours = [];
  }
  const precipitation = new Float32Array(COARSE.width * COARSE.height);
  const snowM = new Float32Array(precipitation.length);
  const start = cycleTime(run).getTime();
  for (let hour = 0; hour < hours; hour++) {
    const amounts = knownHours[hour] ??= amountsOfHour(start + hour * HOUR_MS);
    for (let i = 0; i < precipitation.length; i++) {
      precipitation[i] = precipitation[i]! + amounts.precipitation[i]!;
      snowM[i] = snowM[i]! + amounts.snowM[i]!;
    }
  }
  const last = knownHours[hours - 1]?.precipitation ?? new Float32Array(precipitation.length);
  return onDemand<Amounts>({
    precipitation: () => spread(precipitation, FINE),
    lastHourPrecipitation: () => spread(last, FINE),
    snowM: () => spread(snowM, FINE),
  });
}

function amountsOfHour(startMs: number): HourAmounts {
  const precipitation = new Float32Array(COARSE.width * COARSE.height);
  const snowM = new Float32Array(precipitation.length);
  const stepS = 3600 / STEPS_PER_HOUR;
  for (let step = 0; step < STEPS_PER_HOUR; step++) {
    const synoptic = synopticAt(new Date(startMs + (step + 0.5) * stepS * 1000));
    const reflectivity = reflectivityDbz(COARSE, synoptic);
    const falling = fallingAt(COARSE, synoptic, reflectivity, temperatureK(COARSE, synoptic));
    const rate = precipitationRate(reflectivity, falling);
    for (let i = 0; i < rate.length; i++) {
      const fallen = rate[i]! * stepS;
      precipitation[i] = precipitation[i]! + fallen;
      if (falling[i] === FALLING.snow) snowM[i] = snowM[i]! + fallen * SNOW_M_PER_KG_M2;
    }
  }
  return { precipitation, snowM };
}
