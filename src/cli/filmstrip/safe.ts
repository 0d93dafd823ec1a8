/** Text of the page: no markup (it came from anywhere), and no key (I7); images are not looked through. */
import { escape } from '../../words/escape.ts';
import { withoutSecrets } from '../secrets.ts';

export function safe(text: string): string {
  return escape(withoutSecrets(text));
}
