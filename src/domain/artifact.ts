/** Bytes or JSON in the artifact store, addressed by SHA-256. Small enough for history (I1). */
export interface ArtifactRef {
  /** Lower-case hex, 64 characters. */
  readonly sha256: string;
  readonly mime: string;
  readonly bytes: number;
}

export interface ImageRef extends ArtifactRef {
  readonly width: number;
  readonly height: number;
}
