/** The texts of a variable that a search reads. */
export interface Searched {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly units: string;
}

/** Readers' words for things that the tables name differently. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  clouds: "cloud",
  dewpoint: "dew point",
  echoes: "reflectivity",
  fog: "visibility",
  gusts: "gust",
  instability: "cape",
  mslp: "pressure",
  qpf: "precipitation",
  radar: "reflectivity",
  rain: "precipitation",
  rh: "humidity",
  slp: "pressure",
  storms: "cape",
  t2m: "tmp2m",
  thunderstorms: "cape",
  winds: "wind",
  z500: "hgt500",
};

/** Whether a variable matches all words of a search, in any order: by name, group, id, units or readers' words. */
export function isMeant({ id, name, group, units }: Searched, search: string): boolean {
  const text = `${name} ${group} ${id} ${units}`.toLowerCase();
  return search.toLowerCase().split(/\s+/).every((word) =>
    text.includes(word) || (Object.hasOwn(OTHER_WORDS, word) && text.includes(OTHER_WORDS[word]!))
  );
}
