/** What people pasted into public issues: whole lines of logs, relays' envelopes, cut and re-wrapped. */
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/diagnose.ts';
import { google } from './evidence-of.ts';

const WILD: readonly (readonly [branch: string, input: unknown])[] = [
  [
    'network',
    '400: [GoogleGenerativeAI Error]: Error fetching from https://generativelanguage.googleapis.com/v1beta/models/gemini-2.0-flash:streamGenerateContent?alt=sse: Failed to fetch',
  ],
  [
    'invalid-request',
    'Request processing failed: Google API returned error: 400 INVALID_ARGUMENT {"error":{"code":400,"message":"Thinking is not enabled for this model","status":"INVALID_ARGUMENT"}}',
  ],
  ['model-gone', 'API请求失败: HTTP 404, 响应: 404 Not Found'],
  [
    'signature',
    'API Error: 400 {"error":{"message":"[gemini-cli/gemini-3-flash-preview] [400]: Unable to submit request because Thought signature is not valid.. Learn more: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/gemini (reset after 30s)"}}',
  ],
  [
    'signature',
    'Unable to submit request because function call ReadFile in the 4. content block is missing a thought_signature.',
  ],
  [
    'signature',
    'POST https://openrouter.ai/api/v1/chat/completions\n Caused by: 400 Bad Request Reason: {"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\\n  \\"error\\": {\\n    \\"code\\": 400,\\n    \\"message\\": \\"Unable to submit request because Thought signature is not valid.. Learn more\\",\\n    \\"status\\": \\"INVALID_ARGUMENT\\"\\n  }\\n}\\n","provider_name":"Google","is_byok":false}},"user_id":"u"}\n Caused by: Invalid Status Code: 400',
  ],
  [
    'no-image',
    {
      choices: [
        {
          finish_reason: 'error',
          native_finish_reason: 'MALFORMED_FUNCTION_CALL',
          message: { role: 'assistant', content: null },
        },
      ],
    },
  ],
  ['permission', 'Verify your account to continue.\nStatus: 403'],
  [
    'quota-zero',
    '[GoogleGenerativeAI Error]: [429 Too Many Requests]\nQuota exceeded for metric: generativelanguage.googleapis.com/generate_requests_per_model_per_day\nlimit: 0',
  ],
  [
    'capacity',
    'Max retries exhausted. Last error: Upstream error 503 Service Unavailable: {\\n  \\"error\\": {\\n    \\"code\\": 503,\\n    \\"message\\": \\"No capacity available for model gemini-3-pro-image on the server\\",\\n    \\"status\\": \\"UNAVAILABLE\\",\\n    \\"details\\": [\\n      {\\n        \\"@type\\": \\"type.googleapis.com/google.rpc.ErrorInfo\\",\\n        \\"reason\\": \\"MODEL_CAPACITY_EXHAUSTED\\"}]}}',
  ],
  ['gateway-fault', '生成已中断: HttpException: HTTP 500: bufio.Scanner: token too long'],
  [
    'gateway-fault',
    'Provider error: XGJ API generateContent-banana request failed 504 Gateway Timeout: <html>\n<head><title>504 Gateway Time-out</title></head>\n<body>\n<center><h1>504 Gateway Time-out</h1></center>\n<hr><center>openresty</center>\n</body>\n</html>',
  ],
  [
    'model-gone',
    '503 Server Error: Service Unavailable\nmodel_not_found: No available channel for model under group banana-v (distributor)',
  ],
  ['quota-unknown', 'Error processing image: Gemini API HTTP 429,'],
  [
    'capacity',
    'Vertex AI Gemini image generation failed: Vertex AI API error: 429 Too Many Requests - { "error": { "code": 429, "message": "Resource exhausted. Please try again later. Please refer to https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 for more details.", "status": "RESOURCE_EXHAUSTED" } }',
  ],
  [
    'no-image',
    {
      error: 'Internal Server Error',
      message: 'Vertex AI Gemini image generation failed: No image data returned from Vertex AI',
    },
  ],
  [
    'invalid-request',
    "{\n  error: {\n    message: 'openai error: Unable to process input image. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',\n    type: null,\n    param: null,\n    code: 400\n  },\n  provider: 'openai'\n}",
  ],
  [
    'invalid-request',
    '%ReqLLM.Error.API.Request{\n reason: "Provider response error (400): Google API error: Invalid JSON payload received. Unknown name \\"outputMimeType\\" at \'generation_config.image_config\': Cannot find field.",\n status: 400,\n response_body: %{\n "error" => %{\n "code" => 400,\n "details" => [\n %{\n "@type" => "type.googleapis.com/google.rpc.BadRequest"}]}}}',
  ],
  [
    'invalid-request',
    '* GenerateContentRequest.contents[0].parts[1].inline_data.mime_type: MIME type must be image/png, image/jpeg, image/webp, image/heic, or image/heif.',
  ],
  [
    'model-gone',
    '分组 纯AZ、官转、优质gemini 下模型 gemini-flash-lite-latest 无可用渠道（distributor） (request id: 202603301820524725722371Wf6iXaG)',
  ],
  [
    'model-gone',
    "503 None. {'error': {'message': '分组 default 下模型 gemini-flash-lite-latest 无可用渠道（distributor） (request id: 202603301820524725722371Wf6iXaG)', 'type': 'new_api_error'}}",
  ],
  [
    'model-gone',
    '[API Error: {"error":{"message":"Requested entity was not\n  found.","type":"api_error","upstreamStatus":404,"upstreamStatusText":"Not\n  Found","upstreamResponse":{"error":{"code":404,"message":"Requested entity was not found.","status":"NOT_FOUND"}}}}]',
  ],
  [
    'policy',
    '429: {"code":429,"error":"gemini Error when proxying request: gemini Error when proxying request: {\\"error\\":{\\"message\\":\\"blocked: prompt: BlockedReasonProhibitedContent () (request id: 2025020219165683414417178715728)\\",\\"type\\":\\"one_api_error\\",\\"param\\":\\"\\",\\"code\\":\\"do_request_failed\\"}}"}',
  ],
  ['capacity', '429 当前分组上游负载已饱和，请稍后再试 (request id: 20250423020142736330894dLoIRrS6)'],
  [
    'capacity',
    "LLM 连接测试错误\nError code: 429 - {'error': {'message': '当前分组上游负载已饱和，请稍后再试 (request id: 20260521174921838127707FxeB1sRH)', 'type': 'upstream_error', 'param': '404', 'code': 'bad_response_status_code'}}",
  ],
  [
    'quota-minute',
    {
      error: {
        code: 429,
        message: 'REQUEST_LIMIT_EXCEEDED (qps_limit=2)',
        status: 'RESOURCE_EXHAUSTED',
        details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'REQUEST_LIMIT_EXCEEDED' }],
      },
    },
  ],
  [
    'safety-image',
    {
      candidates: [
        {
          finishReason: 'IMAGE_OTHER',
          safetyRatings: [{ category: 'HARM_CATEGORY_VIOLENCE', blocked: true }],
          content: { parts: [{ text: 'blocked' }] },
        },
      ],
    },
  ],
  [
    'quota-unknown',
    { key: 'r1', error: { code: 8, message: 'Resource has been exhausted (e.g. check quota).' } },
  ],
  ['internal', { error: { code: 13, message: 'x' } }],
  [
    'invalid-request',
    'pydantic_ai.exceptions.ModelHTTPError: status_code: 400, model_name: gemini-2.0-flash, body: {\n  "error": {\n    "code": 400,\n    "message": "Unable to submit request because it must have a text parameter.",\n    "status": "INVALID_ARGUMENT"\n  }\n}',
  ],
  [
    'permission',
    'Gemini CLI API error: [{\n"error": {\n"code": 403,\n"message": "Permission denied on resource project default.",\n"errors": [\n{\n"message": "Permission denied on resource project default.",\n"domain": "global",\n"reason": "forbidden"\n}\n],\n"status": "PERMISSION_DENIED",\n"details": [\n{\n"@type": "type.googleapis.com/google.rpc.ErrorInfo",\n"reason": "CONSUMER_INVALID"',
  ],
  ['gateway-fault', 'chat response streaming chunk parse error: SyntaxError: "undefined" is not valid JSON'],
  ['gateway-fault', 'peer closed connection with Error code: 520'],
  ['no-image', 'Error: Empty response received from Gemini'],
  ['model-gone', 'ApiError: {"error":{"message":"","code":404,"status":"Not Found"}}'],
  ['model-gone', 'ApiError: {"error":{"code":"http_error","message":"Not Found"}}'],
  ['safety-prompt', 'block_reason=<BlockedReason.OTHER: "OTHER"> block_reason_message=None'],
  ['safety-image', "finish_reason=<FinishReason.IMAGE_SAFETY: 'IMAGE_SAFETY'> content=None"],
  ['safety-image', 'Blocked: blockReason: undefined, finishReason: IMAGE_SAFETY'],
  ['no-image', 'blockReason: null, finishReason: NO_IMAGE'],
  ['policy', 'candidates: finishReason STOP, finishReason: IMAGE_PROHIBITED_CONTENT'],
  ['gateway-fault', { error: { message: 'Bad Gateway' } }],
  ['timeout', 'AxiosError: timeout of 60000ms exceeded'],
  ['capacity', google(503, 'UNAVAILABLE', 'Service is currently unavailable.')],
];

describe('wild inputs', () => {
  it.each(WILD)('%s ← %j', (branch, input) => {
    expect(diagnose(input).branch).toBe(branch);
  });
});
