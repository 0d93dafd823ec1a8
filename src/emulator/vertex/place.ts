/** Where on Google Cloud a call goes; a call without one speaks AI Studio's dialect. */
export interface VertexPlace {
  /** Empty for what belongs to no project: the list of models. */
  readonly project: string;
  readonly location: string;
}

export type EmulatedEndpoint = 'ai-studio' | 'vertex';

export function endpointOf(vertex: VertexPlace | undefined): EmulatedEndpoint {
  return vertex === undefined ? 'ai-studio' : 'vertex';
}

/** `projects/p/locations/global/publishers/google/models/m` */
export function modelPath({ project, location }: VertexPlace, model: string): string {
  return `projects/${project}/locations/${location}/publishers/google/models/${model}`;
}
