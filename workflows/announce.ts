/**
 * Starts notifications: abandoned children that outlive whoever starts them, so that a slow webhook holds up
 * nobody (docs/decisions/0041). Each event has an id of its own, and a second start of the same one comes to
 * nothing. Nobody waits for a start but who is about to end.
 */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { CancellationScope, condition, log, startChild } from '@temporalio/workflow';
import { WORKFLOW_TYPES } from '../src/contract/names.ts';
import type { NotificationInput } from '../src/contract/notification.ts';
import { notificationWorkflowId } from '../src/contract/notification.ts';

const LONGEST_SUMMARY = 200;

export class Announcer {
  private starting = 0;

  announce(notices: readonly NotificationInput[]): void {
    for (const notice of notices) {
      this.starting += 1;
      void CancellationScope.nonCancellable(() => start(notice)).finally(() => {
        this.starting -= 1;
      });
    }
  }

  /** Resolves when all of them are started; a workflow that ends before may take them with it. */
  async settled(): Promise<void> {
    if (this.starting === 0) return;
    await CancellationScope.nonCancellable(() => condition(() => this.starting === 0));
  }
}

/** Never rejects. */
async function start(notice: NotificationInput): Promise<void> {
  const { event, to } = notice;
  const names = to.map(({ webhook }) => webhook).join(', ');
  try {
    await startChild(WORKFLOW_TYPES.notification, {
      workflowId: notificationWorkflowId(event.id),
      args: [notice],
      parentClosePolicy: 'ABANDON',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: `${event.type} to ${names}: ${event.subject}`.slice(0, LONGEST_SUMMARY),
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return;
    log.warn(`event ${event.id} could not be announced`, { error: String(error) });
  }
}
