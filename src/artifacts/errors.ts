/**
 * Errors of the store. `StoreUnavailable` is the only one worth retrying: nothing is wrong with the
 * artifact, the place it should go is full, read-only or away.
 */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable' as const;
}

export class ArtifactMissing extends Error {
  override readonly name = 'ArtifactMissing' as const;
}

export class ArtifactCorrupt extends Error {
  override readonly name = 'ArtifactCorrupt' as const;
}
