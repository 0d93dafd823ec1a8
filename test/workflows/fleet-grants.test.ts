/** An operator's grant in place of a person's word: the same record, the same approval, the same one call. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GenerationResult, GenerationView } from '../../src/contract/generation.ts';
import { QUERIES, SIGNALS, WAKE_SIGNAL } from '../../src/contract/names.ts';
import type { PolicySnapshot } from '../../src/domain/snapshot.ts';
import { failed, PRO } from '../support/attempts.ts';
import { Courses, failureFrom } from '../support/course.ts';
import { eventually } from '../support/eventually.ts';
import type { Script } from '../support/scripted-activities.ts';
import { BACKUP, grant, heldBy, LOOKING } from '../support/standing.ts';

let courses: Courses;
beforeAll(async () => {
  courses = await Courses.open('fleet-grants');
});
afterAll(() => courses.env.teardown());

const isAsked = ({ phase }: GenerationView) => phase.phase === 'held' || phase.phase === 'awaiting-operator';
const held: Script['quota'] = ({ variation }) => (variation.rung === 0 ? heldBy() : { kind: 'go' });

describe('held, and a grant for the cause', () => {
  it('I4: it is used like an approval: record, one call on its route, the reason in the result', async () => {
    const { result, generated, grantsAsked, took } = await courses.deliver({
      calls: ['image'],
      snapshot: LOOKING,
      quota: held,
      grants: [grant()],
    });
    expect(took).toBeLessThan(60_000);
    expect(grantsAsked).toEqual([
      {
        generationId: generated[0]?.generationId,
        rung: { route: 'default', model: PRO.model, tier: 'standard' },
        branch: 'permission',
        offers: [{ route: 'backup', worstUsd: 0.4 }],
      },
    ]);
    const record = {
      via: 'grant',
      outcome: 'taken',
      choice: 'route-out',
      by: 'ann',
      why: 'the sale is live',
      route: 'backup',
      evidence: 'e'.repeat(64),
      answer: expect.stringContaining('grant g-7'),
    };
    expect(generated).toMatchObject([{ n: 1, variation: { rung: 1 }, approval: record }]);
    expect(result).toMatchObject({
      route: 'backup',
      pathWhy: `route-out: default → backup: ${PRO.model}`,
      trail: [{ move: `route-out: default → backup: ${PRO.model}` }],
      decisions: [record],
    });
  });

  it('given later: found at once on a wake signal', async () => {
    const grants: Script['grants'] = ['none', grant()];
    await courses.during(
      { calls: ['image'], snapshot: LOOKING, quota: held, grants },
      {},
      async (started) => {
        const { handle, scripts } = started;
        await courses.until(handle, isAsked, 1_000);
        await eventually('a grant asked for', () => scripts.grantsAsked.length === 1);
        await handle.signal(WAKE_SIGNAL);
        expect(await handle.result()).toMatchObject({ route: 'backup' });
        expect(scripts.grantsAsked).toHaveLength(2);
      },
    );
  });

  it('given later, and nobody woke it: found by itself within five minutes', async () => {
    const { result, grantsAsked } = await courses.deliver({
      calls: ['image'],
      snapshot: LOOKING,
      quota: held,
      grants: ['none', 'none', 'none', grant()],
    });
    expect(result.route).toBe('backup');
    expect(grantsAsked).toHaveLength(4);
  });

  it('a governor that is away has no answer: a person is asked as without it', async () => {
    const grants: Script['grants'] = ['away'];
    await courses.during(
      { calls: ['image'], snapshot: LOOKING, quota: held, grants },
      {},
      async (started) => {
        const view = await courses.until(started.handle, isAsked, 1_000);
        const said = { by: 'ann', why: 'because', evidence: view.ask?.evidence };
        await started.handle.signal(SIGNALS.approveRouteOut, said);
        expect(await started.handle.result()).toMatchObject({ decisions: [{ via: 'signal' }] });
      },
    );
  });

  it('a grant for a route that is not offered is not used', async () => {
    const grants: Script['grants'] = [grant({ route: 'elsewhere' })];
    await courses.during(
      { calls: [], snapshot: LOOKING, quota: held, grants },
      {},
      async ({ handle, scripts }) => {
        await courses.until(handle, isAsked, 1_000);
        await eventually('a grant asked for', () => scripts.grantsAsked.length === 1);
        await courses.env.sleep('10 s');
        expect((await handle.query<GenerationView>(QUERIES.describe)).decisions).toEqual([]);
        expect(scripts.generated).toEqual([]);
      },
    );
  });

  it('its route proves closed: told where it was told, and held again', async () => {
    const fallBack: Script['fallBack'] = [{ kind: 'closed', why: 'held as well' }];
    const script: Script = { calls: [], snapshot: LOOKING, quota: held, grants: [grant()], fallBack };
    await courses.during(script, {}, async ({ handle }) => {
      const view = await courses.until(
        handle,
        ({ phase, decisions }) => phase.phase === 'held' && decisions.length > 0,
        1_000,
      );
      expect(view.decisions).toMatchObject([
        { via: 'grant', outcome: 'refused', answer: expect.stringMatching(/closed/) },
      ]);
      expect(view.ask?.options.map(({ choice }) => choice)).toEqual(['retry', 'change', 'reject']);
    });
  });

  it('a person who decides while the grant is asked for has the last word', async () => {
    let answer = (): void => undefined;
    const script: Script = { calls: [], snapshot: LOOKING, quota: held };
    await courses.during(
      script,
      {},
      async ({ handle, scripts }) => {
        await eventually('a grant asked for', () => scripts.grantsAsked.length === 1);
        const view = await handle.query<GenerationView>(QUERIES.describe);
        await handle.signal(SIGNALS.rejectRouteOut, {
          by: 'bob',
          why: 'not this one',
          evidence: view.ask?.evidence,
        });
        answer();
        const { failure } = await failureFrom(handle);
        expect(failure).toMatchObject({ cause: 'rejected', decisions: [{ by: 'bob', outcome: 'taken' }] });
        expect(scripts.generated).toEqual([]);
      },
      ({ activities, grantsAsked }) => {
        activities['gemini.takeGrant'] = async (input) => {
          grantsAsked.push(input);
          await new Promise<void>((resolve) => (answer = resolve));
          return { grant: grant() };
        };
      },
    );
  });
});

describe('after attempts of its own', () => {
  it('permission: the grant answers the question as soon as it is asked', async () => {
    const { result, generated } = await courses.deliver({
      calls: [failed('permission', 'key-leaked'), 'image'],
      snapshot: LOOKING,
      grants: [grant()],
    });
    expect(result).toMatchObject({ route: 'backup', decisions: [{ via: 'grant' }] });
    expect(generated.map(({ n, variation }) => [n, variation.rung])).toEqual([
      [1, 0],
      [2, 1],
    ]);
  });

  it('capacity: at proof it answers beside the wait, before proof it is not asked for', async () => {
    const overloaded = failed('capacity', 'overloaded');
    const { result, generated, grantsAsked } = await courses.deliver({
      calls: [overloaded, overloaded, 'image'],
      snapshot: LOOKING,
      grants: [grant({ cause: { branch: 'capacity', scope: { kind: 'route', key: 'r' } } })],
    });
    expect(generated.map(({ variation }) => variation.rung)).toEqual([0, 0, 1]);
    expect(grantsAsked).toMatchObject([{ branch: 'capacity' }]);
    expect(result.decisions).toMatchObject([{ via: 'grant' }]);
  });

  it('I14: a policy verdict asks nobody, and no grant moves it', async () => {
    const { failure, grantsAsked } = await courses.die({
      calls: [failed('policy', 'prohibited-content')],
      snapshot: LOOKING,
      grants: [grant()],
    });
    expect(failure.branch).toBe('policy');
    expect(grantsAsked).toEqual([]);
  });

  it('safety-image: leaves by a person who was asked, never by a grant', async () => {
    const withheld = failed('safety-image', 'image-safety');
    const script: Script = { calls: [withheld, withheld, withheld], snapshot: LOOKING, grants: [grant()] };
    await courses.during(script, {}, async ({ handle, scripts }) => {
      const view = await courses.until(handle, ({ phase }) => phase.phase === 'awaiting-operator');
      expect(view.ask?.options.map(({ choice }) => choice)).toContain('route-out');
      await courses.env.sleep('10 min');
      expect(scripts.grantsAsked).toEqual([]);
    });
  });

  it('a generation of an earlier release asks for none: its snapshot does not say so', async () => {
    const earlier: Partial<PolicySnapshot> = { version: 2, permits: { ask: true }, rungs: [PRO, BACKUP] };
    const script: Script = {
      calls: [failed('permission', 'key-leaked'), 'image'],
      snapshot: earlier,
      grants: [grant()],
    };
    await courses.during(script, {}, async ({ handle, scripts }) => {
      const view = await courses.until(handle, isAsked, 1_000);
      await courses.env.sleep('10 min');
      expect(scripts.grantsAsked).toEqual([]);
      await handle.signal(SIGNALS.approveRouteOut, { by: 'ann', why: 'idle', evidence: view.ask?.evidence });
      expect(((await handle.result()) as GenerationResult).decisions).toMatchObject([{ via: 'signal' }]);
    });
  });
});
