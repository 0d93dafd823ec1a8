/**
 * The Batch API behind the port, by files in and out. The SDK sends; what comes back is read from the
 * raw bodies, since its converters drop the job's error and the counts.
 */
import type { BatchPort, NewBatchFile } from './batch-port.ts';
import { readJob } from './batch-job.ts';
import { downloading } from './download.ts';
import { continueUpload, uploadedFile } from './files.ts';
import type { CallOptions, CallRecord, PortAnswer } from './call.ts';
import { isError, jsonObject, objectOf, readAnswer, readPages } from './read-answer.ts';
import type { RecordedSdk } from './recorded-sdk.ts';
import { redactStream } from './redact-stream.ts';
import type { Redactor } from './redactor.ts';
import { spooled } from './spool.ts';

const PAGE_SIZE = 100;
const JSONL = 'application/jsonl';
/** The SDK writes what it downloads somewhere; the bytes themselves go another way. */
const NOWHERE = process.platform === 'win32' ? '\\\\.\\nul' : '/dev/null';

export function createBatches({ call, dedicated }: RecordedSdk, redactor: Redactor): BatchPort {
  const upload = async ({ lines, displayName }: NewBatchFile, options: CallOptions) =>
    spooled(lines, options, async ({ path, left }) => {
      const record = await dedicated(
        (sdk) => sdk.files.upload({ file: path, config: { mimeType: JSONL, displayName } }),
        left,
        continueUpload,
      );
      return readAnswer(record, (answer) => uploadedFile(objectOf(answer, 'file') ?? {}));
    });

  return {
    upload,
    create: async ({ model, fileName, displayName }, options) =>
      readAnswer(
        await call(
          (sdk, http) => sdk.batches.create({ model, src: fileName, config: { ...http, displayName } }),
          options,
        ),
        readJob,
      ),
    find: async (displayName, options) => {
      const jobs = await readPages('operations', readJob, options, (pageToken, each) =>
        call((sdk, http) => {
          const page = { pageSize: PAGE_SIZE, ...(pageToken === undefined ? {} : { pageToken }) };
          return sdk.batches.list({ config: { ...http, ...page } });
        }, each),
      );
      if (jobs.kind === 'failed') return jobs;
      const named = jobs.value.filter((job) => job.displayName === displayName);
      const [newest] = named.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
      return { kind: 'ok', value: newest };
    },
    get: async (name, options) => {
      const record = await call((sdk, http) => sdk.batches.get({ name, config: http }), options);
      return isUnknown(record) ? { kind: 'ok', value: undefined } : readAnswer(record, readJob);
    },
    cancel: async (name, options) =>
      done(await call((sdk, http) => sdk.batches.cancel({ name, config: http }), options)),
    download: async (fileName, options) => {
      const opened = await downloading((take) =>
        call(
          (sdk, http) => sdk.files.download({ file: fileName, downloadPath: NOWHERE, config: http }),
          options,
          take,
        ),
      );
      return opened.kind === 'ok' ? { kind: 'ok', value: redactStream(opened.value, redactor) } : opened;
    },
    remove: async (name, options) => {
      const record = await call((sdk, http) => sdk.batches.delete({ name, config: http }), options);
      return isUnknown(record) ? { kind: 'ok', value: undefined } : done(record);
    },
  };
}

function done(record: CallRecord): PortAnswer<void> {
  const answer = readAnswer(record, (object) => (isError(object) ? undefined : object));
  return answer.kind === 'ok' ? { kind: 'ok', value: undefined } : answer;
}

/** Google's own word for it: the 404 page of a gateway says nothing about a job. */
function isUnknown({ outcome }: CallRecord): boolean {
  if (outcome.kind !== 'answer' || outcome.status !== 404) return false;
  return objectOf(jsonObject(outcome.body) ?? {}, 'error')?.['status'] === 'NOT_FOUND';
}
