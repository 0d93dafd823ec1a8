/** The catalogue of workers, from a JSON file: for commands that are a worker or reckon as one. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Catalogue, CatalogueOverrides } from '../domain/catalogue.ts';
import { DEFAULT_CATALOGUE } from '../domain/catalogue.ts';
import { readCatalogue } from '../schema/catalogue.ts';
import { setting } from './environment.ts';
import { UsageError } from './usage-error.ts';

export interface CatalogueArguments {
  readonly catalogue?: string;
}

interface GivenCatalogue {
  /** For the plugin; absent where no file is named. */
  readonly overrides?: CatalogueOverrides;
  /** This release's with the file upon it. */
  readonly catalogue: Catalogue;
}

export function withCatalogueOption(command: Command): Command {
  return command.option(
    '--catalogue <file>',
    'JSON list of models that differ from this release (GEMINI_IMAGES_CATALOGUE)',
  );
}

/** Throws {@link UsageError} that names the file, the entry and the field. */
export function givenCatalogue({ catalogue: option }: CatalogueArguments): GivenCatalogue {
  const file = option ?? setting('GEMINI_IMAGES_CATALOGUE');
  if (file === undefined) return { catalogue: DEFAULT_CATALOGUE };
  const name = option === undefined ? 'GEMINI_IMAGES_CATALOGUE' : '--catalogue';
  const overrides = parsed(file, name);
  try {
    const catalogue = readCatalogue(DEFAULT_CATALOGUE, overrides);
    return { overrides: overrides as CatalogueOverrides, catalogue };
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${name} ${file}: ${error.message}`);
    throw error;
  }
}

function parsed(file: string, name: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new UsageError(`${name}: ${file} cannot be read (${code}): give a JSON file`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UsageError(`${name}: ${file} is not JSON: give a list of entries, as docs/models.md shows`);
  }
}
