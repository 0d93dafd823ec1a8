/**
 * Keeps bills before anybody is told that they are settled. A bill that could not be kept is kept again when
 * it is settled again; one that is being kept is waited for.
 */
export class Keeper {
  readonly #keeping = new Map<string, { readonly keep: () => Promise<void>; promise?: Promise<void> }>();

  /** @param keep Absent for a bill that came before: then only its keeping, if any, is waited for. */
  async keep(name: string, keep: (() => Promise<void>) | undefined): Promise<void> {
    if (keep !== undefined) this.#keeping.set(name, { keep });
    const open = this.#keeping.get(name);
    if (open === undefined) return;
    open.promise ??= open.keep();
    try {
      await open.promise;
      if (this.#keeping.get(name) === open) this.#keeping.delete(name);
    } catch (error) {
      delete open.promise;
      throw error;
    }
  }
}
