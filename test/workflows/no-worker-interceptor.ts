/** A queue without workers for three calls in a row, as the server would report it after its timeout. */
import type { WorkflowInterceptors } from '@temporalio/workflow';
import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';

export function interceptors(): WorkflowInterceptors {
  let unanswered = 0;
  return {
    outbound: [
      {
        scheduleActivity: async (input, next) => {
          if (input.activityType !== 'gemini.generate' || (unanswered += 1) > 3) return await next(input);
          const timeout = new TimeoutFailure(
            'activity ScheduleToStart timeout',
            undefined,
            'SCHEDULE_TO_START',
          );
          throw new ActivityFailure(
            'activity failed',
            input.activityType,
            '1',
            'TIMEOUT',
            undefined,
            timeout,
          );
        },
      },
    ],
  };
}
