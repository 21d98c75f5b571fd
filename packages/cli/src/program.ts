import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { EXIT } from './exit-code.ts';
import { CommandError } from './load.ts';
import { version } from './version.ts';

/** Builds the command line. Each command's code is loaded only when it runs. */
function buildProgram(finish: (code: number) => void): Command {
  const program = new Command('xsoar-intel')
    .description(
      'Keeps the indicators of Cortex XSOAR in the newest state of an OpenCTI live stream.',
    )
    .version(version, '--version')
    .showHelpAfterError('(--help shows what there is)')
    .showSuggestionAfterError()
    .exitOverride();

  const withConfig = (command: Command): Command =>
    command.option('--config <file>', 'config.yml to read beside the environment');

  withConfig(program.command('ingest').description('read the live stream into Redis')).action(
    async (options) => finish(await (await import('./commands/ingest.ts')).ingest(options)),
  );
  withConfig(program.command('worker').description('push what is in Redis to XSOAR')).action(
    async (options) => finish(await (await import('./commands/worker.ts')).worker(options)),
  );
  withConfig(program.command('board').description('serve the status page and Bull Board')).action(
    async (options) => finish(await (await import('./commands/board.ts')).board(options)),
  );
  withConfig(program.command('health'))
    .description('ask the ingest, worker or board of this machine whether it is alive')
    .option('--ready', 'ask whether it is ready, and if not, why', false)
    .action(async (options) =>
      finish(await (await import('./commands/health.ts')).health(options)),
    );
  program
    .command('demo')
    .description('run the whole pipeline on this machine with simulated ends, and prove the result')
    .option(
      '--stix <file>',
      'a STIX 2.0 or 2.1 bundle, or NDJSON of indicators, instead of generated ones',
    )
    .option('--events <n>', 'events to generate', count, 2_000)
    .option('--rate <n>', 'events per second (as fast as it goes without it)', count)
    .option('--seed <n>', 'seed of the generated indicators', count, 1)
    .option('--workers <n>', 'worker processes', count, 2)
    .option('--keep', 'stay up after the summary; print the addresses of board and metrics', false)
    .action(async (options) => finish(await (await import('./commands/demo.ts')).demo(options)));

  withConfig(program.command('explain'))
    .description('show what becomes of an indicator in XSOAR, and why')
    .argument(
      '<what>',
      'a file (indicator, bundle, stream event, list or NDJSON), - for standard input, a STIX pattern, or an OpenCTI id',
    )
    .option('--json', 'a JSON object a line, for programs')
    .option('--all', 'the details of every indicator, and every line of them')
    .action(async (what, options) =>
      finish(await (await import('./commands/explain/explain.ts')).explain(what, options)),
    );

  const simulate = program
    .command('simulate')
    .description('run a fake OpenCTI or a fake XSOAR until told to end');
  simulate
    .command('opencti')
    .description('a fake OpenCTI: live stream, GraphQL, control routes under /sim')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on', count, 4_000)
    .option('--token <token>', 'API token of its user', 'opencti-token')
    .option('--stream-id <id>', 'id of its live stream', '5f2a7c1e-4b8d-4e0f-9a63-0c1d2e3f4a5b')
    .option('--stix <file>', 'feed of a STIX bundle or NDJSON file')
    .option('--events <n>', 'feed of so many generated events', count)
    .option('--rate <n>', 'events per second (as fast as it goes without it)', count)
    .option('--seed <n>', 'seed of the generated indicators', count, 1)
    .action(async (options) =>
      finish(await (await import('./commands/simulate.ts')).simulateOpencti(options)),
    );
  simulate
    .command('xsoar')
    .description('a fake Cortex XSOAR: indicator API, control routes under /sim')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on', count, 4_001)
    .option('--key <key>', 'its API key', 'xsoar-key')
    .option('--key-id <id>', 'the id of its API key', '17')
    .option('--latency <ms>', 'time that each request takes', count)
    .action(async (options) =>
      finish(await (await import('./commands/simulate.ts')).simulateXsoar(options)),
    );
  return program;
}

/** Reads a whole number of an option. */
function count(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  }
  return value;
}

/** Runs the command line; ends the process with the documented exit codes. */
export async function main(argv: readonly string[]): Promise<void> {
  let code: number = EXIT.fine;
  const program = buildProgram((finished) => {
    code = finished;
  });
  try {
    await program.parseAsync(argv);
  } catch (error) {
    code = explainFailure(error);
  }
  // A reader that went away (`| head`) must not keep the process.
  process.exit(code);
}

function explainFailure(error: unknown): number {
  if (error instanceof CommanderError) {
    // Help and version end this way too, with 0.
    return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
  }
  if (error instanceof CommandError) {
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return EXIT.failed;
}
