/** What an index says of a file, whichever format it is written in. Words are those of the NCEP inventory. */

export type Statistic = "instant" | "accumulation" | "average" | "maximum" | "minimum";

/** What a field's time means: an instant (`startMinutes` = `endMinutes`), or a statistic over a window. */
export interface FieldTime {
  readonly statistic: Statistic;
  /** Minutes after the cycle. */
  readonly startMinutes: number;
  readonly endMinutes: number;
}

/** One field of a file, as the file's index tells of it. Two fields packed in one message have the same range. */
export interface InventoryEntry {
  readonly start: number;
  /** First byte after the message, or null for the last one: the index does not tell where it ends. */
  readonly end: number | null;
  readonly cycle: Date;
  readonly element: string;
  readonly level: string;
  /** Null when the words for the time are none this reader knows; such a field is never selected. */
  readonly time: FieldTime | null;
  /** Ensemble, probability and percentile detail; a deterministic field has none. */
  readonly extra: string;
  /** `TMP:2 m above ground:1 hour fcst`. */
  readonly words: string;
  /** As it stands in the index. */
  readonly line: string;
}
