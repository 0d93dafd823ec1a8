/** Writes what is generated in the docs: the README's branch table and the request's JSON Schema. */
import { readFileSync, writeFileSync } from 'node:fs';
import { requestJsonSchema } from '../src/schema/json-schema.ts';
import { withBranchTable } from './branch-table.ts';

const readme = new URL('../README.md', import.meta.url);
writeFileSync(readme, withBranchTable(readFileSync(readme, 'utf8')));
const schema = new URL('../docs/request.schema.json', import.meta.url);
writeFileSync(schema, `${JSON.stringify(requestJsonSchema(), null, 2)}\n`);
