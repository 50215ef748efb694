import * as z from "zod";

export const PROBLEM_MEDIA_TYPE = "application/problem+json";

/** Problem details. @see RFC 9457, problem details for HTTP APIs */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int().min(400).max(599),
  detail: z.string(),
  /** The parameter that was refused, if the problem concerns one. */
  parameter: z.string().optional(),
});
export type Problem = z.infer<typeof problemSchema>;
