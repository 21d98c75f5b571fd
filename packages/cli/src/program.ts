import { Command, CommanderError } from 'commander';
import { EXIT } from './exit-code.ts';
import { CommandError } from './load.ts';
import { registerExplain } from './registration/explain.ts';
import { registerOperations } from './registration/operations.ts';
import { registerServices } from './registration/services.ts';
import { registerSetup } from './registration/setup.ts';
import { registerTrial } from './registration/trial.ts';
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

  registerSetup(program, finish);
  registerServices(program, finish);
  registerOperations(program, finish);
  registerExplain(program, finish);
  registerTrial(program, finish);
  return program;
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
