/**
 * Wordings of Gemini, its SDKs, Vertex AI, relays, routers, CDNs and HTTP clients, each with the
 * verdict it must get. A row: verdict, text, HTTP status where it is known.
 */
export type Wording = readonly [verdict: string, text: string, status?: number];

export const ACCESS: readonly Wording[] = [
  ['permission/key-invalid', 'API key not valid. Please pass a valid API key.', 400],
  [
    'permission/key-invalid',
    '[GoogleGenerativeAI Error]: Error fetching from https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash-image:generateContent: [400 Bad Request] API key not valid. Please pass a valid API key. [{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com","metadata":{"service":"generativelanguage.googleapis.com"}}]',
  ],
  ['permission/key-invalid', 'googleapi: Error 400: API key not valid. Please pass a valid API key.'],
  [
    'permission/key-invalid',
    'google.api_core.exceptions.InvalidArgument: 400 API key not valid. Please pass a valid API key. [reason: "API_KEY_INVALID"\ndomain: "googleapis.com"\nmetadata {\n  key: "service"\n  value: "generativelanguage.googleapis.com"\n}\n]',
  ],
  [
    'permission/key-invalid',
    "Error code: 400 - [{'error': {'code': 400, 'message': 'API key not valid. Please pass a valid API key.', 'status': 'INVALID_ARGUMENT', 'details': [{'@type': 'type.googleapis.com/google.rpc.ErrorInfo', 'reason': 'API_KEY_INVALID'}]}}]",
  ],
  ['permission/key-expired', 'API key expired. Please renew the API key.', 400],
  [
    'permission/key-leaked',
    "403 PERMISSION_DENIED. {'error': {'code': 403, 'message': 'Your API key was reported as leaked. Please use another API key.', 'status': 'PERMISSION_DENIED'}}",
  ],
  [
    'permission/key-missing',
    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
    403,
  ],
  ['permission/key-missing', 'API key must be set when using the Gemini API.'],
  [
    'permission/key-missing',
    'Could not load the default credentials. Browse to https://cloud.google.com/docs/authentication/getting-started for more information.',
  ],
  [
    'permission/key-missing',
    'Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
    401,
  ],
  [
    'permission/key-restricted',
    'Requests to this API generativelanguage.googleapis.com method google.ai.generativelanguage.v1beta.GenerativeService.GenerateContent are blocked.',
    403,
  ],
  [
    'permission/key-restricted',
    'The provided API key has an IP address restriction. The originating IP address of the call (203.0.113.7) violates this restriction.',
    403,
  ],
  ['permission/key-restricted', 'Requests from referer https://example.com/ are blocked.', 403],
  ['permission/key-restricted', 'Requests from this Android client application <empty> are blocked.', 403],
  ['permission/suspended', "Permission denied: Consumer 'api_key:AIza...' has been suspended.", 403],
  ['permission/suspended', 'Your project has been suspended due to abuse.', 403],
  [
    'permission/api-disabled',
    'Generative Language API has not been used in project 123456 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/generativelanguage.googleapis.com/overview?project=123456 then retry.',
    403,
  ],
  [
    'permission/api-disabled',
    'Vertex AI API has not been used in project my-project before or it is disabled.',
    403,
  ],
  [
    'permission/iam',
    "403 Permission 'aiplatform.endpoints.predict' denied on resource '//aiplatform.googleapis.com/projects/p/locations/global/publishers/google/models/gemini-3-pro-image' (or it may not exist).",
    403,
  ],
  ['permission/iam', 'Request had insufficient authentication scopes.', 403],
  ['permission/iam', 'Permission denied on resource project my-project.', 403],
  [
    'permission/org-policy',
    "Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: abc",
    403,
  ],
  [
    'permission/org-policy',
    'Organization Policy constraint constraints/vertexai.allowedModels violated for `projects/123` attempting to use a disallowed Gen AI model gemini-3-pro-image.',
    400,
  ],
  [
    'permission/wrong-endpoint',
    'API keys are not supported by this API. Expected OAuth2 access token or other authentication credentials that assert a principal. See https://cloud.google.com/docs/authentication',
    401,
  ],
  [
    'permission/wrong-endpoint',
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. ACCESS_TOKEN_TYPE_UNSUPPORTED',
    401,
  ],
  [
    'permission/key-invalid',
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
    401,
  ],
  ['permission/denied', 'The caller does not have permission', 403],
  ['permission/denied', 'StatusCode.PERMISSION_DENIED'],
  ['permission/denied', '401 status code (no body)', 401],
  ['permission/denied', 'rpc error: code = Unauthenticated desc = '],
  ['permission/denied', "Project 'my-project' not found or deleted.", 403],
  ['permission/key-invalid', 'Incorrect API key provided: AIza****.', 401],
  [
    'billing/prepay-depleted',
    'got status: 429 Too Many Requests. {"error":{"code":429,"message":"Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and billing.","status":"RESOURCE_EXHAUSTED"}}',
  ],
  [
    'billing/spend-cap',
    'Your project has exceeded its spend cap. Please go to AI Studio at https://ai.studio/spend to manage your project spend cap.',
    429,
  ],
  ['billing/spend-cap', 'Your project has exceeded its monthly spending cap.', 429],
  [
    'billing/billing-disabled',
    'This API method requires billing to be enabled. Billing is disabled for project 123.',
    403,
  ],
  [
    'billing/billing-required',
    'This API method requires billing to be enabled. Please enable billing on project #123 by visiting https://console.developers.google.com/billing/enable?project=123 then retry.',
    403,
  ],
  [
    'billing/billing-required',
    'Gemini API free tier is not available in your country. Please enable billing on your project in Google AI Studio.',
    400,
  ],
  ['billing/billing-required', 'Imagen API is only accessible to billed users at this time.', 400],
  [
    'billing/billing-required',
    "400 FAILED_PRECONDITION. {'error': {'code': 400, 'message': 'Precondition check failed.', 'status': 'FAILED_PRECONDITION'}}",
  ],
  [
    'billing/billing-required',
    'User location is not supported for the API use without a billing account linked.',
    400,
  ],
  [
    'spend-window/spend-rate',
    "429 RESOURCE_EXHAUSTED. {'error': {'code': 429, 'message': \"You exceeded your spend-based rate limit. Your spending rate has exceeded the allowed limit for your account's billing history and tier.\", 'status': 'RESOURCE_EXHAUSTED'}}",
  ],
  ['region/location', 'User location is not supported for the API use.', 400],
  ['region/location', '[FAILED_PRECONDITION] User location is not supported for the API use.', 403],
  ['region/location', 'Image generation is not available in your country', 400],
  ['region/location', 'Country, region, or territory not supported', 403],
  ['region/location', 'code: unsupported_country_region_territory', 403],
  ['region/wordless', '403 status code (no body)', 403],
  [
    'region/wordless',
    '[GoogleGenerativeAI Error]: Error fetching from https://generativelanguage.googleapis.com/v1beta/models/gemini-3-pro-image:generateContent: [403 Forbidden] ',
  ],
];

