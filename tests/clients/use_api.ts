import createClient from "openapi-fetch";
import type { paths } from "./api.d.ts";

/**
 * A client program that was written from the API's document alone. tests/long/openapi_tools_test.ts checks and runs it.
 */
const api = createClient<paths>({ baseUrl: Deno.args[0]! });

const { data: listed } = await api.GET("/api/v3/models");
const [model] = listed!.models;
const where = { model: model!.id, run: "latest" };
const { data: variables } = await api.GET("/api/v3/{model}/{run}/vars", { params: { path: where } });
const [variable] = variables!.vars;
const query = { ...where, var: variable!.id, fh: "1", lat: 39, lon: -98 };
const { data: sample } = await api.GET("/api/v3/sample", { params: { query } });
const value: number | null = sample!.value;
const { data: frame } = await api.GET("/api/v3/{model}/{run}/{var}/{fh}", {
  params: { path: { ...where, var: variable!.id, fh: "1" } },
});
const validTime: string = frame!.valid_time;
const { error } = await api.GET("/api/v3/{model}/runs", { params: { path: { model: "NoModel" } } });
const parameter: string | undefined = error!.parameter;
console.log(JSON.stringify({ value, validTime, parameter, west: model!.coverage[0] }));
