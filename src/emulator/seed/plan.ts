import { ProjectStatus } from '../../contract/demand-api.js';
import { demo } from '../demo.js';
import type { ScenarioName } from './scenarios.js';

export const accounts = [
  { id: demo.accountId, name: 'Northwind Insights' },
  { id: demo.other.accountId, name: 'Harbour Research' },
] as const;

/** `userId` appears as the author of changes. */
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
  /** The project's age at seeding. */
  readonly ageDays: number;
  /** Target groups that have names in `demo`. */
  readonly named: readonly NamedTargetGroup[];
  /** How many more target groups there are, and the scenarios to pick from. */
  readonly others: number;
  readonly mix: readonly ScenarioName[];
}

export interface NamedTargetGroup {
  readonly targetGroupId: string;
  readonly fieldingRunId?: string;
  readonly scenario: ScenarioName;
  readonly version?: number;
  readonly startDays?: number;
}

const { Active, Inactive } = ProjectStatus;

const busy: readonly ScenarioName[] = [
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
const over: readonly ScenarioName[] = [
  'completedPastEnd',
  'completedPastEnd',
  'completedGoalReached',
  'archived',
];

/** Newest first, as in the API's lists. */
export const projects: readonly ProjectPlan[] = [
  {
    id: demo.projectId,
    accountId: demo.accountId,
    name: 'Breakfast habits tracker',
    customerReferenceNumber: 'PO-2041-77',
    status: Active,
    ageDays: 215,
    named: [
      { ...demo.live, scenario: 'live' },
      { ...demo.secondLive, scenario: 'live' },
      { ...demo.paused, scenario: 'paused' },
      { ...demo.pausedPastEnd, scenario: 'pausedPastEnd' },
      { ...demo.pausedGoalReached, scenario: 'pausedGoalReached' },
      { ...demo.scheduled, scenario: 'scheduled', startDays: 7 },
      { ...demo.completed, scenario: 'completed' },
      { ...demo.completedPastEnd, scenario: 'completedPastEnd' },
      { ...demo.draft, scenario: 'draft' },
      { ...demo.archived, scenario: 'archived' },
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
    named: [{ ...demo.other.live, scenario: 'live' }],
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
