/**
 * What is wrong with an argument that is not even shaped like a request. A caller in another language has
 * no compiler; without this check the workflow task would fail for ever. Fields are checked by `checkQuota`.
 */
import type { RequestProblem } from '../src/domain/request-problem.ts';

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

export function shapeProblem(input: unknown): RequestProblem | undefined {
  const request = isObject(input) ? input['request'] : undefined;
  if (!isObject(request)) return problem('request', request, 'an object: { "request": { "prompt": "…" } }');
  const { prompt, inputs, allow } = request;
  if (typeof prompt !== 'string' && !isObject(prompt)) return problem('prompt', prompt, 'a text');
  if (inputs !== undefined && !(Array.isArray(inputs) && inputs.every(isObject))) {
    return problem('inputs', inputs, 'a list of objects');
  }
  if (allow !== undefined && typeof allow !== 'string' && !isObject(allow)) {
    return problem('allow', allow, "'exact', 'available' or an object");
  }
  return undefined;
}

function problem(field: string, value: unknown, allowed: string): RequestProblem {
  const given = value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value).slice(0, 80);
  return { reason: 'argument', field, value: given, allowed, message: `is ${given}; it must be ${allowed}` };
}
