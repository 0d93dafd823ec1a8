/** What is decided on one generation. Each names the evidence that was on the page (I12). */
import type { RequestChange } from '../../../client/changed-field.ts';
import type { DecisionRequest } from '../../../client/decide.ts';
import type { Choice } from '../../../domain/ask.ts';
import { fieldValue } from '../../../words/field-value.ts';
import type { Form } from '../../form.ts';
import type { Act, Action, Done } from '../../page.ts';

function idOf({ params }: Act): string {
  return params['id'] ?? '';
}

async function decide(act: Act): Promise<Done> {
  const { images, form, by, why } = act;
  const choice = form.required('choice', 'the choice') as Choice;
  const route = form.get('route');
  const decision: DecisionRequest = {
    ...{ choice, by, why, evidence: form.required('evidence', 'the evidence') },
    ...(route === '' ? {} : { route }),
    ...(choice === 'change' ? { change: changeOf(form) } : {}),
  };
  const later = form.get('later') === 'yes';
  const record = await images.decide(idOf(act), decision, { later });
  if (record === undefined) {
    return { notice: 'It was left for a worker that comes back; what came of it will stand below.' };
  }
  return { notice: `${record.answer}, by ${by}.` };
}

function changeOf(form: Form): RequestChange {
  const field = form.required('field', 'the field');
  const text = form.required('value', 'the new value');
  return { [field]: fieldValue(field, text) };
}

async function promote(act: Act): Promise<Done> {
  const { images, by, why } = act;
  await images.promote(idOf(act), { by, why });
  return { notice: 'It was told to wait no longer; what came of it will stand below.' };
}

async function toBatch(act: Act): Promise<Done> {
  const { images, by, why } = act;
  await images.toBatch(idOf(act), { by, why });
  return { notice: 'It was told to enter the batch lane; what came of it will stand below.' };
}

async function cancel(act: Act): Promise<Done> {
  const { images, by, why } = act;
  await images.cancel(idOf(act), { by, why });
  return { notice: 'It was told to end; a call under way is aborted, and what it may have cost is booked.' };
}

async function revive(act: Act): Promise<Done> {
  const { images, form, by, why } = act;
  const run = form.get('run');
  await images.revive(idOf(act), {
    ...{ by, why },
    ...(run === '' ? {} : { run }),
    ...(form.get('changed') === 'yes' ? { change: changeOf(form) } : {}),
    ...(form.get('maxPaidCalls') === '' ? {} : { maxPaidCalls: form.positive('maxPaidCalls', 'paid calls') }),
  });
  return { notice: 'It was revived: a new run has begun.' };
}

export const GENERATION_ACTIONS: Readonly<Record<string, Action>> = {
  decide: { run: decide },
  promote: { run: promote },
  'to-batch': { run: toBatch },
  cancel: { run: cancel },
  revive: { run: revive },
};
