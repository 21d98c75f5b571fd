/**
 * How many patterns one core parses in a second.
 *
 *   node_modules/.bin/node test/bench/parse-pattern.bench.ts
 *
 * The mix follows what OpenCTI generates and what feeds bring: mostly one
 * comparison, some hash sets, a few long ones. Each line is the median of five
 * runs; the first line is the figure to quote.
 */
import {
  observedValues,
  type Pattern,
  parsePattern,
  printPattern,
} from '@xsoar-intel/stix-pattern';

const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
const sha1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709';
const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const typical: readonly string[] = [
  `[file:hashes.'SHA-256' = '${sha256}']`,
  `[file:hashes.MD5 = '${md5}']`,
  "[ipv4-addr:value = '198.51.100.23']",
  "[ipv4-addr:value = '198.51.100.0/24']",
  "[ipv6-addr:value = '2001:db8::dead:beef']",
  "[domain-name:value = 'command-and-control.example.com']",
  "[url:value = 'https://example.com/gate.php?id=1&q=it\\'s']",
  "[email-addr:value = 'billing@example.net']",
  "[windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\\\Software\\\\Microsoft\\\\Run']",
  "[network-traffic:dst_port = 443 AND network-traffic:dst_ref.value = '203.0.113.7']",
  `[file:hashes.'SHA-256' = '${sha256}' OR file:hashes.'SHA-1' = '${sha1}' OR file:hashes.MD5 = '${md5}']`,
  "[domain-name:value = 'a.example'] OR [ipv4-addr:value = '192.0.2.1'] OR [url:value = 'http://a.example/']",
  `([file:name = 'a.exe' AND file:hashes.'SHA-256' = '${sha256}'] FOLLOWEDBY [process:command_line MATCHES '^a.+']) WITHIN 300 SECONDS`,
  "[ipv4-addr:value IN ('192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4')] START t'2025-01-01T00:00:00Z' STOP t'2025-02-01T00:00:00Z'",
];

const runs = 5;
const runMs = 1_000;

/** Calls of `work` in a second, over a run of about a second; `work` is called with 0, 1, 2... */
function rate(work: (turn: number) => number): number {
  let turn = 0;
  let sink = 0;
  const start = performance.now();
  let elapsed = 0;
  while (elapsed < runMs) {
    // The clock is read once per thousand calls, or it would be part of the figure.
    for (let i = 0; i < 1_000; i += 1, turn += 1) sink += work(turn);
    elapsed = performance.now() - start;
  }
  if (sink < 0) throw new Error('the work was optimised away');
  return (turn * 1_000) / elapsed;
}

function report(name: string, work: (turn: number) => number): void {
  rate(work);
  const rates = Array.from({ length: runs }, () => rate(work)).sort((a, b) => a - b);
  const median = rates[Math.floor(runs / 2)] ?? Number.NaN;
  process.stdout.write(
    `${name.padEnd(34)}${Math.round(median).toLocaleString('en')}/s (${rates.map((r) => Math.round(r / 1_000)).join(', ')} thousand)\n`,
  );
}

function pick(texts: readonly string[], turn: number): string {
  return texts[turn % texts.length] ?? '';
}

const single = `[file:hashes.'SHA-256' = '${sha256}']`;
const trees = typical.map((text) => parsePattern(text));
const tree = (turn: number): Pattern => trees[turn % trees.length] ?? parsePattern(single);
const characters = typical.reduce((sum, text) => sum + text.length, 0);

process.stdout.write(
  `Node ${process.version}, ${typical.length} patterns, ${Math.round(characters / typical.length)} characters on average\n`,
);
report('parse, typical mix', (turn) => parsePattern(pick(typical, turn)).offset);
report('parse, one SHA-256', () => parsePattern(single).offset);
report(
  'parse and observed values, mix',
  (turn) => observedValues(parsePattern(pick(typical, turn))).length,
);
report('print, mix', (turn) => printPattern(tree(turn)).length);