export const MATERIAL: readonly Wording[] = [
  [
    'signature/missing',
    'Image part is missing a thought_signature in content position 3, part position 1.',
    400,
  ],
  [
    'signature/missing',
    'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance.',
    400,
  ],
  [
    'signature/missing',
    'litellm.BadRequestError: GeminiException BadRequestError - {"error":{"code":400,"message":"Text part is missing a thought_signature in content position 2, part position 1.","status":"INVALID_ARGUMENT"}}',
  ],
  ['signature/corrupted', 'Corrupted thought signature.', 400],
  ['signature/corrupted', 'Thought signature is not valid', 400],
  [
    'signature/corrupted',
    "Invalid value at 'contents[1].parts[0].thought_signature' (TYPE_BYTES), Base64 decoding failed",
    400,
  ],
  [
    'signature/corrupted',
    'Unable to submit request because it has an invalid thought signature for content at index 2',
    400,
  ],
  ['signature/other-route', 'Invalid thought signature: it was created by a different model', 400],
  ['file/not-ready', 'The File ksyc4x0ratoj is not in an ACTIVE state and usage is not allowed.', 400],
  ['file/expired', 'You do not have permission to access the File 4f2b or it may not exist.', 403],
  [
    'file/expired',
    "403 PERMISSION_DENIED. {'error': {'code': 403, 'message': 'You do not have permission to access the File abc123 or it may not exist.', 'status': 'PERMISSION_DENIED'}}",
  ],
  ['file/expired', 'Not found: cached content metadata for 8754364356910645200.', 404],
  ['file/expired', 'CachedContent not found (or permission denied)', 403],
  ['file/expired', 'Invalid or unsupported file uri: https://example.com/a', 400],
  ['file/failed', 'File files/abc failed to process.', 400],
  ['file/unreachable', 'Cannot fetch content from the provided URL.', 400],
  [
    'file/unreachable',
    'Cannot fetch content from the provided URL. Please ensure the URL is valid and accessible by Vertex AI. Vertex AI respects robots.txt rules, so confirm the URL is allowed to be crawled. Status: URL_ROBOTED-ROBOTED_DENIED',
    400,
  ],
  [
    'model-gone/not-found',
    'models/gemini-3-pro-image-preview is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.',
    404,
  ],
  ['model-gone/not-found', 'Requested entity was not found.', 404],
  [
    'model-gone/tier-not-allowed',
    "Service tier 'priority' is not allowed for this project. Contact sales to enable it.",
    403,
  ],
  ['model-gone/tier-not-allowed', 'Priority processing is not enabled for this account.', 400],
  ['model-gone/tier-not-allowed', 'Your account is not eligible for the flex tier.', 400],
  [
    'model-gone/not-found',
    "Error code: 404 - {'error': {'message': 'The model `gemini-9` does not exist or you do not have access to it.', 'type': 'invalid_request_error', 'code': 'model_not_found'}}",
  ],
  ['model-gone/not-found', 'google/gemini-3-pro-image-previewx is not a valid model ID', 400],
  ['model-gone/not-on-endpoint', 'No endpoints found for google/gemini-2.5-flash-image-preview:free.', 404],
  [
    'model-gone/not-on-endpoint',
    'Publisher Model `projects/p/locations/us-central1/publishers/google/models/gemini-3-pro-image-preview` was not found or your project does not have access to it. Please ensure you are using a valid model version.',
    404,
  ],
  [
    'model-gone/not-on-endpoint',
    '分组 default 下模型 gemini-3-pro-image-preview 无可用渠道（distributor） (request id: 2026033018205247257223)',
    503,
  ],
  [
    'model-gone/not-on-endpoint',
    'No available channel for model gemini-2.5-flash-image-preview under group default (distributor)',
    503,
  ],
  [
    'model-gone/shut-down',
    'This model models/gemini-2.5-flash-image is no longer available to new users. Please update your code to use models/gemini-nano-banana-2.1',
    404,
  ],
  [
    'model-gone/shut-down',
    'Gemini 1.0 Pro Vision has been deprecated on July 12, 2024. Consider switching to different model, for example gemini-1.5-flash.',
    404,
  ],
  ['model-gone/shut-down', 'The model gemini-3-pro-image-preview has been retired.', 404],
  ['internal/internal', 'Failed to get completed interaction: Result not found.', 500],
];

