/**
 * The border where a user's catalogue comes in: plugin option, file, command line. Whatever is wrong is a
 * TypeError at start-up that names `catalogue[i].field`, what was given and the cure; all of it at once.
 */
import { z } from 'zod';
import type { Catalogue, CatalogueOverrides, ModelEntry } from '../domain/catalogue.ts';
import { findModel, mergeCatalogue } from '../domain/catalogue.ts';
import { ENDPOINTS, MODEL_STATES } from '../domain/model-entry.ts';
import { SERVICE_TIERS } from '../domain/path.ts';
import { SIZES } from '../domain/request.ts';

const LEVELS = ['minimal', 'low', 'medium', 'high'] as const;

const name = z.string().regex(/\S/);
const usd = z.number().nonnegative();
const count = z.int().positive();
const bySize = <T extends z.ZodType>(value: T) => z.partialRecord(z.enum(SIZES), value);

const price = z.strictObject({
  inputPerMTok: usd,
  textOutPerMTok: usd,
  imageOutPerMTok: usd,
  perImage: bySize(usd).exactOptional(),
  tierFactor: z.partialRecord(z.enum(SERVICE_TIERS), z.number().positive()),
  batchFactor: z.number().positive(),
});

const override = z.strictObject({
  endpoint: z.enum(ENDPOINTS),
  model: name,
  state: z.enum(MODEL_STATES).exactOptional(),
  sizes: z
    .tuple([z.enum(SIZES)], z.enum(SIZES))
    .refine((sizes) => sizes.every((size, i) => SIZES.indexOf(size) > SIZES.indexOf(sizes[i - 1] as never)))
    .exactOptional(),
  honoursSize: z.boolean().exactOptional(),
  defaultSize: z.enum(SIZES).exactOptional(),
  aspectRatios: z
    .array(z.string().regex(/^\d{1,2}:\d{1,2}$/))
    .min(1)
    .exactOptional(),
  maxReferences: z.int().nonnegative().exactOptional(),
  thinkingLevels: z.array(z.enum(LEVELS)).exactOptional(),
  outputMime: z.enum(['image/jpeg', 'image/png']).exactOptional(),
  tiers: z
    .array(z.enum(SERVICE_TIERS))
    .refine((tiers) => tiers.includes('standard'))
    .exactOptional(),
  batch: z.boolean().exactOptional(),
  inputTokenLimit: count.exactOptional(),
  outputTokenLimit: count.exactOptional(),
  imageTokens: bySize(count).exactOptional(),
  price: price.exactOptional(),
  typicalMs: bySize(z.number().positive()).exactOptional(),
  shutdownDate: z.iso.date().exactOptional(),
  replacement: name.exactOptional(),
});

type Field = keyof typeof override.shape | keyof typeof price.shape;

/** What a field takes; its innermost one is told. */
const CURE: Readonly<Record<Field, string>> = {
  endpoint: `give ${ENDPOINTS.join(' or ')}`,
  model: 'give the model id',
  state: `give one of ${MODEL_STATES.join(', ')}`,
  sizes: `give some of ${SIZES.join(', ')}, each once, smallest first`,
  honoursSize: 'give true or false',
  defaultSize: `give one of ${SIZES.join(', ')}`,
  aspectRatios: 'give a list of ratios such as 16:9',
  maxReferences: 'give a whole number, 0 or more',
  thinkingLevels: `give some of ${LEVELS.join(', ')}, or none`,
  outputMime: 'give image/jpeg or image/png',
  tiers: `give some of ${SERVICE_TIERS.join(', ')}, standard among them`,
  batch: 'give true or false',
  inputTokenLimit: 'give a whole number above 0',
  outputTokenLimit: 'give a whole number above 0',
  imageTokens: 'give the output tokens of one image by size, such as { "1K": 1120 }',
  price: 'give the whole price, in USD per million tokens',
  inputPerMTok: 'give USD per million tokens, 0 or more',
  textOutPerMTok: 'give USD per million tokens, 0 or more',
  imageOutPerMTok: 'give USD per million tokens, 0 or more',
  perImage: 'give USD for one image by size, 0 or more',
  tierFactor: 'give a factor above 0 for each tier, such as { "standard": 1 }',
  batchFactor: 'give a factor above 0, such as 0.5',
  typicalMs: 'give milliseconds by size',
  shutdownDate: 'give a day of the calendar such as 2026-10-29',
  replacement: 'give the model id',
};

