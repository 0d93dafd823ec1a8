/** From a request's field to the option that gave it: `aspectRatio` → `--aspect-ratio`. */
const OPTIONS: Readonly<Record<string, string>> = {
  prompt: 'PROMPT',
  inputs: '--input',
  modalities: '--image-only',
  deadlineMs: '--deadline',
  callTimeoutMs: '--call-timeout',
  tags: '--tag',
  turnId: '--turn',
  idleMs: '--idle',
  hold: 'HOLD',
  scope: 'SCOPE',
  grant: 'ID',
};

export function optionOf(field: string): string {
  const [name = field] = field.split(/[.[]/);
  const option = OPTIONS[name] ?? `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return field === name ? option : `${option} (${field})`;
}