export const CONTENT: readonly Wording[] = [
  ['safety-image/image-safety', 'Gemini API error: IMAGE_SAFETY'],
  [
    'safety-image/image-safety',
    "No image generated. finishReason: IMAGE_SAFETY. The image was filtered out because it violated Google's Generative AI Prohibited Use policy",
  ],
  [
    'safety-image/image-safety',
    'The generated images may contain unsafe content. Please try a different prompt.',
    400,
  ],
  ['safety-image/image-safety', 'finish_reason: FinishReason.IMAGE_SAFETY'],
  [
    'safety-image/image-safety',
    'FinishReasonImageSafety'.replace('FinishReason', 'blocked: candidate: FinishReason'),
  ],
  [
    'safety-image/image-safety',
    'failed to generate image: generated image was filtered: Unable to show generated images. Your current safety settings for people/face generation filtered out images that appeared to include children. You will not be charged for blocked images.',
    500,
  ],
  ['policy/prohibited-content', 'Request was blocked by Gemini: BlockedReason.PROHIBITED_CONTENT'],
  [
    'policy/prohibited-content',
    'request blocked by Gemini API: PROHIBITED_CONTENT (request id: 2025122112345678901234)',
    400,
  ],
  [
    'policy/prohibited-content',
    'blocked: prompt: BlockedReasonProhibitedContent () (request id: 2025020219165683414417178715728)',
    500,
  ],
  [
    'policy/prohibited-content',
    '[GoogleGenerativeAI Error]: Text not available. Response was blocked due to PROHIBITED_CONTENT',
  ],
  ['policy/prohibited-content', 'Prompt was blocked: blockReason: PROHIBITED_CONTENT', 400],
  ['policy/prohibited-content', 'finishReason: IMAGE_PROHIBITED_CONTENT'],
  [
    'policy/prohibited-content',
    "Unable to show the generated image. The image was filtered out because it violated Google's Responsible AI practices. Support code: 11030041.",
  ],
  [
    'policy/prohibited-content',
    "Image generation failed with the following error: The prompt could not be submitted. This prompt contains sensitive words that violate Google's Responsible AI practices.",
    400,
  ],
  [
    'policy/prohibited-content',
    'Image generation failed with the following error: The response is blocked, as it may violate our policies. Error Code: 58061214',
    400,
  ],
  ['policy/prohibited-content', '输入内容包含敏感词，请修改后重试 (request id: 2026010112000012345678)', 400],
  [
    'policy/prohibited-content',
    "{'error': {'message': 'sensitive words detected', 'type': 'new_api_error', 'code': 'sensitive_words_detected'}}",
    500,
  ],
  ['policy/recitation', 'Candidate was blocked due to RECITATION'],
  ['policy/recitation', "The candidate's finish_reason is 4."],
  ['policy/blocklist', 'block_reason: BLOCKLIST'],
  ['policy/spii', 'finish_reason: SPII'],
  ['policy/jailbreak', 'blockReason: JAILBREAK'],
  ['policy/model-armor', 'blockReason: MODEL_ARMOR blockReasonMessage: Blocked by Model Armor Floor Setting'],
  ['safety-prompt/safety', '[GoogleGenerativeAI Error]: Candidate was blocked due to SAFETY'],
  ['safety-prompt/safety', 'The prompt was blocked due to SAFETY'],
  [
    'safety-prompt/safety',
    "Invalid operation: The `response.text` quick accessor requires the response to contain a valid `Part`, but none were returned. The candidate's finish_reason is 3.",
  ],
  [
    'safety-prompt/other',
    '[GoogleGenerativeAI Error]: Text not available. Response was blocked due to OTHER',
  ],
  ['safety-prompt/other', 'blockReason: OTHER'],
  ['no-image/blank', 'finishReason: NO_IMAGE'],
  ['no-image/blank', 'provider returned no generated images', 500],
  ['no-image/blank', 'MCP error -32603: No image data found in API responses'],
  ['no-image/blank', 'Error: Gemini did not return edited image data'],
  ['no-image/blank', 'AI_NoImageGeneratedError: No image generated.'],
  ['no-image/malformed', 'finishReason: MALFORMED_FUNCTION_CALL'],
  ['no-image/truncated', 'finish_reason: MAX_TOKENS, no content'],
];

