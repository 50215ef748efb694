import * as z from "zod";
import { modelIdSchema, runIdSchema, varIdSchema } from "./identity.ts";

/** What is sent on the stream of events, as the `data` of an event of this name. */
export const EVENT_SCHEMAS = {
  /** A run appeared. */
  run: z.object({ model: modelIdSchema, run: runIdSchema }),
  /** A run is not published any more. */
  removed: z.object({ model: modelIdSchema, run: runIdSchema }),
  /** A variable of a run has frames that it had not. */
  frames: z.object({
    model: modelIdSchema,
    run: runIdSchema,
    var: varIdSchema,
    available_frames: z.number().int().nonnegative(),
    expected_frames: z.number().int().positive(),
  }),
  /** Another run is the one readers see first. */
  latest: z.object({ model: modelIdSchema, run: runIdSchema }),
  /** What was told since the client's last event is not known any more: it has to ask for the state. */
  missed: z.object({}),
} as const;

export type EventName = keyof typeof EVENT_SCHEMAS;
export type EventData<Name extends EventName> = z.infer<typeof EVENT_SCHEMAS[Name]>;
export type CatalogueEvent = { readonly [Name in EventName]: { readonly name: Name; readonly data: EventData<Name> } }[
  EventName
];
