/** What relays and routers say of their own: their accounts, their limits, their faults. */
import type { Row } from './row.ts';
import { any, both, byGateway, code, named, not, row } from './row.ts';

export const RELAY_ROWS: readonly Row[] = [
  row(
    'relay-credit',
    'gateway-denial',
    'out-of-credit',
    'inferred',
    both(
      (r) => !r.by.google,
      any(
        code(402),
        named(
          'insufficient_user_quota',
          'insufficient_quota',
          'pre_consume_token_quota_failed',
          'insufficient_credits',
          'billing_hard_limit_reached',
        ),
        /insufficient[ _](?:user[ _])?(?:credits?|balance|funds|quota)|requires more credits|out of credits?|quota is not enough|not enough (?:credits?|balance|quota)|payment required|(?:额度|余额|配额)(?:已)?(?:不足|用尽|耗尽|用完)|欠费|请充值/i,
      ),
    ),
  ),
  row(
    'relay-denied',
    'gateway-denial',
    'denied',
    'inferred',
    both(
      (r) => !r.by.google,
      any(
        /(?:access|model|account|service)\b.{0,80}(?:currently |is )restricted|no auth credentials found|no auth available|auth_unavailable|contact support for access|(?:无效|非法|过期|已过期)的?(?:令牌|token|密钥|key)|(?:令牌|token|密钥|key).{0,12}(?:无效|已过期|不存在|状态不可用|已禁用|已用尽)|未提供(?:令牌|token)|无权(?:访问|使用|限)|没有权限|(?:已|被)(?:封禁|禁用)|黑名单|白名单/i,
        both(
          byGateway,
          /invalid (?:api[ _]?key|token|access token)|token (?:is )?(?:invalid|expired|disabled)|unauthori[sz]ed|forbidden|access denied|not (?:allowed|permitted|authorized)|permission denied|banned|blocked/i,
          not(/base64|argument/i),
        ),
      ),
    ),
  ),
  row(
    'relay-throttled',
    'gateway-denial',
    'throttled',
    'inferred',
    both(
      (r) => !r.by.google,
      any(
        /请求(?:过于|太)?频繁|(?:请求|调用)(?:次)?数.{0,4}(?:限制|上限)|频率限制|限流|限速|free-models-per-(?:day|min)|rate limit exceeded: |cooling down|model_cooldown/i,
        both(
          byGateway,
          code(429),
          /your (?:plan|account|key|token|ip)\b.{0,60}(?:rate )?limit|too many requests|rate limit(?:ed)?|per[ _-]day|daily|每(?:日|天)|次数/i,
          not(/upstream/i),
        ),
      ),
    ),
  ),
  row(
    'relay-write-failed',
    'gateway-fault',
    'relay-error',
    'named',
    any(
      named('write_response_body_failed', 'read_response_body_failed', 'bad_response_body'),
      /bufio\.scanner|failed to (?:read|write) (?:the )?response body/i,
    ),
  ),
  row(
    'relay-upstream',
    'gateway-fault',
    'relay-error',
    'inferred',
    both(
      byGateway,
      not(code(400, 401, 403, 404, 413, 429)),
      any(
        named(
          'shell_api_error',
          'channel_error',
          'upstream_error',
          'bad_response_status_code',
          'do_request_failed',
          'bad_response',
          'openai_error',
          'new_api_error',
          'one_api_error',
          'get_channel_failed',
        ),
        /do request failed|upstream (?:error|failure|service)|bad response status code|上游.{0,6}(?:错误|失败|异常)|服务(?:异常|不可用)|请求失败|all (?:accounts|providers|channels|keys) (?:have )?failed|max retries exhausted/i,
      ),
    ),
  ),
];