/**
 * The defaults with the overrides upon them, each in its place.
 *
 * Throws a TypeError for what cannot be used.
 */
export function readCatalogue(defaults: Catalogue, given: unknown = []): Catalogue {
  const parsed = z.array(override).safeParse(given);
  if (!parsed.success)
    throw new TypeError(parsed.error.issues.flatMap((issue) => problemsOf(issue, given)).join('; '));
  const overrides: CatalogueOverrides = parsed.data;
  const catalogue = mergeCatalogue(defaults, overrides);
  const contradictions = overrides.flatMap(({ endpoint, model }, i) => {
    const entry = findModel(catalogue, endpoint, model) as ModelEntry;
    return contradictionsOf(entry, catalogue).map((problem) => `catalogue[${i}].${problem}`);
  });
  if (contradictions.length > 0) throw new TypeError(contradictions.join('; '));
  return catalogue;
}

/** What only the whole entry shows, and the whole catalogue. */
function contradictionsOf(entry: ModelEntry, catalogue: Catalogue): readonly string[] {
  const { endpoint, model, sizes, defaultSize, imageTokens, tiers, replacement } = entry;
  const { perImage, tierFactor } = entry.price;
  const unpriced = sizes.filter((size) => imageTokens[size] === undefined && perImage?.[size] === undefined);
  const factorless = tiers.filter((tier) => tierFactor[tier] === undefined);
  const near = catalogue.filter((each) => each.endpoint === endpoint && each.model !== model);
  return [
    ...(sizes.includes(defaultSize)
      ? []
      : [`defaultSize is ${defaultSize}, which ${model} does not have: give one of ${sizes.join(', ')}`]),
    ...(unpriced.length === 0
      ? []
      : [`imageTokens lacks ${unpriced.join(', ')}: give the output tokens of each size, or price.perImage`]),
    ...(factorless.length === 0
      ? []
      : [`price.tierFactor lacks ${factorless.join(', ')}: ${CURE.tierFactor}`]),
    ...(replacement === undefined || near.some((each) => each.model === replacement)
      ? []
      : [
          `replacement is ${replacement}, which is no other model of the catalogue on ${endpoint}: ` +
            `give one of ${near.map((each) => each.model).join(', ')}, or add its entry`,
        ]),
  ];
}

function problemsOf(issue: z.core.$ZodIssue, given: unknown): readonly string[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const fields = path.includes('price') ? price.shape : path.length === 1 ? override.shape : undefined;
    const cure =
      fields === undefined ? cureOf(path) : `check its spelling; there are ${Object.keys(fields).join(', ')}`;
    return issue.keys.map((key) => `${placeOf([...path, key])} is not a field here: ${cure}`);
  }
  return [`${placeOf(path)} is ${show(at(given, path))}: ${cureOf(path)}`];
}

function cureOf(path: readonly PropertyKey[]): string {
  const field = path.findLast((key): key is Field => typeof key === 'string' && key in CURE);
  if (field !== undefined) return CURE[field];
  return path.length === 0
    ? 'give a list of entries'
    : 'give an object with endpoint, model and what differs';
}

function placeOf(path: readonly PropertyKey[]): string {
  return `catalogue${path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')}`;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (v, key) => (v === null || typeof v !== 'object' ? undefined : (v as Record<PropertyKey, unknown>)[key]),
    value,
  );
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : (JSON.stringify(value) ?? typeof value).slice(0, 80);
}
