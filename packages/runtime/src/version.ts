import manifest from '../package.json' with { type: 'json' };

/** The version of xsoar-intel: all packages of the workspace share it. */
export const version: string = manifest.version;
