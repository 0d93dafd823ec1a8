/**
 * Reading JSON that people, relays and loggers have damaged: cut off, wrapped over lines, printed as
 * a Python or JavaScript literal, with a stray comma. Total: every function returns, none throws.
 */
export type Json = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A safe integer, also when it was printed as a string (`"429"`). */
export function integerOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export interface Loose {
  readonly value: unknown;
  /** Index behind the last character read. */
  readonly end: number;
  /** False where the text ended before the value did. */
  readonly complete: boolean;
}

const DEEPEST_LITERAL = 60;
const WORDS: Readonly<Record<string, unknown>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  null: null,
  None: null,
  undefined: undefined,
};

/** Reads one literal from `start` on: JSON, Python repr or inspected object, whole or cut off. */
export function parseLoose(text: string, start: number): Loose {
  const reader = new LooseReader(text, start);
  const value = reader.value(0);
  return { value, end: reader.at, complete: !reader.cut };
}

class LooseReader {
  at: number;
  cut = false;
  private readonly text: string;

  constructor(text: string, at: number) {
    this.text = text;
    this.at = at;
  }

  value(depth: number): unknown {
    this.skip(/[\s,]/);
    const char = this.text[this.at];
    if (char === undefined || depth > DEEPEST_LITERAL) {
      this.cut = true;
      return undefined;
    }
    if (char === '{') return this.object(depth);
    if (char === '[') return this.array(depth);
    if (char === '"' || char === "'") return this.string(char);
    return this.bare();
  }

  private object(depth: number): Json {
    const result: Record<string, unknown> = {};
    this.at += 1;
    for (;;) {
      this.skip(/[\s,]/);
      const char = this.text[this.at];
      if (char === undefined || this.cut) break;
      if (char === '}') {
        this.at += 1;
        return result;
      }
      const before = this.at;
      const key = char === '"' || char === "'" ? this.string(char) : this.word();
      this.skip(/\s/);
      // `:` of JSON and Python, `=>` of Ruby and Elixir, `=` of Java.
      const separator = /^(?::|=>?)/.exec(this.text.slice(this.at, this.at + 2))?.[0];
      if (separator !== undefined) {
        this.at += separator.length;
        // Some printers pad the key: `" @type"`. Defined, not assigned: `__proto__` is a key like others.
        Object.defineProperty(result, key.trim(), {
          value: this.value(depth + 1),
          enumerable: true,
          configurable: true,
          writable: true,
        });
      } else if (this.at === before) {
        this.at += 1;
      }
    }
    this.cut = true;
    return result;
  }

  private array(depth: number): unknown[] {
    const result: unknown[] = [];
    this.at += 1;
    for (;;) {
      this.skip(/[\s,]/);
      const char = this.text[this.at];
      if (char === undefined || this.cut) break;
      if (char === ']') {
        this.at += 1;
        return result;
      }
      const before = this.at;
      result.push(this.value(depth + 1));
      if (this.at === before) this.at += 1;
    }
    this.cut = true;
    return result;
  }

  private string(quote: string): string {
    const pieces: string[] = [];
    this.at += 1;
    let from = this.at;
    for (;;) {
      const char = this.text[this.at];
      if (char === undefined) {
        this.cut = true;
        pieces.push(this.text.slice(from));
        return pieces.join('');
      }
      if (char === quote) break;
      if (char === '\\') {
        pieces.push(this.text.slice(from, this.at), this.escape());
        from = this.at;
      } else {
        this.at += 1;
      }
    }
    pieces.push(this.text.slice(from, this.at));
    this.at += 1;
    return pieces.join('');
  }

  private escape(): string {
    const char = this.text[this.at + 1] ?? '';
    if (char === 'u') {
      const code = Number.parseInt(this.text.slice(this.at + 2, this.at + 6), 16);
      this.at += 6;
      return Number.isNaN(code) ? '' : String.fromCharCode(code);
    }
    this.at += 2;
    return { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }[char] ?? char;
  }

  private bare(): unknown {
    const word = this.word();
    if (word in WORDS && Object.hasOwn(WORDS, word)) return WORDS[word];
    return /^-?\d/.test(word) && !Number.isNaN(Number(word)) ? Number(word) : word;
  }

  private word(): string {
    const from = this.at;
    while (this.at < this.text.length && !/[\s,:={}[\]"']/.test(this.text.charAt(this.at))) this.at += 1;
    return this.text.slice(from, this.at);
  }

  private skip(what: RegExp): void {
    while (this.at < this.text.length && what.test(this.text.charAt(this.at))) this.at += 1;
  }
}
