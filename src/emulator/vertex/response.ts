/** An answer as Vertex dresses it: when it was made, and traffic in the place of a tier. */
import type { ResponseBody } from '../response/body.ts';
import type { EmulatedEndpoint } from './place.ts';

export interface Dressed {
  readonly body: ResponseBody;
  readonly headers: Readonly<Record<string, string>>;
}

export function dressed(body: ResponseBody, tier: string, endpoint: EmulatedEndpoint): Dressed {
  if (endpoint === 'ai-studio') return { body, headers: { 'x-gemini-service-tier': tier } };
  const { usageMetadata, ...rest } = body;
  if (usageMetadata === undefined) return { body, headers: {} };
  const { serviceTier: _tier, ...counts } = usageMetadata;
  return {
    body: {
      ...rest,
      usageMetadata: { ...counts, trafficType: 'ON_DEMAND' },
      createTime: new Date().toISOString(),
    },
    headers: {},
  };
}
