import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { publishedRoot } from "../support/published_root.ts";
import { testApp } from "../support/test_app.ts";

/** Tests of the API with random requests that its OpenAPI document generates; answers are checked against it. */

const REQUESTS = 1000;
const SEED = 20260217;

// deno-lint-ignore no-explicit-any -- a parsed document
type Json = any;

const root = await publishedRoot([0, 1, 2], ["tmp2m"]);
Deno.test.afterAll(async () => await root[Symbol.asyncDispose]());

/** Resolves references within the document. */
function resolved(document: Json, value: Json): Json {
  if (typeof value?.$ref !== "string") return value;
  const parts = value.$ref.slice("#/".length).split("/");
  return resolved(document, parts.reduce((part: Json, name: string) => part[name], document));
}

/** Generates values of a parameter: its example, values of its schema and, rarely, values that the schema forbids. */
function valueOf(document: Json, { schema, example, name }: Json): fc.Arbitrary<string> {
  const { type, minimum, maximum, enum: values, pattern, const: only, anyOf } = resolved(document, schema);
  const good = only !== undefined
    ? fc.constant(only)
    : values
    ? fc.constantFrom(...values)
    : type === "integer"
    ? fc.integer({ min: minimum, max: Math.min(maximum, 20) })
    : type === "number"
    ? fc.double({ min: minimum, max: maximum, noNaN: true }).map((value) => value.toFixed(3))
    : pattern
    ? fc.stringMatching(new RegExp(pattern)).filter((text) => text.length < 100)
    : anyOf
    ? fc.constant("latest")
    : fc.string({ maxLength: 20 });
  const bad = fc.constantFrom("", "-1", "999999", "x y", "..", "%00", "é", "latest", "NaN", "a".repeat(40));
  const usual = example === undefined ? [] : [{ weight: 12, arbitrary: fc.constant(example) }];
  return fc.oneof(...usual, { weight: 4, arbitrary: good }, { weight: 1, arbitrary: bad })
    .map((value) => name === "v" ? String(value).toLowerCase() : String(value));
}

const HEADER_VALUES: Readonly<Record<string, readonly string[]>> = {
  "If-None-Match": ["*", '"x"', 'W/"x", "y"'],
  Range: ["bytes=0-9", "bytes=-5", "bytes=99999999999-", "lines=1-2"],
};

interface Question {
  readonly path: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
}

function questions(document: Json): fc.Arbitrary<Question> {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Json).map(([method, operation]) => ({ path, method, operation: operation as Json }))
  ).filter(({ operation }) => !operation.responses["200"].content["text/event-stream"]);
  return fc.constantFrom(...operations).chain(({ path, method, operation }) => {
    const parameters: Json[] = operation.parameters.map((parameter: Json) => resolved(document, parameter));
    const values: fc.Arbitrary<Record<string, string | undefined>> = fc.record(
      Object.fromEntries(parameters.map((parameter) => {
        const value = parameter.in === "header"
          ? fc.constantFrom(...HEADER_VALUES[parameter.name]!)
          : valueOf(document, parameter);
        return [parameter.name, fc.option(value, { nil: undefined, freq: parameter.required ? 30 : 2 })];
      })),
    );
    const example = operation.requestBody?.content["application/json"].example;
    const body = example === undefined ? fc.constant(null) : fc.oneof(
      fc.constant(JSON.stringify(example)),
      fc.record({ fh: fc.integer({ min: -1, max: 3 }), units: fc.constant(undefined) })
        .map((change) => JSON.stringify({ ...example, ...change })),
      fc.constantFrom("", "{", "[]", "x".repeat(70_000)),
    );
    return fc.record({ values, body }).map(({ values, body }) => {
      const given = (place: string) =>
        parameters.filter((parameter) => parameter.in === place && values[parameter.name] !== undefined)
          .map(({ name }) => [name, values[name]!]);
      const inPath = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name] ?? "1"));
      const query = given("query").map(([name, value]) => `${name}=${encodeURIComponent(value!)}`).join("&");
      return {
        path,
        method,
        body,
        url: query === "" ? inPath : `${inPath}?${query}`,
        headers: Object.fromEntries(given("header")),
      };
    });
  });
}

