/** The argument of workflow `geminiGovernor`. */
export interface GovernorInput {
  /** `google/ai-studio/my-project`: what it governs. */
  readonly id: string;
  /** What an earlier run knew: carried by continue-as-new, or read from one that was closed by hand. */
  readonly state?: unknown;
  /** There was an earlier one, and what it knew could not be read. */
  readonly lost?: true;
}
