/** Whatever stands or breaks between us and the model, and what nobody has seen before. */
import type { Act, Scenario } from '../scenario.ts';

/** The call that is under way when its worker is killed. Its timeout is short so that the demo is. */
export const KILLED: Scenario = {
  key: 'worker-killed',
  title: 'worker killed in mid-call',
  trouble: 'kill -9 while Gemini draws',
  request: {
    prompt: 'a lighthouse that stays lit in the storm, oil painting [[fault:slow-headers(25s)]]',
    callTimeoutMs: 20_000,
  },
};

export function brokenLine(): Act {
  return {
    title: 'The line breaks',
    scenarios: [
      {
        key: 'gateway-html',
        title: 'gateway in between',
        trouble: '524 page in HTML, after the work was charged',
        request: { prompt: 'a stone bridge in the fog, pencil [[fault:gateway-524]]' },
      },
      {
        key: 'reset',
        title: 'reset after sending',
        trouble: 'the connection breaks, the work is charged',
        request: { prompt: 'a telegraph line across the prairie, etching [[fault:reset-after]]' },
      },
      {
        key: 'throttled',
        title: 'proxy with a limit',
        trouble: "the proxy's own 429, with Retry-After",
        request: { prompt: 'a toll gate in the desert, travel poster [[fault:proxy-429]]' },
      },
      {
        key: 'model-gone',
        title: 'model shut down',
        trouble: '404: the model is no more',
        request: {
          prompt:
            'a lamplighter on his last round, etching [[fault:model-retired*always@gemini-3-pro-image]]',
          allow: { models: 'chain' },
        },
      },
      {
        key: 'unknown',
        title: 'never seen before',
        trouble: 'a status and a code that no version knows',
        request: { prompt: 'a sea serpent on an old map, woodcut [[fault:unheard-of]]' },
      },
    ],
  };
}