export const LOAD: readonly Wording[] = [
  [
    'quota-storage/file-storage',
    'Quota exceeded for metric: generativelanguage.googleapis.com/file_storage_bytes, limit: 21474836480\n violations { quota_id: "FileStorageBytesPerProject" } retry_delay { seconds: 9223372036854775807 }',
    429,
  ],
  [
    'quota-storage/file-storage',
    '{"error":{"code":429,"message":"You have exceeded the file storage quota.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"FileStorageBytesPerProject"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"9223372036854775807s"}]}}',
    429,
  ],
  [
    'quota-zero/no-free-tier',
    "Gemini 2.5 Pro Preview doesn't have a free quota tier. For higher rate limits, use gemini-2.5-pro-exp-03-25 instead, or upgrade to a paid plan.",
    429,
  ],
  [
    'quota-zero/limit-zero',
    '429 You exceeded your current quota, please check your plan and billing details. * Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 0, model: gemini-3-pro-image',
    429,
  ],
  [
    'quota-zero/limit-zero',
    '429 You exceeded your current quota. [violations {\n  quota_metric: "generativelanguage.googleapis.com/generate_content_free_tier_requests"\n  quota_id: "GenerateRequestsPerDayPerProjectPerModel-FreeTier"\n  quota_dimensions {\n    key: "model"\n    value: "gemini-2.5-flash-preview-image"\n  }\n}\n, retry_delay {\n  seconds: 22\n}\n]',
    429,
  ],
  [
    'quota-day/rpd',
    '429 You exceeded your current quota. [violations {\n  quota_metric: "generativelanguage.googleapis.com/generate_content_free_tier_requests"\n  quota_id: "GenerateRequestsPerDayPerProjectPerModel-FreeTier"\n  quota_dimensions {\n    key: "model"\n    value: "gemini-2.0-flash"\n  }\n  quota_value: 200\n}\n, links {\n  description: "Learn more about Gemini API quotas"\n}\n, retry_delay {\n  seconds: 22\n}\n]',
    429,
  ],
  [
    'quota-day/rpd',
    'You have exhausted your capacity on this model. Your quota will reset after 19h14m47s.',
    429,
  ],
  ['quota-day/rpd', 'You have reached your daily limit of image generations. Too many requests.', 429],
  [
    'quota-day/tpd',
    'Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_input_token_count_per_day, limit: 1000000',
    429,
  ],
  [
    'quota-minute/rpm',
    'Quota exceeded for metric: generativelanguage.googleapis.com/generate_requests_per_model, limit: 500, model: gemini-3-pro-image\nPlease retry in 34.2s.',
    429,
  ],
  [
    'quota-minute/rpm',
    '429 RESOURCE_EXHAUSTED: Quota exceeded for aiplatform.googleapis.com/generate_content_requests_per_minute_per_project_per_base_model with base model: gemini-2.5-flash-image. Please submit a quota increase request.',
  ],
  [
    'quota-minute/rpm',
    'Quota exceeded for aiplatform.googleapis.com/online_prediction_requests_per_base_model with base model: imagen-3.0-generate. Please submit a quota increase request.',
    429,
  ],
  [
    'quota-minute/ipm',
    'Quota exceeded for metric: generativelanguage.googleapis.com/generate_images_per_minute_per_project, limit: 10',
    429,
  ],
  [
    'quota-minute/tpm',
    'geminiException - {"error":{"code":429,"message":"Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_paid_tier_2_input_token_count, limit: 4000000","status":"RESOURCE_EXHAUSTED"}}',
  ],
  [
    'quota-minute/rpm',
    'You have exhausted your capacity on this model. Your quota will reset after 54s. reason: "QUOTA_EXHAUSTED"',
    429,
  ],
  ['quota-unknown/no-details', 'Resource has been exhausted (e.g. check quota).', 429],
  ['quota-unknown/no-details', '429 Too Many Requests', 429],
  [
    'quota-unknown/no-details',
    'google.api_core.exceptions.ResourceExhausted: 429 Resource has been exhausted (e.g. check quota).',
  ],
  [
    'quota-unknown/no-details',
    'You exceeded your current quota, please check your plan and billing details.',
    429,
  ],
  [
    'quota-unknown/no-details',
    '{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"google/gemini-2.5-flash-image-preview:free is temporarily rate-limited upstream. Please retry shortly, or add your own key to accumulate your rate limits","provider_name":"Google AI Studio"}}}',
    429,
  ],
  [
    'capacity/shared-capacity',
    'Resource exhausted. Please try again later. Please refer to https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 for more details.',
    429,
  ],
  ['capacity/overloaded', 'The model is overloaded. Please try again later.', 503],
  [
    'capacity/overloaded',
    'This model is currently experiencing high demand. Spikes in demand are usually temporary. Please try again later.',
    503,
  ],
  ['capacity/overloaded', '[503 Service Unavailable] The model is overloaded. Please try again later.'],
  [
    'capacity/overloaded',
    'google.api_core.exceptions.ServiceUnavailable: 503 The service is currently unavailable.',
  ],
  [
    'capacity/overloaded',
    'No capacity available for model gemini-3-pro-image on the server. reason: "MODEL_CAPACITY_EXHAUSTED"',
    429,
  ],
  [
    'capacity/overloaded',
    'grpc._channel._InactiveRpcError: status = StatusCode.UNAVAILABLE details = "The service is currently unavailable."',
  ],
  ['capacity/overloaded', '503 UNAVAILABLE'],
  [
    'capacity/overloaded',
    '当前分组上游负载已饱和，请稍后再试 (request id: 20250423020142736330894dLoIRrS6)',
    429,
  ],
  [
    'capacity/server-cancelled',
    "499 CANCELLED. {'error': {'code': 499, 'message': 'The operation was cancelled.', 'status': 'CANCELLED'}}",
  ],
  ['timeout/server-deadline', '504 Deadline Exceeded', 504],
  ['timeout/server-deadline', 'Deadline expired before operation could complete.', 503],
  [
    'timeout/server-deadline',
    "504 DEADLINE_EXCEEDED. {'error': {'code': 504, 'message': 'Deadline expired before operation could complete.', 'status': 'DEADLINE_EXCEEDED'}}",
  ],
  [
    'timeout/server-deadline',
    'google.api_core.exceptions.DeadlineExceeded: 504 The request timed out. Please try again.',
  ],
  ['timeout/server-deadline', 'rpc error: code = DeadlineExceeded desc = Deadline Exceeded'],
  [
    'internal/internal',
    'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
    500,
  ],
  [
    'internal/internal',
    "500 INTERNAL. {'error': {'code': 500, 'message': 'Internal error encountered.', 'status': 'INTERNAL'}}",
  ],
  ['internal/internal', '[500 Internal Server Error] Internal error encountered.'],
  ['internal/internal', 'StatusCode.INTERNAL: Internal error occurred.'],
  ['internal/internal', '{"error":{"code":500,"message":"Unknown Error.","status":"UNKNOWN"}}', 500],
  ['internal/internal', 'Error code: 500 - {"error":{"message":"Internal Server Error"}}'],
];

