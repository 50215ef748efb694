/**
 * What a message is about, in GRIB2's own numbers. GDAL's element names differ with the centre and with the window
 * (`APCP06`, `unknown`), the numbers do not.
 * @see GRIB2 code tables 4.1, 4.2 and 4.5; NCEP's local numbers from 192
 */

export interface Parameter {
  readonly discipline: number;
  readonly category: number;
  /** NCEP moved some fields from local to WMO numbers; either is the field. */
  readonly numbers: readonly number[];
}

/** By the element name of the NCEP inventory. */
const PARAMETERS: Readonly<Record<string, Parameter>> = {
  TMP: { discipline: 0, category: 0, numbers: [0] },
  DPT: { discipline: 0, category: 0, numbers: [6] },
  RH: { discipline: 0, category: 1, numbers: [1] },
  APCP: { discipline: 0, category: 1, numbers: [8] },
  SNOD: { discipline: 0, category: 1, numbers: [11] },
  CRAIN: { discipline: 0, category: 1, numbers: [33, 192] },
  CFRZR: { discipline: 0, category: 1, numbers: [34, 193] },
  CICEP: { discipline: 0, category: 1, numbers: [35, 194] },
  CSNOW: { discipline: 0, category: 1, numbers: [36, 195] },
  UGRD: { discipline: 0, category: 2, numbers: [2] },
  VGRD: { discipline: 0, category: 2, numbers: [3] },
  GUST: { discipline: 0, category: 2, numbers: [22] },
  TCDC: { discipline: 0, category: 6, numbers: [1] },
  REFC: { discipline: 0, category: 16, numbers: [5, 196] },
};

/** @throws RangeError for an element that is not in the table */
export function parameterOf(element: string): Parameter {
  const parameter = PARAMETERS[element];
  if (!parameter) throw new RangeError(`Element "${element}" is not in the table of GRIB2 parameters`);
  return parameter;
}

export interface Surface {
  /** Code table 4.5. */
  readonly type: number;
  /** In the type's own unit: m, Pa; null where the type needs none. */
  readonly value: number | null;
}

/** The first fixed surface of a level in the inventory's words. @throws RangeError for words that are not known */
export function surfaceOf(level: string): Surface {
  const above = /^([0-9]+) m above ground$/.exec(level);
  if (above) return { type: 103, value: Number(above[1]) };
  const pressure = /^([0-9]+) mb$/.exec(level);
  if (pressure) return { type: 100, value: Number(pressure[1]) * 100 };
  const named: Readonly<Record<string, number>> = { "surface": 1, "entire atmosphere": 10, "mean sea level": 101 };
  const type = named[level];
  if (type === undefined) throw new RangeError(`Level "${level}" is not in the table of GRIB2 surfaces`);
  return { type, value: null };
}
