import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { Answer } from '../helpers/gateway.js';
import {
  CompleteFieldingRunDocument,
  FieldingRunDocument,
  LaunchNowDocument,
  PauseFieldingRunDocument,
  RelaunchFieldingRunDocument,
  ResumeFieldingRunDocument,
  type FieldingRunQuery,
  type FieldingRunStatus,
  type PauseFieldingRunMutation,
} from '../generated/documents.js';
import { demo } from '../../src/emulator/index.js';
import { dataOf, ids, type FieldingRunRef, type Stack } from './stack.js';

/** The common part of the payloads of all fielding run changes. */
export type FieldingRunPayload = NonNullable<PauseFieldingRunMutation['pauseFieldingRun']>;

export interface ActionInput {
  readonly id: string;
  readonly version: string;
}

/** An action on a fielding run, with demo runs that allow it and that do not. */
export interface Action {
  readonly name: string;
  readonly document: TypedDocumentNode<Record<string, FieldingRunPayload | null>, { input: ActionInput }>;
  /** The last segment of its REST path. */
  readonly path: string;
  readonly from: FieldingRunRef;
  readonly to: FieldingRunStatus;
  readonly rejected: FieldingRunRef;
}

export const actions: readonly Action[] = [
  {
    name: 'launchNow',
    document: LaunchNowDocument,
    path: 'launch-now',
    from: demo.scheduled,
    to: 'LIVE',
    rejected: demo.live,
  },
  {
    name: 'pauseFieldingRun',
    document: PauseFieldingRunDocument,
    path: 'pause',
    from: demo.live,
    to: 'PAUSED',
    rejected: demo.scheduled,
  },
  {
    name: 'resumeFieldingRun',
    document: ResumeFieldingRunDocument,
    path: 'resume',
    from: demo.paused,
    to: 'LIVE',
    rejected: demo.pausedGoalReached,
  },
  {
    name: 'completeFieldingRun',
    document: CompleteFieldingRunDocument,
    path: 'complete',
    from: demo.live,
    to: 'COMPLETED',
    rejected: demo.archived,
  },
  {
    name: 'relaunchFieldingRun',
    document: RelaunchFieldingRunDocument,
    path: 'relaunch',
    from: demo.completed,
    to: 'LIVE',
    rejected: demo.completedPastEnd,
  },
];

export function payloadOf(answer: Answer<Record<string, FieldingRunPayload | null>>): FieldingRunPayload {
  return Object.values(dataOf(answer))[0]!;
}

/** The current state of the run. */
export async function readRun(
  { execute }: Pick<Stack, 'execute'>,
  ref: FieldingRunRef,
): Promise<NonNullable<FieldingRunQuery['fieldingRun']>> {
  return dataOf(await execute(FieldingRunDocument, { id: ids.run(ref) })).fieldingRun!;
}