export const GATEWAY: readonly Wording[] = [
  [
    'gateway-fault/bad-gateway',
    '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.25.3</center>\r\n</body>\r\n</html>',
    502,
  ],
  [
    'gateway-fault/bad-gateway',
    '{"error":{"message":"<html>\\r\\n<head><title>502 Bad Gateway</title></head>\\r\\n<body>…","code":502,"status":"Bad Gateway"}}',
    502,
  ],
  [
    'gateway-fault/bad-gateway',
    '<html><head><title>504 Gateway Time-out</title></head><body><center><h1>504 Gateway Time-out</h1></center><hr><center>openresty</center></body></html>',
    504,
  ],
  [
    'gateway-fault/bad-gateway',
    '<html><head><title>503 Service Temporarily Unavailable</title></head><body></body></html>',
    503,
  ],
  [
    'gateway-fault/bad-gateway',
    'upstream connect error or disconnect/reset before headers. reset reason: connection termination',
    503,
  ],
  ['gateway-fault/bad-gateway', '502 Bad Gateway'],
  ['gateway-fault/origin-error', 'error code: 522', 522],
  ['gateway-fault/origin-error', 'Error 1101: Worker threw exception', 500],
  [
    'gateway-fault/origin-error',
    '{"type":"https://developers.cloudflare.com/support/","title":"Error 524: A timeout occurred","status":524,"detail":"The origin web server timed out responding to this request.","cloudflare_error":true,"retryable":true,"retry_after":120}',
    524,
  ],
  [
    'gateway-fault/relay-error',
    '{"error":{"message":"openai_error","type":"bad_response_status_code","param":"","code":"bad_response_status_code"}}',
    502,
  ],
  [
    'gateway-fault/relay-error',
    '{"error":{"message":"do request failed","type":"new_api_error","code":"do_request_failed"}}',
    500,
  ],
  [
    'gateway-fault/relay-error',
    '{"error":{"message":"upstream error: connection reset by peer (request id: 2026010112000012345678)","type":"upstream_error","code":"bad_response"}}',
    500,
  ],
  ['gateway-fault/empty-answer', '400 status code (no body)', 400],
  ['timeout/gateway-timeout', '{"message":"Endpoint request timed out"}', 504],
  ['timeout/gateway-timeout', '504 Gateway Timeout'],
  [
    'gateway-denial/denied',
    '<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head><body>Sorry, you have been blocked</body></html>',
    403,
  ],
  [
    'gateway-denial/denied',
    '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head><body></body></html>',
    403,
  ],
  ['gateway-denial/denied', 'error code: 1020', 403],
  [
    'gateway-denial/denied',
    '<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center><hr><center>nginx</center></body></html>',
    403,
  ],
  [
    'gateway-denial/denied',
    '{"error":{"message":"无效的令牌 (request id: 2026010112000012345678)","type":"new_api_error"}}',
    401,
  ],
  [
    'gateway-denial/denied',
    '{"error":{"message":"Invalid token (request id: 2026010112000012345678)","type":"new_api_error"}}',
    401,
  ],
  [
    'gateway-denial/denied',
    '{"error":{"message":"该令牌无权访问模型 gemini-3-pro-image-preview","type":"new_api_error"}}',
    403,
  ],
  ['gateway-denial/denied', '{"error":{"message":"No auth credentials found","code":401}}', 401],
  [
    'gateway-denial/out-of-credit',
    '{"error":{"message":"用户额度不足, 剩余额度: ＄0.000000 (request id: 2026010112000012345678)","type":"new_api_error","code":"insufficient_user_quota"}}',
    403,
  ],
  [
    'gateway-denial/out-of-credit',
    '{"error":{"message":"This request requires more credits, or fewer max_tokens. You requested up to 32768 tokens, but can only afford 10.","code":402}}',
    402,
  ],
  ['gateway-denial/out-of-credit', '该令牌额度已用尽', 403],
  ['gateway-denial/throttled', 'error code: 1015', 429],
  ['gateway-denial/throttled', '您已达到总请求数限制：1分钟内最多请求60次', 429],
  [
    'gateway-denial/throttled',
    'Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day',
    429,
  ],
  [
    'gateway-denial/body-limit',
    '<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body><center><h1>413 Request Entity Too Large</h1></center><hr><center>nginx</center></body></html>',
    413,
  ],
];

