export type { Due, LaneAction, LaneEvent } from './lane.ts';
export { due, isEmpty, MOST_JOBS, reduce } from './lane.ts';
export type { LaneState } from './state.ts';
export { newLane } from './state.ts';
export { laneDetails, laneView } from './view.ts';
