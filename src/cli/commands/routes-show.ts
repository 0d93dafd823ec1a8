/** `routes show`: one account, hold, grant or route, with what happened to it. */
import { Command } from 'commander';
import type { GovernorSight } from '../../client/governors-sight.ts';
import { isSilent } from '../../client/governors-sight.ts';
import { routeScopeKey } from '../../client/routes-scope.ts';
import type { StandingEvent } from '../../contract/standing.ts';
import type { Finish } from '../command-file.ts';
import type { ServerOptions } from '../common-options.ts';
import { sameServer, withServerOptions } from '../common-options.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT, exitCodeTable } from '../exit-codes.ts';
import { paint, print, printJson, say } from '../output.ts';
import type { Found } from '../routes-find.ts';
import { findInRoutes } from '../routes-find.ts';
import { eventLines, governorLines, statisticsLine, withGovernor } from '../routes-words.ts';
import type { Telling } from '../standing-words.ts';
import { grantLines, holdLines, standingLines } from '../standing-words.ts';

interface ShowOptions extends Partial<ServerOptions> {
  readonly json?: boolean;
}

const HELP = `
The name is an account (provider/endpoint/project), a hold (h-1), a grant (g-1), or a route: its model, or
<model>/<tier>. Everything of that name is shown, each with the latest of what happened to it.

Examples:
  $ gemini-images routes show h-1
  $ gemini-images routes show google/ai-studio/my-project
  $ gemini-images routes show gemini-3-pro-image/flex --json

${exitCodeTable([EXIT.ok, EXIT.failed, EXIT.usage, EXIT.unreachable])}`;

export function showCommand(finish: Finish): Command {
  return withServerOptions(
    new Command('show')
      .summary('one account, hold, grant or route, with what happened to it')
      .description('One account, hold, grant or route, with what happened to it.')
      .argument('<name>', 'an account, a hold, a grant, or a route'),
  )
    .option('--json', 'print one JSON list')
    .addHelpText('after', HELP)
    .action(async (name: string, options: ShowOptions) => finish(await run(name, options)));
}

async function run(name: string, options: ShowOptions): Promise<ExitCode> {
  const { withImages } = await import('../images-client.ts');
  return await withImages(options, async ({ images }) => {
    const sights = await images.routes();
    for (const each of sights.filter(isSilent)) say(`${each.id} does not answer: ${each.unreachable}`);
    const views = sights.flatMap((sight) => (isSilent(sight) ? [] : [sight]));
    const found = findInRoutes(views, name);
    if (options.json === true) printJson(found.map(foundJson));
    else {
      const telling = { now: Date.now(), options: sameServer(options) };
      for (const each of found) for (const line of foundLines(each, telling, sights)) print(line);
    }
    return EXIT.ok;
  });
}

export function foundLines(found: Found, telling: Telling, all: readonly GovernorSight[]): readonly string[] {
  const { view } = found;
  const events = eventsOf(found);
  const happened =
    events.length === 0 ? [] : [paint('bold', 'what happened'), ...eventLines(events, telling.now)];
  return [...lines(found, withGovernor(telling, view.id, all)), ...happened];
}

function lines(found: Found, telling: Telling): readonly string[] {
  const { view } = found;
  switch (found.kind) {
    case 'governor':
      return governorLines(view, telling);
    case 'hold':
      return [paint('bold', view.id), ...holdLines(found.hold, telling)];
    case 'grant':
      return [paint('bold', view.id), ...grantLines(found.grant, telling)];
    case 'route':
      return [
        paint('bold', view.id),
        ...standingLines(standingOf(found), telling),
        statisticsLine(found.route),
      ];
  }
}

/** Of a route: only what is about it. Holds of another scope may cover it, so they all stay. */
function standingOf({ view, route: { route } }: Found & { readonly kind: 'route' }): Found['view'] {
  const key = routeScopeKey(route);
  const isIt = (each: { readonly route: typeof route }): boolean => routeScopeKey(each.route) === key;
  return {
    ...view,
    holds: view.holds.filter(({ scope }) => covers(scope, route)),
    breakers: view.breakers.filter(isIt),
    degraded: view.degraded.filter(isIt),
    alerts: view.alerts.filter(({ subject }) => subject.startsWith(route.model)),
    grants: view.grants.filter(({ cause }) => covers(cause.scope, route)),
  };
}

/** Project and address are the account's own, which the route belongs to. */
function covers(
  { kind, key }: Found['view']['holds'][number]['scope'],
  route: { readonly credential: string; readonly model: string; readonly tier: string },
): boolean {
  if (kind === 'credential') return key === route.credential;
  if (kind === 'model') return key === route.model;
  return kind === 'route' ? key === [route.credential, route.model, route.tier].join('/') : true;
}

/** What names it, or its scope. */
export function eventsOf(found: Found): readonly StandingEvent[] {
  const { events } = found.view;
  if (found.kind === 'governor') return events;
  const names =
    found.kind === 'hold'
      ? [found.hold.id, found.hold.scope.key]
      : found.kind === 'grant'
        ? [found.grant.id]
        : [found.route.route.model, found.route.route.credential];
  return events.filter(({ subject }) => names.some((name) => mentions(subject, name)));
}

/** Whole words: `h-1` is not in `h-12`. */
function mentions(subject: string, name: string): boolean {
  return subject
    .split(/[\s/,;:()]+/)
    .concat(subject)
    .includes(name);
}

function foundJson(found: Found): object {
  const { kind, view } = found;
  const events = eventsOf(found);
  switch (kind) {
    case 'governor':
      return { kind, governor: view.id, view };
    case 'hold':
      return { kind, governor: view.id, hold: found.hold, events };
    case 'grant':
      return { kind, governor: view.id, grant: found.grant, events };
    case 'route':
      return { kind, governor: view.id, route: found.route, events };
  }
}
