import { access } from 'node:fs/promises';
import { type DemoOptions, runDemo } from '../demo/demo.ts';
import { EXIT } from '../exit-code.ts';
import { CommandError } from '../load.ts';

/** `xsoar-intel demo` */
export async function demo(options: Omit<DemoOptions, 'startedAt'>): Promise<number> {
  if (options.stix !== undefined) {
    await access(options.stix).catch(() => {
      throw new CommandError(`--stix: there is no readable file ${options.stix}`, EXIT.usage);
    });
  }
  // From the start of the process, loading included: what a person waits for.
  return runDemo({ ...options, startedAt: 0 }, process.stdout);
}
