/**
 * What the pipeline does on this machine, against the limit of this machine.
 *
 *   npm run bench                                  everything, three runs each
 *   npm run bench -- throughput backlog            two scenarios
 *   npm run bench -- --quick --json out.json       one run each, smaller counts
 *
 * Exit code 0: everything ran, whatever was reached; 1: something did not run; 2: usage.
 */
import { writeFileSync } from 'node:fs';
import { parseArguments, USAGE } from './harness/arguments.ts';
import { endAllWithProcess } from './harness/cleanup.ts';
import { createContext } from './harness/context.ts';
import { describeMachine } from './harness/machine.ts';
import { describe, render } from './harness/report.ts';
import type { Outcome } from './harness/scenario.ts';
import { scenarios } from './scenarios/list.ts';

const out = (text: string): unknown => process.stdout.write(`${text}\n`);
const say = (text: string): unknown => process.stderr.write(`… ${text}\n`);
const names = scenarios.map(({ name }) => name);

function readArguments() {
  try {
    return parseArguments(process.argv.slice(2), names);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n${USAGE}\n`);
    return process.exit(2);
  }
}

const wanted = readArguments();
if (wanted.help) {
  out(`${USAGE}\n\nScenarios:`);
  for (const { name, about } of scenarios) out(`  ${name.padEnd(14)} ${about}`);
  process.exit(0);
}
endAllWithProcess();
const machine = describeMachine();
const { runs, size, environment, json } = wanted;
const context = createContext(wanted, say);
const changed = Object.entries(environment).flatMap(([command, variables]) =>
  Object.entries(variables).map(([name, value]) => `${command} ${name}=${value}`),
);
const outcomes: ({ name: string; about: string } & (Outcome | { error: string }))[] = [];
let failed = false;
out([describe(machine, runs, size), ...changed].join('\n'));
for (const name of wanted.scenarios.length > 0 ? wanted.scenarios : names) {
  const scenario = scenarios.find((one) => one.name === name);
  if (scenario === undefined) continue;
  const { about } = scenario;
  say(`${name}: ${about}`);
  try {
    const outcome = await scenario.run(context);
    outcomes.push({ name, about, ...outcome });
    out(render(scenario, outcome));
  } catch (error) {
    failed = true;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    outcomes.push({ name, about, error: text });
    out(`\n## ${name}: did not run\n${text}`);
  }
  // After each, so that a bench that is cut short leaves what it has.
  if (json !== null) {
    writeFileSync(
      json,
      `${JSON.stringify({ machine, runs, size, environment, scenarios: outcomes }, null, 2)}\n`,
    );
  }
}
process.exit(failed ? 1 : 0);
