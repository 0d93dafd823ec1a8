/** Keys, accounts, money and places: what a person with access must fix; no retry helps. */
import type { Reading } from './reading.ts';
import type { Row } from './row.ts';
import { any, both, byGateway, code, named, not, row } from './row.ts';

/** A 429's own limits say more than a billing word in its sentence. */
const unlimited = (r: Reading): boolean => r.violations.length === 0;
const BILLING_WORDS =
  /billing (?:account )?(?:is |has been |was |to be |must be )?(?:disabled|closed|suspended|not (?:enabled|active|open|found|linked)|enabled|inactive|past due|required)|(?:enable|requires?|required|set up|activate|link(?:ed)?) (?:a |that |an active )?(?:cloud )?billing|billing to be enabled|billed users|without a billing|billing account .{0,60}(?:linked|good standing|required|absent)|no billing account|account is delinquent|only (?:available|accessible) (?:to|on|for|in|with) (?:the )?(?:paid|billed)|paid (?:tier|plan|account) (?:is )?required|upgrade to a paid/i;
const PLACE_WORDS =
  /(?:user |your )?location is not supported|not (?:yet )?(?:available|supported) in (?:your|the user'?s?|this) (?:country|region|location|territory)|country,? region,? or territory (?:is )?not supported|unsupported[_ ](?:country|region|location)|(?:country|region) (?:is )?not supported|blocked .{0,40}\b(?:your|this) (?:country|region|location)|not available to users in your|geo(?:graphic(?:al)?)?[- ]?(?:restrict|block)|地区不支持|不支持.{0,6}地区|所在(?:国家|地区)/i;

/** Of a call, not of an account: `free tier` is another matter. */
const TIER_WORDS =
  /(?:service[_ -]?tier|(?:priority|flex)(?: service| processing| inference)? tier|(?:priority|flex) (?:processing|inference))\b.{0,100}\b(?:not|isn't|un)[ -]?(?:currently )?(?:available|allowed|supported|enabled|eligible|permitted|entitled|offered)|(?:not|isn't) (?:available|allowed|supported|enabled|eligible|permitted|entitled)\b.{0,60}(?:service[_ -]?tier|(?:priority|flex) (?:tier|processing|inference))/i;

export const ACCESS_ROWS: readonly Row[] = [
  row(
    'tier-not-allowed',
    'model-gone',
    'tier-not-allowed',
    'inferred',
    both(not(code(429, 503)), TIER_WORDS),
  ),
  row(
    'key-leaked',
    'permission',
    'key-leaked',
    'inferred',
    /(?:api )?key (?:was|has been|is) reported as leaked|key .{0,30}\bleaked\b|leaked api key/i,
  ),
  row(
    'consumer-suspended',
    'permission',
    'suspended',
    'named',
    any(
      named('CONSUMER_SUSPENDED', 'ACCOUNT_STATE_INVALID', 'USER_SUSPENDED'),
      both(
        not(byGateway),
        /(?:consumer|account|project|user)\b.{0,80}\b(?:has been|is|was) (?:suspended|banned|deactivated|terminated)/i,
      ),
      /disabled in this account for violation|violation of (?:the )?terms of service/i,
    ),
  ),
  row(
    'key-expired',
    'permission',
    'key-expired',
    'inferred',
    any(
      // Its sentence asks for an OAuth token, as if another kind of credential had come.
      named('ACCESS_TOKEN_EXPIRED'),
      /api[ _]?key (?:has )?expired|expired api[ _]?key|renew the api key|invalid_grant/i,
      both(not(byGateway), /token (?:has been |is |has )?expired/i),
    ),
  ),
  row(
    'key-restricted',
    'permission',
    'key-restricted',
    'named',
    any(
      named(
        'API_KEY_SERVICE_BLOCKED',
        'API_KEY_HTTP_REFERRER_BLOCKED',
        'API_KEY_IP_ADDRESS_BLOCKED',
        'API_KEY_ANDROID_APP_BLOCKED',
        'API_KEY_IOS_APP_BLOCKED',
        'API_KEY_PURPOSE_BLOCKED',
      ),
      /requests? (?:from|to) .{0,200}\b(?:is|are) blocked|ip address restriction|api key .{0,60}(?:restrict|not (?:allowed|authorized) to)|requests from this (?:android|ios) client/i,
    ),
  ),
  row(
    'key-wrong-endpoint',
    'permission',
    'wrong-endpoint',
    'named',
    any(
      named('ACCESS_TOKEN_TYPE_UNSUPPORTED'),
      /api keys are not supported by this api|expected oauth ?2? access token or other|access_token_type_unsupported|vertex ai .{0,40}express mode/i,
    ),
  ),
  row(
    'key-invalid',
    'permission',
    'key-invalid',
    'named',
    any(
      named('API_KEY_INVALID', 'invalid_api_key', 'authentication'),
      both(
        not(byGateway),
        /api[ _]?key (?:is )?(?:not valid|invalid|not found|incorrect)|(?:invalid|incorrect|wrong|malformed|bad) (?:gemini |google )?api[ _]?key|pass a valid api key|key is (?:missing, )?invalid/i,
      ),
    ),
  ),
  row(
    'key-missing',
    'permission',
    'key-missing',
    'inferred',
    any(
      both(
        not(byGateway),
        /missing (?:a |the )?(?:required )?(?:api[ _]?key|authentication credential|credentials?)|api[ _]?key (?:must be set|is (?:missing|required|not set)|should be set|not (?:set|provided|configured))|no api[ _]?key/i,
      ),
      /unregistered callers|without established identity|could not (?:load|find|automatically determine) .{0,20}credentials|default credentials were not found/i,
    ),
  ),
  row(
    'token-invalid',
    'permission',
    'key-invalid',
    'inferred',
    both(
      not(byGateway),
      /invalid authentication credentials|unable to authenticate|credentials_missing|reauth related error/i,
    ),
  ),
  row(
    'api-disabled',
    'permission',
    'api-disabled',
    'named',
    any(
      named('SERVICE_DISABLED'),
      /api has not been used in project|it is disabled\. enable it by|(?:gemini|generative language|vertex ai|agent platform) api .{0,30}(?:is disabled|not enabled)|method .{0,30}disabled for (?:this )?project/i,
    ),
  ),
  row(
    'org-policy',
    'permission',
    'org-policy',
    'named',
    any(
      named(
        'ORG_RESTRICTION_VIOLATION',
        'ORG_POLICY_VIOLATION',
        'SECURITY_POLICY_VIOLATED',
        'RESOURCE_USAGE_RESTRICTION_VIOLATED',
        'VPC_SERVICE_CONTROLS',
      ),
      /organi[sz]ation(?:'s)? policy|constraints\/\w|vpc ?service ?controls|org(?:anization)?[ _]policy/i,
    ),
  ),
  row(
    'iam',
    'permission',
    'iam',
    'named',
    any(
      named('IAM_PERMISSION_DENIED', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT', 'USER_PROJECT_DENIED'),
      /permission '?[\w.]+'? denied (?:on|for)|does not have (?:the )?required permission|insufficient authentication scopes|permission denied on resource (?:project )?/i,
    ),
  ),
  row(
    'project-denied',
    'permission',
    'denied',
    'named',
    any(
      named('CONSUMER_INVALID', 'PROJECT_INVALID', 'VALIDATION_REQUIRED'),
      /project has been denied access|project .{0,60}not found or deleted|verify your account to continue/i,
      both(/caller does not have permission/i, not(fileNamed)),
    ),
  ),
  row(
    'spend-window',
    'spend-window',
    'spend-rate',
    'inferred',
    /spend(?:ing)?[- ]based rate limit|spending rate has exceeded|spend(?:ing)? rate limit/i,
  ),
  row(
    'prepay-depleted',
    'billing',
    'prepay-depleted',
    'inferred',
    /prepay(?:ment)? (?:credits?|balance)|prepaid (?:credits?|balance)|credits? (?:are|is|have been) depleted/i,
  ),
  row(
    'spend-cap',
    'billing',
    'spend-cap',
    'inferred',
    /(?:monthly )?spend(?:ing)? (?:cap|limit)|budget cap|usage tier cap/i,
  ),
  row(
    'billing-disabled',
    'billing',
    'billing-disabled',
    'named',
    any(
      named('BILLING_DISABLED', 'BILLING_STATUS_UNAVAILABLE'),
      both(
        unlimited,
        /billing (?:account )?(?:[\w ]{0,40})?(?:is |has been |was )?(?:disabled|closed|suspended|inactive|past due)|account is delinquent/i,
      ),
    ),
  ),
  row(
    'billing-required',
    'billing',
    'billing-required',
    'inferred',
    any(
      both(named('payment_required'), not(byGateway)),
      both(unlimited, BILLING_WORDS, not(/free quota tier/i)),
    ),
  ),
  row('location', 'region', 'location', 'inferred', PLACE_WORDS),
  row('region-page', 'region', 'location', 'named', code(451)),
];

function fileNamed(r: Reading): boolean {
  return /\bFile\b/.test(r.text);
}
