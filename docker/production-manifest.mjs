/**
 * Makes package.json that of an application which uses this package: peers become dependencies and
 * development tools go. `npm install` after it takes every version from package-lock.json, which
 * `npm ci --omit=dev` would do too, but without the peers.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const {
  devDependencies: _tools,
  peerDependencies,
  peerDependenciesMeta: _optional,
  allowScripts: _scripts,
  ...rest
} = manifest;
const dependencies = { ...manifest.dependencies, ...peerDependencies };
writeFileSync('package.json', `${JSON.stringify({ ...rest, dependencies }, null, 2)}\n`);
