/** Looks at the configuration only: nothing is asked over the network. */
import {
  type ConfigNote,
  describeConfig,
  formatSettings,
  loadConfig,
  ROLES,
  type Role,
} from '@xsoar-intel/config';
import { EXIT } from '../../exit-code.ts';
import { CommandError } from '../../load.ts';
import type { Paint } from '../../terminal/paint.ts';
import { openScreen, type Screen } from '../../terminal/screen.ts';
import { visible, visibleJson } from '../../terminal/visible.ts';

/** Options of `check`. */
export interface CheckOptions {
  role?: string;
  json?: boolean;
  config?: string;
}

/** What runs on one machine, or in one compose file, most of the time. */
const SERVICES: readonly Role[] = ['ingest', 'worker', 'board'];

/** `xsoar-intel check`: every mistake at once, what is in effect, where it comes from. */
export async function check(options: CheckOptions): Promise<number> {
  const roles = rolesOf(options.role ?? 'all');
  const screen = openScreen();
  const loaded = loadConfig(roles, {
    env: process.env,
    cwd: process.cwd(),
    ...(options.config === undefined ? {} : { configFile: options.config }),
  });
  const problems = loaded.ok ? [] : loaded.problems;
  if (options.json) {
    screen.line(
      visibleJson({
        ok: loaded.ok,
        roles,
        problems: problems.map(({ variable, source, complaint, message }) => ({
          variable,
          source,
          complaint,
          message,
        })),
        notes: loaded.notes,
        settings: describeConfig(loaded).map(({ variable, shown, source }) => ({
          variable: variable.name,
          value: shown,
          source,
        })),
      }),
    );
  } else {
    const { paint } = screen;
    for (const line of formatSettings(describeConfig(loaded)).split('\n')) {
      screen.line(visible(line));
    }
    screen.line('');
    tellNotes(loaded.notes, paint, screen);
    if (loaded.ok) {
      screen.line(paint.good(`The configuration is right for ${inWords(roles)}.`));
      screen.line('"xsoar-intel doctor" asks Redis, OpenCTI and XSOAR whether it works.');
    } else {
      const count = problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`;
      screen.line(paint.bad(`The configuration has ${count} for ${inWords(roles)}:`));
      for (const { message } of problems) screen.line(`  ${visible(message)}`);
      screen.line('All variables are described in docs/configuration.md.');
    }
  }
  await screen.flush();
  return loaded.ok ? EXIT.fine : EXIT.config;
}

function rolesOf(text: string): Role[] {
  if (text === 'all') return [...SERVICES];
  return text.split(',').map((name) => {
    const role = ROLES.find((known) => known === name.trim());
    if (role === undefined) {
      throw new CommandError(
        `"${name}" is no role; there are ${ROLES.join(', ')}, and all for ${inWords(SERVICES)}.`,
        EXIT.usage,
      );
    }
    return role;
  });
}

function tellNotes(notes: readonly ConfigNote[], paint: Paint, screen: Screen): void {
  for (const { level, message } of notes) {
    const mark = level === 'warning' ? paint.warn('warning') : 'note';
    screen.line(`${mark}: ${visible(message)}`);
  }
  if (notes.length > 0) screen.line('');
}

function inWords(roles: readonly string[]): string {
  if (roles.length < 2) return roles.join('');
  return `${roles.slice(0, -1).join(', ')} and ${roles.at(-1)}`;
}
