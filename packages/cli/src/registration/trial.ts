import { type Command, Option } from 'commander';
import { count, type Finish } from './options.ts';

/** The commands that work without OpenCTI and XSOAR. */
export function registerTrial(program: Command, finish: Finish): void {
  program.commandsGroup('To try it out:');
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
    .action(async (options) => finish(await (await import('../commands/demo.ts')).demo(options)));

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
      finish(await (await import('../commands/simulate.ts')).simulateOpencti(options)),
    );
  simulate
    .command('xsoar')
    .description('a fake Cortex XSOAR: indicator API, control routes under /sim')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on', count, 4_001)
    .option('--key <key>', 'its API key', 'xsoar-key')
    .option('--key-id <id>', 'the id of its API key', '17')
    .option('--latency <ms>', 'time that each request takes', count)
    .addOption(
      new Option('--product <version>', 'which XSOAR it is: the paths that lead to its API')
        .choices(['8', '6', 'any'])
        .default('8'),
    )
    .option('--tenant <name...>', 'child accounts that exist besides the main one', [])
    .option('--advanced', 'the key is an advanced one', false)
    .action(async (options) =>
      finish(await (await import('../commands/simulate.ts')).simulateXsoar(options)),
    );
}
