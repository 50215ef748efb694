/**
 * The centre and model of a message, and its kind of data, from sections 1 and 4. The files of two models can look
 * alike: an AIFS and an IFS temperature have the same grid, parameter and time, and only these numbers differ.
 */
export interface MessageOrigin {
  /** Common code table C-11; 65535 when no centre is named. */
  readonly centre: number;
  readonly subCentre: number;
  /** The centre's own number for the model that made the message. */
  readonly process: number;
  /** Code table 1.3; 0 is operational. */
  readonly productionStatus: number;
  /** Code table 1.4; 0 is an analysis, 1 a forecast. */
  readonly dataType: number;
}

/** The origin that all messages of a model name. */
export interface ExpectedOrigin {
  readonly centre: number;
  readonly subCentre: number;
  /** Numbers of the generating process: single ones, or a range that grows with the model's versions. */
  readonly processes: readonly (number | { readonly from: number; readonly to: number })[];
}

const CENTRES: Readonly<Record<number, string>> = {
  7: "NCEP",
  8: "NWS",
  34: "JMA",
  54: "Montreal",
  74: "Met Office",
  78: "DWD",
  85: "Météo-France",
  98: "ECMWF",
  161: "NOAA",
  65535: "none",
};
const STATUSES: Readonly<Record<number, string>> = {
  0: "operational",
  1: "operational test",
  2: "research",
  3: "re-analysis",
  4: "TIGGE",
  5: "TIGGE test",
  6: "S2S",
  7: "S2S test",
};
const OPERATIONAL = 0;
const DATA_TYPES: Readonly<Record<number, string>> = {
  0: "analysis",
  1: "forecast",
  2: "analysis and forecast",
  3: "control forecast",
  4: "perturbed forecast",
  5: "control and perturbed forecast",
  6: "satellite observations",
  7: "radar observations",
};
/** Types of data of a deterministic model: some centres call the first hour an analysis, others a forecast. */
const DETERMINISTIC: readonly number[] = [0, 1];

const named = (number: number, names: Readonly<Record<number, string>>) => {
  const name = names[number];
  return name === undefined ? String(number) : `${number} (${name})`;
};

/** Describes the first number that is not the expected model's, with the expected one. Null when all numbers are. */
export function originDifference(found: MessageOrigin, expected: ExpectedOrigin): string | null {
  if (found.centre !== expected.centre) {
    return `originating centre ${named(found.centre, CENTRES)}, expected ${named(expected.centre, CENTRES)}`;
  }
  if (found.subCentre !== expected.subCentre) return `sub-centre ${found.subCentre}, expected ${expected.subCentre}`;
  if (!expected.processes.some((process) => holds(process, found.process))) {
    return `generating process ${found.process}, expected ${expected.processes.map(processText).join(" or ")}`;
  }
  if (found.productionStatus !== OPERATIONAL) {
    return `production status ${named(found.productionStatus, STATUSES)}, expected ${named(OPERATIONAL, STATUSES)}`;
  }
  if (!DETERMINISTIC.includes(found.dataType)) {
    const wanted = DETERMINISTIC.map((type) => named(type, DATA_TYPES)).join(" or ");
    return `type of data ${named(found.dataType, DATA_TYPES)}, expected ${wanted}`;
  }
  return null;
}

type Process = ExpectedOrigin["processes"][number];

function holds(process: Process, found: number): boolean {
  return typeof process === "number" ? process === found : found >= process.from && found <= process.to;
}

function processText(process: Process): string {
  return typeof process === "number" ? String(process) : `${process.from} to ${process.to}`;
}
