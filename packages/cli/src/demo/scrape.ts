/** One sample of a metric: its labels and its value. */
export interface Sample {
  labels: ReadonlyMap<string, string>;
  value: number;
}

/** Samples by metric name, as a process served them. */
export type Scrape = ReadonlyMap<string, Sample[]>;

/** Reads the text format of Prometheus, as far as our own processes write it. */
export function parseMetrics(text: string): Scrape {
  const scrape = new Map<string, Sample[]>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const space = line.lastIndexOf(' ');
    const brace = line.indexOf('{');
    const name = line.slice(0, brace < 0 ? space : brace);
    const labels = new Map<string, string>();
    if (brace >= 0) {
      for (const [, key = '', value = ''] of line.matchAll(/([a-zA-Z_]+)="((?:[^"\\]|\\.)*)"/g)) {
        labels.set(key, value);
      }
    }
    const samples = scrape.get(name) ?? [];
    samples.push({ labels, value: Number(line.slice(space + 1)) });
    scrape.set(name, samples);
  }
  return scrape;
}

/** Asks a process for its metrics; an empty scrape while it does not answer. */
export async function scrape(url: string): Promise<Scrape> {
  try {
    const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(2_000) });
    return parseMetrics(await response.text());
  } catch {
    return new Map();
  }
}

/** Sum of a metric over scrapes, of the samples whose labels are as asked for. */
export function sum(
  scrapes: Iterable<Scrape>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  let total = 0;
  for (const found of scrapes) {
    for (const sample of found.get(name) ?? []) {
      const fits = Object.entries(labels).every(([key, value]) => sample.labels.get(key) === value);
      if (fits) total += sample.value;
    }
  }
  return total;
}
