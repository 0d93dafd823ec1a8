/** `report --html`: the page as one file, whole or not at all. */
import { rename, rm, writeFile } from 'node:fs/promises';
import type { Report } from '../../domain/report/report.ts';
import { CommandFailed } from '../report.ts';
import { reportPage } from './page.ts';

/** Throws {@link CommandFailed}. */
export async function writeReportPage(file: string, report: Report): Promise<void> {
  const partial = `${file}.${process.pid}.partial`;
  try {
    await writeFile(partial, reportPage(report));
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    const { message } = error as Error;
    throw new CommandFailed(`cannot write ${file} (${message}): choose another --html`, { cause: error });
  }
}
