/**
 * What this product tells may grow: a release adds fields, names and kinds, and a reader that was written
 * before it must not break. So told objects are loose (`z.looseObject`), and lists of names and kinds are
 * open. What callers send is strict instead: a misspelt field is refused.
 */
import { z } from 'zod';

/** Any text passes; the names of this release are listed. The type is this release's, like the interfaces. */
export function open<const N extends readonly [string, ...string[]]>(names: N): z.ZodType<N[number]> {
  return z.union([z.enum(names), z.string()]);
}

/** A kind of this release passes in its shape only; a kind that is not known yet, with whatever it carries. */
export function openKinds<const K extends readonly [z.ZodObject, ...z.ZodObject[]]>(
  key: string,
  kinds: K,
): z.ZodType<z.output<K[number]>> {
  const names = kinds.flatMap(({ shape }) => [...(shape[key] as z.ZodLiteral<string>).values]);
  const unknown = z
    .string()
    .refine((name) => !names.includes(name), `is one of ${names.join(', ')}, in another shape`)
    .meta({ not: { enum: names } });
  return z.union([...kinds, z.looseObject({ [key]: unknown })]);
}
