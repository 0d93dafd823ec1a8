/** A law does not hold. */
export class Broken extends Error {
  readonly law: string;

  constructor(law: string, words: string) {
    super(`${law}: ${words}`);
    this.name = 'Broken';
    this.law = law;
  }
}

/** Throws unless `holds`; `words` are asked for only then. */
export function law(name: string, holds: boolean, words: () => string): void {
  if (!holds) throw new Broken(name, words());
}
