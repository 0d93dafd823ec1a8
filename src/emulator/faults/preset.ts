/**
 * What a named fault is. Three kinds: an error answer instead of the model's, a reshaped 200 (a picture
 * may still have been made and charged), or a failure of the transport after the decision.
 */
import type { Branch } from '../../domain/branch.ts';
import type { Size } from '../../domain/request.ts';
import type { Answer } from '../answer.ts';
import type { ResponseBody } from '../response/body.ts';
import type { TextJob } from '../text/job.ts';
import type { VertexPlace } from '../vertex/place.ts';

/**
 * When a fault strikes: `front` before key, validation and quota (proxies, front doors, whatever never
 * reaches a model), `model` after they let the call pass.
 */
export type FaultStage = 'front' | 'model';

export interface FaultedCall {
  readonly model: string;
  readonly apiVersion: string;
  /** Absent: AI Studio's dialect. */
  readonly vertex?: VertexPlace | undefined;
  readonly prompt: string;
  readonly modalities: readonly string[];
  /** The id of the file that the call names first. */
  readonly file?: string | undefined;
  /** The emulator's time scale; default RetryInfo delays are multiplied by it. */
  readonly timeScale: number;
  /** From the fault's argument: a delay in milliseconds that replaces the preset's own. */
  readonly delayMs?: number;
}

interface PresetFacts {
  readonly stage: FaultStage;
  /**
   * The branch a client should class this as; `success` where a deliverable image is there, `text` for
   * words of a text model and `batch` for a whole batch job, which no branch speaks of.
   */
  readonly branch: Branch | 'success' | 'text' | 'batch';
  /** One line for `--help` and the documentation. */
  readonly about: string;
}

export type ErrorPreset = PresetFacts & {
  readonly kind: 'error';
  /** An image was made and charged although the client never sees it. */
  readonly billed?: boolean;
  readonly answer: (call: FaultedCall) => Answer;
};

export type ShapePreset = PresetFacts & {
  readonly kind: 'shape';
  /** Whether the picture is drawn (and charged) before the shape is changed. */
  readonly picture: boolean;
  /** Drawn at this size, whatever was asked. */
  readonly size?: Size;
  readonly reshape: (body: ResponseBody, call: FaultedCall) => ResponseBody;
};

/** A text model's 200 with other words than its job asks for. Strikes text models only. */
export type TextPreset = PresetFacts & {
  readonly kind: 'text';
  readonly branch: 'text';
  readonly words: (job: TextJob) => string;
};

/** An upload that succeeds and leaves a file whose processing fails. Strikes the end of uploads only. */
export type FilePreset = PresetFacts & { readonly kind: 'file' };

export type BatchFault = 'fail' | 'hang' | 'expire' | 'repeat' | 'omit' | 'reorder' | 'break' | 'swell';

/** A batch job that goes wrong as a whole. Strikes its creation only, which succeeds. */
export type BatchPreset = PresetFacts & {
  readonly kind: 'batch';
  readonly branch: 'batch';
  readonly does: BatchFault;
};

export type FaultPreset = ErrorPreset | ShapePreset | TextPreset | FilePreset | BatchPreset;

export type PresetTable = Readonly<Record<string, FaultPreset>>;

type ErrorOf = (about: string, branch: Branch, answer: (call: FaultedCall) => Answer) => ErrorPreset;

/** An error from before the model. */
export const front: ErrorOf = (about, branch, answer) => ({
  kind: 'error',
  stage: 'front',
  about,
  branch,
  answer,
});

/** An error from the model's side, for a call that took its quota. */
export const behind: ErrorOf = (about, branch, answer) => ({
  kind: 'error',
  stage: 'model',
  about,
  branch,
  answer,
});

/** A 200 without a picture. */
export function bare(
  about: string,
  branch: Branch | 'success',
  reshape: ShapePreset['reshape'],
): ShapePreset {
  return { kind: 'shape', stage: 'model', picture: false, about, branch, reshape };
}

/** A 200 whose picture was drawn and charged, then changed. */
export function drawn(
  about: string,
  branch: Branch | 'success',
  reshape: ShapePreset['reshape'],
): ShapePreset {
  return { kind: 'shape', stage: 'model', picture: true, about, branch, reshape };
}
