export const OUR_QUEUE = 'bench-ours';
export const BARE_QUEUE = 'bench-bare';
