import { type Address, callForHandle, copyString, cString, gdal, NULL } from "./library.ts";

/**
 * A `char **` that GDAL built, freed by `using`. TypeScript never keeps addresses of its own strings, which a garbage
 * collection may free while GDAL still reads them.
 */
export class StringList implements Disposable {
  #address: Address = NULL;

  /** Builds a list of `NAME=value` entries, the form of creation and open options. */
  static ofOptions(options: Readonly<Record<string, string>>): StringList {
    // Strings are encoded first: an invalid one throws before there is a list to free.
    const entries = Object.entries(options).map(([name, value]) => [cString(name), cString(value)] as const);
    const list = new StringList();
    for (const [name, value] of entries) {
      list.#address = callForHandle(
        "CSLSetNameValue",
        null,
        (gdal) => gdal.CSLSetNameValue(list.#address, name, value),
      );
    }
    return list;
  }

  static ofWords(words: readonly string[]): StringList {
    const texts = words.map(cString);
    const list = new StringList();
    for (const text of texts) {
      list.#address = callForHandle("CSLAddString", null, (gdal) => gdal.CSLAddString(list.#address, text));
    }
    return list;
  }

  get address(): Address {
    return this.#address;
  }

  [Symbol.dispose](): void {
    gdal().symbols.CSLDestroy(this.#address);
    this.#address = NULL;
  }
}

/** Copies the strings of a list that GDAL owns. */
export function copyStringList(address: Address): string[] {
  const { symbols } = gdal();
  const count = symbols.CSLCount(address);
  return Array.from({ length: count }, (_, i) => copyString(symbols.CSLGetField(address, i)));
}
