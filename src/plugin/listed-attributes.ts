/**
 * Which of our search attributes the namespace has. Setting one that it lacks fails the workflow task
 * for ever, so only listed ones are set; a server that does not tell (or not in time) gets none, and
 * generations run without.
 */
import type { NativeConnection } from '@temporalio/worker';
import type { SearchAttributeName } from '../contract/search-attributes.ts';
import { SEARCH_ATTRIBUTES } from '../contract/search-attributes.ts';

const DEADLINE_MS = 5_000;
/** `INDEXED_VALUE_TYPE_KEYWORD`: an attribute of our name and another type is not ours. */
const KEYWORD = 2;

export async function listedAttributes(
  connection: NativeConnection,
  namespace: string,
): Promise<readonly SearchAttributeName[]> {
  try {
    const { customAttributes } = await connection.withDeadline(Date.now() + DEADLINE_MS, () =>
      connection.operatorService.listSearchAttributes({ namespace }),
    );
    return (Object.keys(SEARCH_ATTRIBUTES) as SearchAttributeName[]).filter(
      (name) => (customAttributes?.[name] as number | undefined) === KEYWORD,
    );
  } catch {
    return [];
  }
}