Deno.test(`${REQUESTS} random requests from the API's document are answered as it documents`, async () => {
  using app = await testApp(root.dataRoot, { TWF_V3_PREFETCH_HOURS: "0" });
  const document: Json = await (await app.get("/api/v3/openapi.json")).json();
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  ajv.addSchema(document, "document");
  const check = (pointer: string, value: unknown, what: string) => {
    const validate = ajv.compile({ $ref: `document#${pointer}` });
    assert.ok(validate(value), `${what}: ${ajv.errorsText(validate.errors)}`);
  };
  const escape = (text: string) => text.replaceAll("~", "~0").replaceAll("/", "~1");
  const seen = new Map<string, number>();
  for (
    const { path, method, url, headers, body } of fc.sample(questions(document), { numRuns: REQUESTS, seed: SEED })
  ) {
    const response = await app.fetch(
      new Request(`http://localhost${url}`, {
        method: method.toUpperCase(),
        headers: { ...headers, ...(body === null ? {} : { "content-type": "application/json" }) },
        ...(body === null ? {} : { body }),
      }),
    );
    const what = `${method} ${url} ${JSON.stringify(headers)}: ${response.status}`;
    // A path with odd values may belong to another operation, or to none.
    const isItself = !/%2F|%00|\/\.\.?(\/|$)|\/\//i.test(url);
    const answers = document.paths[path][method].responses;
    if (isItself) {
      assert.ok(answers[response.status], `${what} is not in the document`);
      seen.set(String(response.status), (seen.get(String(response.status)) ?? 0) + 1);
    }
    const answer = isItself ? resolved(document, answers[response.status]) : null;
    const type = response.headers.get("content-type")?.split(";")[0];
    if (answer?.content) assert.ok(answer.content[type!], `${what}: ${type} is not in the document`);
    const bytes = await response.bytes();
    if (!answer?.content) continue;
    const { $ref: reference } = answers[response.status];
    const pointer = reference
      ? `${reference.slice(1)}/content/${escape(type!)}/schema`
      : `/paths/${escape(path)}/${method}/responses/${response.status}/content/${escape(type!)}/schema`;
    const isJson = type!.endsWith("json") && response.status !== 206;
    if (isJson && answer.content[type!].schema) check(pointer, JSON.parse(new TextDecoder().decode(bytes)), what);
  }
  for (const status of ["200", "204", "206", "304", "400", "404", "413", "416"]) {
    assert.ok(seen.has(status), `${status} was never answered: ${JSON.stringify([...seen])}`);
  }
});

Deno.test("schemas have names, and examples are values of this server", async () => {
  using app = await testApp(root.dataRoot);
  const document: Json = await (await app.get("/api/v3/openapi.json")).json();
  for (const name of ["Frame", "Run", "Model", "Manifest", "Problem", "Sample", "Series"]) {
    assert.ok(document.components.schemas[name], name);
  }
  assert.doesNotMatch(JSON.stringify(document.paths), /"example":"[^"]*\{/);
  assert.deepEqual(document.servers, [{ url: "http://localhost" }]);
  const types = new Set<string>();
  for (const methods of Object.values<Json>(document.paths)) {
    for (const { parameters } of Object.values<Json>(methods)) {
      for (const { name, schema } of parameters) if (name === "fh") types.add(JSON.stringify(schema));
    }
  }
  assert.deepEqual([...types], [
    String.raw`{"type":"string","pattern":"^(0|[1-9][0-9]{0,2})(?:m(0[1-9]|[1-5][0-9]))?$"}`,
  ]);
});
