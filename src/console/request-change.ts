/** One field of a request and its new value, in a form: one variable at a time (I4). */
import type { RequestChange } from '../client/changed-field.ts';
import { CHANGEABLE_FIELDS } from '../domain/decision.ts';
import { fieldValue } from '../words/field-value.ts';
import { choice, field } from './decision-form.ts';
import type { Form } from './form.ts';
import { FormProblem } from './form.ts';
import type { Part } from './html.ts';
import { html } from './html.ts';

export interface ChangeFieldsOptions {
  /** The field that has to change; the person only gives its value. @default any or none */
  readonly must?: (typeof CHANGEABLE_FIELDS)[number];
  /** What stood in it when it was refused. */
  readonly typed?: Form | undefined;
}

export function changeFields({ must, typed }: ChangeFieldsOptions = {}): Part {
  const value = typed?.get('value') ?? '';
  if (must !== undefined) {
    return [
      html`<input type="hidden" name="field" value="${must}" />`,
      field('value', `Its new ${must}`, {
        value,
        long: true,
        hint: 'with the same one it would end the same way',
      }),
    ];
  }
  const fields = CHANGEABLE_FIELDS.map((name) => [name, name] as const);
  return [
    choice('field', 'Change one field', [['', 'nothing'], ...fields], typed?.get('field')),
    field('value', 'to', { value, optional: true, hint: 'text, a number or JSON, as on the command line' }),
  ];
}

/** Undefined where nothing is to change. Throws {@link FormProblem}. */
export function requestChange(form: Form): RequestChange | undefined {
  const name = form.get('field');
  const value = form.get('value');
  if (name === '') {
    if (value === '') return undefined;
    throw new FormProblem('change one field', 'say which field the new value is for');
  }
  if (value === '') throw new FormProblem('to', `must not be empty: it is the new ${name}`);
  return { [name]: fieldValue(name, value) };
}