export const REQUEST: readonly Wording[] = [
  [
    'invalid-request/ratio',
    '* GenerateContentRequest.generation_config.image_config.aspect_ratio: aspect_ratio must be one of 1:1, 1:4, 1:8, 2:3, 3:2, 3:4, 4:1, 4:3, 4:5, 5:4, 8:1, 9:16, 16:9, 21:9',
    400,
  ],
  ['invalid-request/ratio', 'Aspect ratio 1:4 is not supported for this model', 400],
  [
    'invalid-request/size',
    "Unsupported image_size '8K'. Supported values are: 1K, 2K, 4K, 512, 512P, 512PX.",
    400,
  ],
  ['invalid-request/size', 'Image size 2K is not supported for this model', 400],
  ['invalid-request/thinking', 'You can only set only one of thinking budget and thinking level.', 400],
  ['invalid-request/thinking', 'Thinking level is not supported for this model.', 400],
  ['invalid-request/thinking', 'Budget 0 is invalid. This model only works in thinking mode.', 400],
  ['invalid-request/mime', 'Unsupported MIME type: image/gif', 400],
  [
    'invalid-request/mime',
    'Unable to submit request because it has a mimeType parameter with value image/svg+xml, which is not supported. Update the mimeType and try again.',
    400,
  ],
  ['invalid-request/too-large', 'Request payload size exceeds the limit: 20971520 bytes.', 400],
  [
    'invalid-request/too-many-tokens',
    'The input token count (1048577) exceeds the maximum number of tokens allowed (65536).',
    400,
  ],
  ['invalid-request/role', 'Please use a valid role: user, model.', 400],
  ['invalid-request/role', 'Please ensure that multiturn requests alternate between user and model.', 400],
  [
    'invalid-request/role',
    'Please ensure that multiturn requests ends with a user role or a function response.',
    400,
  ],
  ['invalid-request/empty', '* GenerateContentRequest.contents: contents is not specified\n', 400],
  ['invalid-request/empty', 'Request has empty input.', 400],
  ['invalid-request/empty', 'contents are required'],
  [
    'invalid-request/empty',
    'Unable to submit request because it must have a text parameter. Add a text parameter and try again.',
    400,
  ],
  [
    'invalid-request/unknown-field',
    'Invalid JSON payload received. Unknown name "negativePrompt" at \'generation_config\': Cannot find field.',
    400,
  ],
  [
    'invalid-request/unsupported',
    'Multiple candidates is not enabled for models/gemini-2.5-flash-image',
    400,
  ],
  [
    'invalid-request/unsupported',
    'Developer instruction is not enabled for models/gemini-2.5-flash-image',
    400,
  ],
  [
    'invalid-request/unsupported',
    'personGeneration parameter is only supported in Gemini Enterprise Agent Platform mode, not in Gemini Developer API mode.',
  ],
  ['invalid-request/unsupported', 'output_mime_type parameter is not supported in Gemini API.'],
  ['invalid-request/unsupported', 'Function calling is not enabled for models/gemini-2.5-flash-image', 400],
  [
    'invalid-request/unsupported',
    'Model does not support the requested response modalities: image,text',
    400,
  ],
  ['invalid-request/unsupported', 'JSON mode is not enabled for models/gemini-2.5-flash-image', 400],
  [
    'invalid-request/unsupported',
    'The requested combination of response modalities (TEXT, IMAGE) is not supported by the model. models/gemini-2.0-flash accepts the following combination of response modalities: * TEXT',
    400,
  ],
  [
    'invalid-request/bad-input',
    'Unable to process input image. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
    400,
  ],
  ['invalid-request/bad-input', 'Provided image is not valid.', 400],
  [
    'invalid-request/bad-input',
    "Exception Unable to execute the request - 400 INVALID_ARGUMENT. {'error': {'code': 400, 'message': 'Provided image is not valid', 'status': 'INVALID_ARGUMENT'}}",
  ],
  ['invalid-request/argument', 'Request contains an invalid argument.', 400],
  [
    'invalid-request/argument',
    'Please use fewer than 14 images in your request to models/gemini-3-pro-image',
    400,
  ],
  [
    'invalid-request/argument',
    'litellm.BadRequestError: VertexAIException BadRequestError - b\'{\\n  "error": {\\n    "code": 400,\\n    "message": "Request contains an invalid argument.",\\n    "status": "INVALID_ARGUMENT"\\n  }\\n}\\n\'',
  ],
  ['invalid-request/argument', 'Project and location are not supported for Gemini API backend.'],
  [
    'invalid-request/argument',
    'enterprise and vertexAI flags have conflicting values, please set enterprise value only.',
  ],
];

