/** What a bundle needs to know of an evidence artifact; everything else in it is passed on as it is. */
export interface EvidenceFile {
  readonly move?: { readonly kind?: string };
  readonly path?: {
    readonly fingerprint?: string;
    readonly route?: {
      readonly name?: string;
      readonly model?: string;
      readonly tier?: string;
      readonly account?: {
        readonly endpoint?: string;
        readonly baseUrl?: string;
        readonly project?: string;
        readonly credential?: string;
      };
    };
  };
  readonly startedAt?: string;
  readonly tookMs?: number;
  readonly raw?: { readonly sha256: string };
  readonly outcome?: {
    readonly kind?: string;
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  readonly verdict?: { readonly branch?: string; readonly reason?: string; readonly message?: string };
}

/** Names under which providers, relays and we ourselves number a call. */
const ID_HEADER = /request-id|correlation-id|trace|^cf-ray$|^x-goog-|^x-gemini-images/;

export function idsOf({ outcome }: EvidenceFile): Readonly<Record<string, string>> {
  const headers = Object.entries(outcome?.headers ?? {}).filter(([name]) => ID_HEADER.test(name));
  const { responseId } = (outcome?.body ?? {}) as { readonly responseId?: unknown };
  return { ...Object.fromEntries(headers), ...(typeof responseId === 'string' ? { responseId } : {}) };
}
