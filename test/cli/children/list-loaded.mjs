/** Preloaded into a program: writes every module it loads to the file that LOADED_LIST names. */
import { writeFileSync } from 'node:fs';
import { Module, registerHooks } from 'node:module';

const loaded = [];
registerHooks({
  load(url, context, next) {
    loaded.push(url);
    return next(url, context);
  },
});
process.on('exit', () => {
  writeFileSync(process.env.LOADED_LIST, [...loaded, ...Object.keys(Module._cache)].join('\n'));
});
