import * as z from "zod";
import { modelIdSchema, runIdSchema, varIdSchema } from "./identity.ts";

/** Schemas of the events on the stream: the `data` of an event, by the event's name. */
export const EVENT_SCHEMAS = {
  /** A run appeared. */
  run: z.object({ model: modelIdSchema, run: runIdSchema }),
  /** A run is no longer published. */
  removed: z.object({ model: modelIdSchema, run: runIdSchema }),
  /** A variable of a run has new frames. */
  frames: z.object({
    model: modelIdSchema,
    run: runIdSchema,
    var: varIdSchema,
    available_frames: z.number().int().nonnegative(),
    expected_frames: z.number().int().positive(),
  }),
  /** Another run became the latest one. */
  latest: z.object({ model: modelIdSchema, run: runIdSchema }),
  /** Events since the client's last one are lost, so the client has to read the state again. */
  missed: z.object({}),
} as const;

export type EventName = keyof typeof EVENT_SCHEMAS;
export type EventData<Name extends EventName> = z.infer<typeof EVENT_SCHEMAS[Name]>;
export type CatalogueEvent = { readonly [Name in EventName]: { readonly name: Name; readonly data: EventData<Name> } }[
  EventName
];
