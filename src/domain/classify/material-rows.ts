/** Files, caches, signatures and models: the request points at something that is not there. */
import type { Row } from './row.ts';
import { any, both, code, named, not, row } from './row.ts';

const SIGNATURE = /thought[_ ]?signatures?/i;

export const MATERIAL_ROWS: readonly Row[] = [
  // The server lost its own result; nothing of ours is missing.
  row('interaction-lost', 'internal', 'internal', 'inferred', /failed to get completed interaction/i),
  row(
    'signature-other-route',
    'signature',
    'other-route',
    'inferred',
    both(SIGNATURE, /(?:another|different|other) (?:model|project|endpoint|route|key|provider)/i),
  ),
  row(
    'signature-missing',
    'signature',
    'missing',
    'inferred',
    both(
      SIGNATURE,
      /missing|required|must (?:have|include|contain)|lacks?|not (?:provided|found|present)|without/i,
    ),
  ),
  row('signature-corrupted', 'signature', 'corrupted', 'inferred', SIGNATURE),
  row(
    'file-failed',
    'file',
    'failed',
    'inferred',
    /\bfiles?\b.{0,80}\b(?:FAILED state|state[: ]+FAILED|failed to process|processing failed|could not be processed)/i,
  ),
  row(
    'file-not-ready',
    'file',
    'not-ready',
    'inferred',
    /file .{0,200}not in an? ACTIVE state|file .{0,80}(?:is )?(?:still )?(?:being )?process(?:ing|ed)\b.{0,30}(?:wait|not ready|yet)|state[: ]+PROCESSING/i,
  ),
  row(
    'file-gone',
    'file',
    'expired',
    'inferred',
    any(
      /permission to access the files?\b|\bfiles?\b.{0,200}\bor it may not exist|\bfile\b.{0,120}(?:not found|does not exist|has expired|was deleted|no longer (?:exists|available))|files\/[\w-]+.{0,60}(?:not found|does not exist|expired)|invalid or unsupported file uri|file[_ ]?uri.{0,80}(?:invalid|expired|not (?:found|supported))|\bENOENT\b|no such file or directory/i,
      /not found: cache(?:d)? content|cachedcontents?\b.{0,120}(?:not found|expired|does not exist)|cached content .{0,60}(?:not found|expired|permission denied)/i,
      /(?:interaction|previous_interaction_id)\b.{0,80}(?:not found|has expired|does not exist)/i,
    ),
  ),
  row(
    'file-unreachable',
    'file',
    'unreachable',
    'inferred',
    any(
      named('URL_ROBOTED', 'URL_REJECTED', 'URL_UNREACHABLE', 'URL_TIMEOUT', 'URL_ERROR'),
      /(?:cannot|can't|can not|could not|unable to|failed to) (?:fetch|download|retrieve|access|load) .{0,60}(?<![-\w/.])(?:url|uri|file|image|content)\b|url_roboted|robots\.txt/i,
    ),
  ),
  row(
    'model-shut-down',
    'model-gone',
    'shut-down',
    'inferred',
    /(?:model|gemini|imagen)\b.{0,160}(?:no longer available|no longer supported|(?:has been|was|is|been) (?:deprecated|retired|shut ?down|discontinued|sunset|removed)|reached (?:its )?end of life)|no longer available to new users/i,
  ),
  row(
    'model-not-on-route',
    'model-gone',
    'not-on-endpoint',
    'inferred',
    any(
      /publisher model .{0,200}(?:not found|not servable|does not have access)|model\b.{0,160}not (?:available|supported|offered|served|enabled) (?:in|on|at|for) (?:the )?(?:region|location|endpoint|this (?:region|location|endpoint|api)|us-|europe-|asia-)|no (?:available )?channels?\b.{0,80}(?:available|for)|no endpoints? found|no allowed providers|无可用渠道|可用渠道不存在|渠道不存在|only supports? (?:the )?interactions api/i,
      both(/no available (?:channel|account|provider|token)s?/i, not(code(429))),
    ),
  ),
  row(
    'model-not-found',
    'model-gone',
    'not-found',
    'inferred',
    any(
      named('model_not_found', 'MODEL_NOT_FOUND'),
      /is not found for api version|models?\/?[\s'"`:]*[\w./:@-]*['"`]?.{0,40}(?:was |is |could )?(?:not (?:be )?found\b|does not exist|not exist|not recogni[sz]ed)|unknown model|(?:is )?not a valid model|invalid model(?: name| id)?\b|unsupported model\b|模型.{0,30}不存在|requested entity was not found/i,
    ),
  ),
];