export const NETWORK: readonly Wording[] = [
  ['network/other', 'exception TypeError: fetch failed sending request'],
  ['network/other', '[API Error: exception TypeError: fetch failed sending request]'],
  ['network/other', 'TypeError: fetch failed'],
  ['network/dns', 'getaddrinfo ENOTFOUND generativelanguage.googleapis.com'],
  [
    'network/dns',
    'Post "https://generativelanguage.googleapis.com/v1beta/models/x:generateContent": dial tcp: lookup generativelanguage.googleapis.com: no such host',
  ],
  ['network/refused', 'connect ECONNREFUSED 127.0.0.1:7890'],
  [
    'network/refused',
    '503 failed to connect to all addresses; last error: UNKNOWN: ipv4:142.250.0.95:443: tcp handshaker shutdown',
  ],
  [
    'network/unreachable',
    'ConnectTimeoutError: Connect Timeout Error (attempted address: generativelanguage.googleapis.com:443, timeout: 10000ms)',
  ],
  ['network/unreachable', 'connect ETIMEDOUT 142.250.0.95:443'],
  ['network/unreachable', 'dial tcp 142.250.0.95:443: i/o timeout'],
  ['network/tls', "SSLError(SSLEOFError(8, 'EOF occurred in violation of protocol (_ssl.c:1007)'))"],
  ['network/tls', 'Error: self-signed certificate in certificate chain'],
  ['network/tls', 'write EPROTO 8035:error:1408F10B:SSL routines:ssl3_get_record:wrong version number'],
  ['network/reset', 'Server disconnected without sending a response.'],
  [
    'network/reset',
    "('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
  ],
  ['network/reset', 'TypeError: terminated'],
  ['network/reset', 'SocketError: other side closed'],
  ['network/reset', 'Error: socket hang up'],
  ['network/reset', 'peer closed connection without sending complete message body (incomplete chunked read)'],
  ['timeout/headers-timeout', 'HeadersTimeoutError: Headers Timeout Error'],
  ['timeout/headers-timeout', 'fetch failed | UND_ERR_HEADERS_TIMEOUT'],
  ['timeout/headers-timeout', 'BodyTimeoutError: Body Timeout Error'],
  ['timeout/client-timeout', 'httpx.ReadTimeout: The read operation timed out'],
  [
    'timeout/client-timeout',
    "HTTPSConnectionPool(host='generativelanguage.googleapis.com', port=443): Read timed out. (read timeout=60)",
  ],
  ['timeout/client-timeout', 'TimeoutError: The operation was aborted due to timeout'],
  ['timeout/client-timeout', 'Request timed out.'],
  [
    'timeout/client-timeout',
    'Post "https://generativelanguage.googleapis.com/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  ],
  ['cancelled/caller', 'AbortError: This operation was aborted'],
  ['cancelled/caller', 'The user aborted a request.'],
  ['cancelled/caller', 'APIUserAbortError: Request was aborted.'],
  ['cancelled/caller', 'context canceled'],
  ['unknown/unrecognised', 'something entirely different happened'],
];
