/** What the store says of an artifact that it has lost, or that somebody altered: by name, as `report.ts` does. */
export function isLost(error: unknown): error is Error {
  return error instanceof Error && (error.name === 'ArtifactMissing' || error.name === 'ArtifactCorrupt');
}
