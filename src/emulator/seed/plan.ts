import { ProjectStatus } from '../../contract/demand-api.js';
import { demo } from '../demo.js';
import type { SituationName } from './situations.js';

export const accounts = [
  { id: demo.accountId, name: 'Northwind Insights' },
  { id: demo.other.accountId, name: 'Harbour Research' },
] as const;

/** `userId` is who changes were made by. */
export const credentials = [
  {
    token: demo.token,
    userId: '5f2b8c1a-7d3e-4a96-8b0f-c4e1d2a3b101',
    name: 'Demo Northwind',
    accountIds: [demo.accountId],
  },
  {
    token: demo.other.token,
    userId: '9a4d6e2c-1b8f-4c75-a3d0-e7f5b6c2d202',
    name: 'Demo Harbour',
    accountIds: [demo.other.accountId],
  },
  {
    token: demo.bothToken,
    userId: 'd0c3b5a7-4e9f-4182-96ab-1f2e3d4c5b03',
    name: 'Demo Both',
    accountIds: [demo.accountId, demo.other.accountId],
  },
] as const;

export interface ProjectPlan {
  readonly id: string;
  readonly accountId: number;
  readonly name: string;
  readonly customerReferenceNumber: string | null;
  readonly status: ProjectStatus;
  /** How long before the seeding it was created. */
  readonly ageDays: number;
  /** Target groups that the demo names. */
  readonly named: readonly NamedTargetGroup[];
  /** How many more there are, and what they draw their situation from. */
  readonly others: number;
  readonly mix: readonly SituationName[];
}

export interface NamedTargetGroup {
  readonly targetGroupId: string;
  readonly fieldingRunId?: string;
  readonly situation: SituationName;
  readonly version?: number;
  readonly startDays?: number;
}

const { Active, Inactive } = ProjectStatus;

const busy: readonly SituationName[] = [
  'live',
  'live',
  'live',
  'live',
  'scheduled',
  'scheduled',
  'paused',
  'paused',
  'pausedPastEnd',
  'pausedGoalReached',
  'completed',
  'completedPastEnd',
  'completedGoalReached',
  'draft',
  'draft',
  'archived',
];
const over: readonly SituationName[] = [
  'completedPastEnd',
  'completedPastEnd',
  'completedGoalReached',
  'archived',
];

/** Newest first, as the API lists them. */
export const projects: readonly ProjectPlan[] = [
  {
    id: demo.projectId,
    accountId: demo.accountId,
    name: 'Breakfast habits tracker',
    customerReferenceNumber: 'PO-2041-77',
    status: Active,
    ageDays: 215,
    named: [
      { ...demo.live, situation: 'live', version: 5 },
      { ...demo.secondLive, situation: 'live' },
      { ...demo.paused, situation: 'paused' },
      { ...demo.pausedPastEnd, situation: 'pausedPastEnd' },
      { ...demo.pausedGoalReached, situation: 'pausedGoalReached' },
      { ...demo.scheduled, situation: 'scheduled', startDays: 7 },
      { ...demo.completed, situation: 'completed' },
      { ...demo.completedPastEnd, situation: 'completedPastEnd' },
      { ...demo.draft, situation: 'draft' },
      { ...demo.archived, situation: 'archived' },
    ],
    others: 14,
    mix: busy,
  },
  {
    id: demo.largeProjectId,
    accountId: demo.accountId,
    name: 'Streaming and television, all markets',
    customerReferenceNumber: 'PO-2041-64',
    status: Active,
    ageDays: 240,
    named: [],
    others: 140,
    mix: busy,
  },
  {
    id: '01BTGNYV6HRNK8K8VKZASZCFM0',
    accountId: demo.accountId,
    name: 'Electric car intent, wave 3',
    customerReferenceNumber: null,
    status: Active,
    ageDays: 260,
    named: [],
    others: 60,
    mix: busy,
  },
  {
    id: '01BTGNYV6HRNK8K8VKZASZCFK0',
    accountId: demo.accountId,
    name: 'Running shoe concept test',
    customerReferenceNumber: 'PO-2040-12',
    status: Active,
    ageDays: 300,
    named: [],
    others: 12,
    mix: busy,
  },
  {
    id: demo.inactiveProjectId,
    accountId: demo.accountId,
    name: 'Holiday travel recall',
    customerReferenceNumber: 'PO-2038-05',
    status: Inactive,
    ageDays: 400,
    named: [],
    others: 30,
    mix: over,
  },
  {
    id: demo.other.projectId,
    accountId: demo.other.accountId,
    name: 'Banking app satisfaction',
    customerReferenceNumber: 'HR-118',
    status: Active,
    ageDays: 220,
    named: [{ ...demo.other.live, situation: 'live' }],
    others: 24,
    mix: busy,
  },
  {
    id: '01BTGNYV6HRNK8K8VKZASZCFG0',
    accountId: demo.other.accountId,
    name: 'Pet food packaging',
    customerReferenceNumber: null,
    status: Active,
    ageDays: 280,
    named: [],
    others: 30,
    mix: busy,
  },
  {
    id: '01BTGNYV6HRNK8K8VKZASZCFF0',
    accountId: demo.other.accountId,
    name: 'Museum visitors, spring',
    customerReferenceNumber: 'HR-097',
    status: Inactive,
    ageDays: 420,
    named: [],
    others: 20,
    mix: over,
  },
];
