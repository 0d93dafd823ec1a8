/** What the text model says to a job that nothing has struck. */
import { withoutCommands } from '../faults/prompt-commands.ts';
import { jsonOf } from './job.ts';
import type { TextJob } from './job.ts';
import { rewrite } from './rewrite.ts';
import { simplify } from './simplify.ts';

const QUOTED = 80;

export function wordsFor(job: TextJob): string {
  switch (job.task) {
    case 'rewrite':
      return jsonOf(rewrite(job.prompt));
    case 'simplify':
      return jsonOf(simplify(job.prompt));
    case 'none': {
      const answer = small(withoutCommands(job.prompt));
      return job.json ? jsonOf({ answer }) : answer;
    }
  }
}

function small(prompt: string): string {
  if (/^ping\W*$/i.test(prompt)) return 'pong';
  return `This is a short answer to: ${prompt.slice(0, QUOTED)}`;
}
