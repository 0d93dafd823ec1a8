/**
 * The Gemini port: what the activities need of a provider, and nothing of its SDK. `generate` and
 * `generateText` make exactly one provider call; what came back, or how it broke, is their result. The
 * rest is free of charge and answers with what was asked for, or with the exchange that failed.
 * Nothing here rejects for what a provider or a network does, `countTokens` excepted.
 */
import type { HistoryContent } from '../domain/conversation.ts';
import type { Account, ServiceTier } from '../domain/path.ts';
import type { Modality, SafetySetting, Size, Thinking } from '../domain/request.ts';
import type { ObjectRequest, StoredObject } from '../domain/storage-object.ts';
import type { BatchPort } from './batch-port.ts';
import type { CallOptions, CallRecord, PortAnswer } from './call.ts';

export type { CallOptions, CallRecord, PortAnswer, RawOutcome } from './call.ts';

/** An image that travels inside the request. */
export interface InputImage {
  readonly sha256: string;
  readonly mime: string;
  readonly bytes: Uint8Array;
}

/** An image that the provider holds already; `uri` is an {@link UploadedFile}'s, of the same account. */
export interface FileInput {
  readonly sha256: string;
  readonly mime: string;
  readonly uri: string;
}

export type CallInput = InputImage | FileInput;

export interface ImageCall {
  readonly model: string;
  readonly tier: ServiceTier;
  readonly prompt: string;
  readonly inputs: readonly CallInput[];
  /** What was said before, in the provider's own form: goes as it is, signatures too (I9). */
  readonly history?: readonly HistoryContent[];
  readonly size?: Size;
  readonly aspectRatio?: string;
  readonly modalities: readonly Modality[];
  readonly thinking?: Thinking;
  readonly safetySettings?: readonly SafetySetting[];
  readonly systemInstruction?: string;
  readonly temperature?: number;
  readonly seed?: number;
  readonly maxOutputTokens?: number;
}

/** A question to a text model. */
export interface TextCall {
  readonly model: string;
  /** The system instruction; none is sent where it is empty. */
  readonly system: string;
  readonly text: string;
  readonly maxOutputTokens: number;
  /** Asks for an answer of type `application/json`. */
  readonly json: boolean;
}

/** A file in the provider's storage: it belongs to one account and lasts 48 hours. */
export interface UploadedFile {
  /** `files/abc-123` */
  readonly name: string;
  /** What a {@link FileInput} refers to. */
  readonly uri: string;
  readonly mime: string;
  /** 0 where the provider does not say. */
  readonly bytes: number;
  /** Usable once it is `ACTIVE`. `PROCESSING` where the provider does not say, as right after an upload. */
  readonly state: 'PROCESSING' | 'ACTIVE' | 'FAILED' | (string & {});
  /** Epoch milliseconds. */
  readonly expiresAt?: number;
  readonly displayName?: string;
  /** Why it is `FAILED`. */
  readonly error?: string;
}

export interface NewFile {
  /** At least one byte. */
  readonly bytes: Uint8Array;
  readonly mime: string;
  /** At most 512 characters. */
  readonly displayName: string;
}

export interface GeminiFiles {
  /** Nothing is kept where it fails. */
  upload(file: NewFile, options: CallOptions): Promise<PortAnswer<UploadedFile>>;
  /** @param name `files/abc-123`; an unknown, foreign or expired one fails with 403. */
  get(name: string, options: CallOptions): Promise<PortAnswer<UploadedFile>>;
  /** All files of the account; the first 10,000 where there are more. */
  list(options: CallOptions): Promise<PortAnswer<readonly UploadedFile[]>>;
  delete(name: string, options: CallOptions): Promise<PortAnswer<void>>;
}

export interface ListedModel {
  /** Without `models/`. */
  readonly name: string;
  /** `generateContent`, `countTokens`, …; empty where the endpoint does not say. */
  readonly actions: readonly string[];
  readonly inputTokenLimit?: number;
  readonly outputTokenLimit?: number;
}

export interface GeminiPort {
  readonly account: Account;
  generate(call: ImageCall, options: CallOptions): Promise<CallRecord>;
  generateText(call: TextCall, options: CallOptions): Promise<CallRecord>;
  /** Free of charge; throws on any failure. */
  countTokens(call: ImageCall, options: CallOptions): Promise<number>;
  readonly files: GeminiFiles;
  /** Of an account of Google Cloud: how an object of its storage is read, by the same credential; never rejects. */
  readonly requestObject?: (
    object: StoredObject,
    options: Pick<CallOptions, 'timeoutMs' | 'signal'>,
  ) => Promise<ObjectRequest>;
  /** Absent where the endpoint has no batches that this library knows: Vertex. */
  readonly batches?: BatchPort;
  /** Every model that the account sees on this endpoint. */
  listModels(options: CallOptions): Promise<PortAnswer<readonly ListedModel[]>>;
}
