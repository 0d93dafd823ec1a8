/** Inputs that are too large for a request and lie in the provider's file storage, which forgets and fills. */
import type { InputImages } from '../input-images.ts';
import type { Scenario } from '../scenario.ts';

export const EXPIRED = (inputs: InputImages): Scenario => ({
  key: 'file-expired',
  title: 'a file that expired',
  trouble: '403: the uploaded input may not exist',
  request: {
    // The first call fails, so that there is a second one for which the file is too old.
    prompt: 'this scan as a mosaic of glass [[fault:capacity]]',
    inputs: [{ bytes: inputs.scan }],
  },
});

export const STORAGE_FULL = (inputs: InputImages): Scenario => ({
  key: 'storage-full',
  title: 'file storage full',
  trouble: '429: no room for the input',
  request: { prompt: 'this scan as a woven carpet', inputs: [{ bytes: inputs.scan }] },
});
