import { type Field, requireSameShape } from "../field/field.ts";

const ZERO_CELSIUS_K = 273.15;
/**
 * Coefficients of the Magnus formula over water.
 * @see Alduchov and Eskridge 1996, doi:10.1175/1520-0450(1996)035<0601:IMFAOS>2.0.CO;2
 */
const SLOPE = 17.625;
const OFFSET_C = 243.04;

/**
 * Computes relative humidity over water in %, at most 100, from temperature and dew point in K. A cell is missing where
 * either input is missing.
 * @throws RangeError when the fields are not on the same grid
 */
export function relativeHumidity(temperatureK: Field, dewPointK: Field): Field {
  requireSameShape(temperatureK, dewPointK);
  const magnus = (kelvin: number) => {
    const celsius = kelvin - ZERO_CELSIUS_K;
    return SLOPE * celsius / (OFFSET_C + celsius);
  };
  const values = new Float32Array(temperatureK.values.length);
  for (let i = 0; i < values.length; i++) {
    const percent = 100 * Math.exp(magnus(dewPointK.values[i]!) - magnus(temperatureK.values[i]!));
    values[i] = percent > 100 ? 100 : percent;
  }
  return { ...temperatureK, values };
}
