/** Redaction of a stream (I7): where the pieces end makes no difference. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { redactStream } from '../../src/gemini/redact-stream.ts';
import { createRedactor, REDACTED } from '../../src/gemini/redactor.ts';

const SECRET = 'AIzaStream-secret_42';
const FORMS = [SECRET, Buffer.from(SECRET).toString('base64').replace(/=+$/, ''), encodeURIComponent(SECRET)];

async function redacted(bytes: Buffer, cuts: readonly number[]): Promise<string> {
  async function* pieces() {
    let from = 0;
    for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
      yield bytes.subarray(from, cut);
      from = cut;
    }
  }
  const parts: Uint8Array[] = [];
  for await (const part of redactStream(pieces(), createRedactor([SECRET]))) parts.push(part);
  return Buffer.concat(parts).toString();
}

it('no form of a secret passes, wherever it stands and whatever pieces it comes in', async () => {
  const size = 700_000;
  await fc.assert(
    fc.asyncProperty(
      ...([
        fc.constantFrom(...FORMS),
        fc.nat(size - 100),
        fc.array(fc.nat(size), { maxLength: 40 }),
      ] as const),
      async (form, at, cuts) => {
        const bytes = Buffer.alloc(size, '.');
        bytes.write(form, at);
        // One piece ends in the middle of it, and so does the piece that the stream is searched in.
        const text = await redacted(bytes, [...cuts, at + 5]);
        expect(text).not.toContain(form);
        expect(text).toContain(REDACTED);
        // The last letter of base64 depends on what follows: it stays, and tells nothing.
        expect(text.replace(REDACTED, '').replaceAll('.', '').length).toBeLessThan(2);
      },
    ),
    { numRuns: 60 },
  );
});

it('what holds no secret comes out byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), fc.array(fc.nat(3000)), async (given, cuts) => {
      const bytes = Buffer.from(given.map((byte) => (byte & 0x1f) + 0x61));
      expect(
        await redacted(
          bytes,
          cuts.filter((cut) => cut <= bytes.length),
        ),
      ).toBe(bytes.toString());
    }),
  );
});
