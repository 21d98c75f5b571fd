// Preloaded by NODE_OPTIONS=--import: writes the address of every module that the process loads,
// required ones too, into the file that RECORD_MODULES names.
import { appendFileSync } from 'node:fs';
import module from 'node:module';

const file = process.env.RECORD_MODULES;
// An old Node that only hands over to the workspace's has no such hooks, and loads nothing of ours.
if (file !== undefined && module.registerHooks !== undefined) {
  module.registerHooks({
    load(url, context, next) {
      appendFileSync(file, `${url}\n`);
      return next(url, context);
    },
  });
}
