/** Google's token endpoint: a service account's signed JWT for an access token. */
import { googleJson } from '../answer.ts';
import { serveApiCall } from '../api-call.ts';
import type { EmulatorContext } from '../context.ts';
import type { Exchange } from '../exchange.ts';
import { judgeGrant } from '../vertex/grant.ts';

/** What a key says that Google itself made. */
const GOOGLE_AUDIENCE = 'https://oauth2.googleapis.com/token';

export async function token(exchange: Exchange, context: EmulatorContext): Promise<void> {
  const { serviceAccounts, accessTokenSeconds } = context.options.vertex;
  await serveApiCall(
    exchange,
    context,
    { method: 'token', apiVersion: '' },
    {
      keyless: true,
      decide: async ({ body, headers, entry }) => {
        const now = Date.now();
        const grant = judgeGrant(new URLSearchParams(body.toString('utf8')), {
          accounts: serviceAccounts,
          audiences: [GOOGLE_AUDIENCE, `http://${headers.host}/token`],
          now,
        });
        if (grant.kind === 'refused') {
          const { status, error, why } = grant;
          return { label: 'refused-grant', answer: googleJson(status, { error, error_description: why }) };
        }
        entry.account = grant.account.clientEmail;
        const access_token = context.tokens.issue(grant.account, accessTokenSeconds * 1000, now);
        const answer = { access_token, expires_in: accessTokenSeconds, token_type: 'Bearer' };
        return { label: 'token', answer: googleJson(200, answer) };
      },
    },
  );
}
