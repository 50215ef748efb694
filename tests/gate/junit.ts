/** What became of one test. */
export interface TestResult {
  readonly file: string;
  readonly name: string;
  readonly seconds: number;
  readonly outcome: "passed" | "failed" | "skipped";
}

/** Reads what `deno test --junit-path` writes. A step is listed after its test there, and is left out: it is part of it. */
export function readJunit(xml: string): TestResult[] {
  const results = resultsOf(xml);
  const names = new Set(results.map(({ file, name }) => `${file} ${name}`));
  return results.filter(({ file, name }) => {
    const ends = [...name.matchAll(/ > /g)].map(({ index }) => index);
    return !ends.some((end) => names.has(`${file} ${name.slice(0, end)}`));
  });
}

function resultsOf(xml: string): TestResult[] {
  return [...xml.matchAll(/<testcase ([^>]*?)(\/>|>(.*?)<\/testcase>)/gs)].map(([, attributes, , body = ""]) => {
    const valueOf = (name: string) => unescaped(new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes!)?.[1] ?? "");
    return {
      file: valueOf("classname").replace(/^\.\//, ""),
      name: valueOf("name"),
      seconds: Number(valueOf("time")),
      outcome: /<skipped/.test(body) ? "skipped" : /<(failure|error)/.test(body) ? "failed" : "passed",
    };
  });
}

const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" } as const;

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: keyof typeof ENTITIES) => ENTITIES[name]);
}
