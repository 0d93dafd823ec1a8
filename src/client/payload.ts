/** Reads a payload that the server keeps, through the codecs and the converter of the client. */
import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';

export async function decodePayload<T>(client: Client, payload: Payload): Promise<T> {
  const { payloadCodecs, payloadConverter } = client.options.loadedDataConverter;
  let payloads = [payload];
  for (const codec of payloadCodecs.toReversed()) payloads = await codec.decode(payloads);
  return payloadConverter.fromPayload<T>(payloads[0] as Payload);
}
