/** Result of one test. */
export interface TestResult {
  readonly file: string;
  readonly name: string;
  readonly seconds: number;
  readonly outcome: "passed" | "failed" | "skipped";
}

/**
 * Reads the file that `deno test --junit-path` writes. The file lists a step after its test; steps are left out, since
 * they are part of their test.
 */
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
