import type { SourceUnit } from "../field/units.ts";

/**
 * The quantity of a field, in GRIB2's own numbers. Names differ between centres and windows (`APCP06`, `unknown`),
 * numbers do not.
 * @see GRIB2 code tables 4.1, 4.2 and 4.5; numbers from 192 are local to a centre
 */

export interface ParameterNumbers {
  readonly discipline: number;
  readonly category: number;
  readonly number: number;
  /** Unit of the stored values. */
  readonly unit: SourceUnit;
  /** Centre of a local number: the same number is rain at one centre and another quantity at the next. */
  readonly centre?: number;
}

/** Common code table C-11. */
const NCEP = 7;
const ECMWF = 98;

const meteorological = (category: number, number: number, unit: SourceUnit, centre?: number): ParameterNumbers => ({
  discipline: 0,
  category,
  number,
  unit,
  ...(centre === undefined ? {} : { centre }),
});

/**
 * Parameters by the element name of the NCEP inventory. An element that moved from local to WMO numbers, or that
 * centres number differently, has several forms, each with its own unit. Synthetic messages use the first form.
 */
const PARAMETERS = {
  TMP: [meteorological(0, 0, "K")],
  DPT: [meteorological(0, 6, "K")],
  RH: [meteorological(1, 1, "%")],
  PRATE: [meteorological(1, 7, "kg m-2 s-1"), meteorological(1, 52, "kg m-2 s-1")],
  APCP: [meteorological(1, 8, "kg m-2"), meteorological(1, 52, "kg m-2"), meteorological(1, 193, "m", ECMWF)],
  SNOD: [meteorological(1, 11, "m")],
  /** Water equivalent of the snow on the ground. */
  WEASD: [meteorological(1, 13, "kg m-2"), meteorological(1, 254, "m", ECMWF)],
  PTYPE: [meteorological(1, 19, "code 4.201")],
  /** Depth of the fallen snow, at a variable density. */
  ASNOW: [meteorological(1, 29, "m")],
  SDEN: [meteorological(1, 61, "kg m-3")],
  CRAIN: [meteorological(1, 33, "flag"), meteorological(1, 192, "flag", NCEP)],
  CFRZR: [meteorological(1, 34, "flag"), meteorological(1, 193, "flag", NCEP)],
  CICEP: [meteorological(1, 35, "flag"), meteorological(1, 194, "flag", NCEP)],
  CSNOW: [meteorological(1, 36, "flag"), meteorological(1, 195, "flag", NCEP)],
  UGRD: [meteorological(2, 2, "m s-1")],
  VGRD: [meteorological(2, 3, "m s-1")],
  ABSV: [meteorological(2, 10, "s-1")],
  RELV: [meteorological(2, 12, "s-1")],
  GUST: [meteorological(2, 22, "m s-1")],
  PRMSL: [meteorological(3, 1, "Pa"), meteorological(3, 0, "Pa")],
  /** Pressure reduced to sea level by the Eta method (MSLET) and by the MAPS method (MSLMA). */
  MSLET: [meteorological(3, 192, "Pa", NCEP)],
  MSLMA: [meteorological(3, 198, "Pa", NCEP)],
  HGT: [meteorological(3, 5, "gpm")],
  TCDC: [meteorological(6, 1, "%"), meteorological(6, 192, "1", ECMWF)],
  CAPE: [meteorological(7, 6, "J kg-1")],
  REFC: [meteorological(16, 5, "dBZ"), meteorological(16, 196, "dBZ", NCEP)],
  VIS: [meteorological(19, 0, "m")],
} satisfies Readonly<Record<string, readonly ParameterNumbers[]>>;

/** An element of the table: another name in a model's table does not compile. */
export type GribElement = keyof typeof PARAMETERS;

/** Returns the forms of an element. @throws RangeError for an element that is not in the table */
export function parameterOf(element: string): readonly ParameterNumbers[] {
  const parameter = Object.hasOwn(PARAMETERS, element) ? PARAMETERS[element as GribElement] : undefined;
  if (!parameter) throw new RangeError(`Element "${element}" is not in the table of GRIB2 parameters`);
  return parameter;
}

/** Returns the inventory's name of a parameter, or its numbers when the table does not contain it. */
export function elementName(held: { centre: number; discipline: number; category: number; number: number }): string {
  const named = Object.entries(PARAMETERS).find(([, forms]) => forms.some((form) => isForm(form, held)));
  return named?.[0] ?? `${held.discipline}/${held.category}/${held.number}`;
}

/** Whether the numbers of a message are this form. A message without a centre may use every centre's local numbers. */
export function isForm(
  form: ParameterNumbers,
  held: { centre: number; discipline: number; category: number; number: number },
): boolean {
  return form.discipline === held.discipline && form.category === held.category && form.number === held.number &&
    (form.centre === undefined || form.centre === held.centre || isNoCentre(held.centre));
}

/** Whether the number is "missing", in two octets or in one. */
export function isNoCentre(centre: number): boolean {
  return centre === 65535 || centre === 255;
}

export interface Surface {
  /** Code table 4.5. */
  readonly type: number;
  /** Value in the type's own unit, such as m or Pa; null when the type needs no value. */
  readonly value: number | null;
  /** Type of the second surface, when only that tells two layers apart; null when any type matches. */
  readonly secondType: number | null;
}

const NAMED_SURFACES = {
  "surface": [{ type: 1, value: null, secondType: null }],
  // NCEP has its own type for the whole column; ECMWF codes a layer from "ground" to "nominal top".
  "entire atmosphere": [
    { type: 10, value: null, secondType: null },
    { type: 200, value: null, secondType: null },
    { type: 1, value: null, secondType: 8 },
  ],
  "mean sea level": [{ type: 101, value: null, secondType: null }],
  "most unstable parcel": [{ type: 17, value: null, secondType: null }],
} satisfies Readonly<Record<string, readonly Surface[]>>;

/** A level in the words of the NCEP inventory. */
export type GribLevel = keyof typeof NAMED_SURFACES | `${number} m above ground` | `${number} mb`;

/** Returns the surfaces that may code a level of the inventory. @throws RangeError for a level not in the table */
export function surfacesOf(level: string): readonly Surface[] {
  const above = /^([0-9]+) m above ground$/.exec(level);
  if (above) return [{ type: 103, value: Number(above[1]), secondType: null }];
  const pressure = /^([0-9]+) mb$/.exec(level);
  if (pressure) return [{ type: 100, value: Number(pressure[1]) * 100, secondType: null }];
  const named = Object.hasOwn(NAMED_SURFACES, level) ? NAMED_SURFACES[level as keyof typeof NAMED_SURFACES] : undefined;
  if (!named) throw new RangeError(`Level "${level}" is not in the table of GRIB2 surfaces`);
  return named;
}

/** Returns the inventory's name of a surface, or the surface's type when the inventory has no name for it. */
export function levelName({ type, value, secondType }: { type: number; value: number; secondType: number }): string {
  if (type === 103) return `${value} m above ground`;
  if (type === 100) return `${value / 100} mb`;
  const named = Object.entries(NAMED_SURFACES).find(([, surfaces]) =>
    surfaces.some((surface) => surface.type === type && surface.secondType === (secondType === 255 ? null : secondType))
  );
  return named?.[0] ?? `surface type ${type}`;
}
