/** The request's own faults: arguments, signatures, files, models. */
import { googleError, googleErrorPage, invalidArgument } from '../answer.ts';
import { fileForbidden, fileNotActive, urlNotFetchable } from '../files/refusals.ts';
import { modelNotFound, modelRetired } from '../request/model.ts';
import { corruptedSignature, missingSignature } from '../signatures.ts';
import { front } from './preset.ts';
import type { PresetTable } from './preset.ts';

/** For a call that names no file. */
const ANY_FILE = 'ksyc4x0ratoj';

export const REQUEST_PRESETS = {
  'invalid-request': front('400 INVALID_ARGUMENT', 'invalid-request', () =>
    invalidArgument('Request contains an invalid argument.', [
      {
        '@type': 'type.googleapis.com/google.rpc.DebugInfo',
        detail:
          '[ORIGINAL ERROR] generic::invalid_argument: invalid status photos.thumbnailer.Status.Code::5: Source image 0 too short',
      },
    ]),
  ),
  'signature-missing': front('400, a thought signature is missing', 'signature', () =>
    missingSignature('Image', 2, 1),
  ),
  'signature-corrupted': front('400, a thought signature was altered', 'signature', corruptedSignature),
  'file-403': front('403, the file is gone or foreign', 'file', (call) =>
    fileForbidden(call.file ?? ANY_FILE),
  ),
  'file-processing': front('400, the file is not ACTIVE yet', 'file', (call) =>
    fileNotActive(call.file ?? ANY_FILE),
  ),
  'file-failed': {
    kind: 'file',
    stage: 'model',
    branch: 'file',
    about: 'for files.upload: the upload succeeds, the file becomes FAILED',
  },
  'file-url': front('400, the URL cannot be fetched', 'file', urlNotFetchable),
  'cache-gone': front('404, the cached content vanished', 'file', () =>
    googleError(404, 'NOT_FOUND', 'Not found: cache content metadata 8754364356910645200.'),
  ),
  'model-404': front('404, the model is not found', 'model-gone', (call) =>
    modelNotFound(call.model, call.apiVersion),
  ),
  'model-retired': front('404, the model was shut down', 'model-gone', (call) => modelRetired(call.model)),
  'tier-not-allowed': front('400, the account may not use the service tier', 'model-gone', () =>
    googleError(
      400,
      'FAILED_PRECONDITION',
      'The requested service_tier is not available for your project. Use the standard tier or upgrade your account.',
    ),
  ),
  'endpoint-404': front('404 page for a location that does not exist', 'region', (call) =>
    googleErrorPage(
      404,
      'Not Found',
      `The requested URL <code>/v1beta1/projects/p/locations/nowhere/publishers/google/models/${call.model}:generateContent</code> was not found on this server.`,
    ),
  ),
} as const satisfies PresetTable;
