import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { forwardedPrincipal } from '../../src/auth/principal.js';
import { BatchJobKind } from '../../src/contract/demand-api.js';
import { BadUserInputError } from '../../src/errors.js';
import {
  accountNodeId,
  batchJobNodeId,
  draftLaunchJobNodeId,
  fieldingRunNodeId,
  parseNodeId,
  refOf,
  projectNodeId,
  requireRef,
  targetGroupNodeId,
  type NodeKind,
  type NodeRef,
} from '../../src/graphql/node/node-id.js';
import {
  accountPath,
  batchJobPath,
  draftLaunchJobPath,
  fieldingRunPath,
  projectPath,
  targetGroupPath,
} from '../../src/upstream/resources/resource-ref.js';

const P = '01BTGNYV6HRNK8K8VKZASZCFP0';
const T = '01BTGNYV6HRNK8K8VKZASZCFP1';
const R = '01BTGNYV6HRNK8K8VKZASZCFP2';
const J = '01BTGNYV6HRNK8K8VKZASZCFP3';
const LONG_SEGMENT = 'pause-fielding-runs-by-target-group-id';
const DRAFT_KINDS = ['launch-from-draft', 'schedule-from-draft'] as const;
const inProject = { accountId: '101', projectId: P };

const examples: readonly (readonly [string, NodeRef])[] = [
  ['101', { kind: 'Account', accountId: '101' }],
  ['0', { kind: 'Account', accountId: '0' }],
  ['2147483647', { kind: 'Account', accountId: '2147483647' }],
  [`101/${P}`, { kind: 'Project', ...inProject }],
  [`101/${P}/${T}`, { kind: 'TargetGroup', ...inProject, targetGroupId: T }],
  [`101/${P}/${T}/${R}`, { kind: 'FieldingRun', ...inProject, targetGroupId: T, fieldingRunId: R }],
  [
    '101/p_1/t-2/r_3-',
    { kind: 'FieldingRun', accountId: '101', projectId: 'p_1', targetGroupId: 't-2', fieldingRunId: 'r_3-' },
  ],
  ...Object.values(BatchJobKind).map((action): [string, NodeRef] => [
    `101/${P}/${action}/${J}`,
    { kind: 'BatchJob', ...inProject, action, jobId: J },
  ]),
  ...DRAFT_KINDS.map((action): [string, NodeRef] => [
    `101/${P}/${T}/${action}/${J}`,
    { kind: 'DraftLaunchJob', ...inProject, targetGroupId: T, action, jobId: J },
  ]),
];

const malformed = [
  '',
  ' ',
  '/',
  '101/',
  '/101',
  `101//${T}`,
  `101/${P}/`,
  `101/${P}/${T}/`,
  `101/${P}/${T}/${R}/`,
  `101/${P}/${T}/${R}/x`,
  '-101',
  '1e3',
  '101.0',
  '12345678901',
  '2147483648',
  '4294967296',
  '0101',
  '00',
  `0101/${P}`,
  `0101/${P}/${T}`,
  `0101/${P}/${T}/${R}`,
  `0101/${P}/pause/${J}`,
  `2147483648/${P}`,
  '١٠١',
  'abc',
  ` 101`,
  '101\n',
  `101/${P} `,
  '101/..',
  '101/.',
  `101/../${P}`,
  `101/${P}/..`,
  `101/${P}/${T}/..`,
  `101/${P}/pause/..`,
  '101/%2e%2e',
  `101/${P}%2F${T}`,
  `101\\${P}`,
  `101/${P}?x=1`,
  `101/${P}#x`,
  '101/Prøve',
  '101/プロジェクト',
  '101/a\u0000b',
  `101/${'x'.repeat(129)}`,
  `101/${P}/pause/${'x'.repeat(129)}`,
  `0101/${P}/${T}/launch-from-draft/${J}`,
  `101/${P}/${T}/launch-from-draft/${J}/`,
  `101/${P}/${T}/launch-from-draft/`,
  `101/${P}/${T}/launch-from-draft/${J}/x`,
  `101/${P}/${T}/launch-from-draft/..`,
  `101/${P}/../launch-from-draft/${J}`,
  `101/${P}//launch-from-draft/${J}`,
  `101/${P}/${T}/launch-from-draft/${'x'.repeat(129)}`,
  `101/${P}/${T}/LAUNCH-FROM-DRAFT/${J}`,
  `101/${P}/${T}/launch-from-drafts/${J}`,
  `101/${P}/${T}/launch/${J}`,
  `101/${P}/${T}/pause/${J}`,
];

const PATHS: Readonly<Record<NodeKind, RegExp>> = {
  Account: /^\/demand\/accounts\/\w+$/,
  Project: /^\/demand\/accounts\/\w+\/projects\/[\w-]+$/,
  TargetGroup: /^\/demand\/accounts\/\w+\/projects\/[\w-]+\/target-groups\/[\w-]+$/,
  FieldingRun: /^\/demand\/accounts\/\w+\/projects\/[\w-]+\/target-groups\/[\w-]+\/fielding-runs\/[\w-]+$/,
  BatchJob: /^\/demand\/accounts\/\w+\/projects\/[\w-]+\/batch-jobs\/[a-z-]+\/[\w-]+$/,
  DraftLaunchJob:
    /^\/demand\/accounts\/\w+\/projects\/[\w-]+\/target-groups\/[\w-]+\/fielding-run-jobs\/(launch|schedule)-from-draft\/[\w-]+$/,
};

function idOf(ref: NodeRef): string {
  switch (ref.kind) {
    case 'Account':
      return accountNodeId(ref);
    case 'Project':
      return projectNodeId(ref);
    case 'TargetGroup':
      return targetGroupNodeId(ref);
    case 'FieldingRun':
      return fieldingRunNodeId(ref);
    case 'BatchJob':
      return batchJobNodeId(ref);
    case 'DraftLaunchJob':
      return draftLaunchJobNodeId(ref);
  }
}

function pathOf(ref: NodeRef): string {
  switch (ref.kind) {
    case 'Account':
      return accountPath(ref);
    case 'Project':
      return projectPath(ref);
    case 'TargetGroup':
      return targetGroupPath(ref);
    case 'FieldingRun':
      return fieldingRunPath(ref);
    case 'BatchJob':
      return batchJobPath(ref);
    case 'DraftLaunchJob':
      return draftLaunchJobPath(ref);
  }
}

describe('parseNodeId', () => {
  test.each(examples)('%s', (id, ref) => {
    expect(parseNodeId(id)).toEqual(ref);
    expect(idOf(ref)).toBe(id);
  });

  test.each(malformed)('rejects %j', (id) => {
    expect(parseNodeId(id)).toBeUndefined();
  });

  test('accepts parts of up to 128 characters', () => {
    expect(parseNodeId(`101/${'x'.repeat(128)}`)).toMatchObject({ kind: 'Project' });
  });

  test.each(Object.values(BatchJobKind))('accepts both forms of the id of a %s job', (action) => {
    const ref = parseNodeId(`101/${P}/${action}-fielding-runs-by-target-group-id/${J}`);
    expect(ref).toEqual(parseNodeId(`101/${P}/${action}/${J}`));
    expect(idOf(ref!)).toBe(`101/${P}/${action}/${J}`);
  });

  test('takes the third part as a kind of job only if there is such a kind', () => {
    for (const segment of ['pause-foo', 'pause-', 'launch-now', 'pause-fielding-runs-by-target-group-ids'])
      expect(parseNodeId(`101/${P}/${segment}/${J}`)).toMatchObject({ kind: 'FieldingRun' });
    expect(parseNodeId(`101/${P}/restart/${J}`)).toMatchObject({ kind: 'FieldingRun' });
    expect(parseNodeId(`101/${P}/paused/${J}`)).toMatchObject({ kind: 'FieldingRun' });
    expect(parseNodeId(`101/${P}/PAUSE/${J}`)).toMatchObject({ kind: 'FieldingRun' });
    expect(parseNodeId(`101/${P}/pause`)).toMatchObject({ kind: 'TargetGroup' });
  });

  test('returns undefined or a reference whose path stays below its parent, for any text', () => {
    const part = fc.oneof(
      fc.constantFrom(
        '101',
        P,
        'pause',
        LONG_SEGMENT,
        'launch-from-draft',
        '',
        '.',
        '..',
        '%2e%2e',
        '%2F',
        '\\',
        '?',
        '#',
        ':',
        '@',
      ),
      fc.string({ maxLength: 4 }),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
      fc.stringMatching(/^[A-Za-z0-9_-]{1,6}$/),
    );
    const id = fc.oneof(
      fc.string(),
      fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/')),
      fc.array(part, { maxLength: 3 }).map((parts) => ['101', ...parts].join('/')),
      fc.tuple(part, part).map(([group, job]) => ['101', P, group, 'schedule-from-draft', job].join('/')),
    );
    fc.assert(
      fc.property(id, (text) => {
        const ref = parseNodeId(text);
        if (ref === undefined) return;
        const [account, project, third, ...rest] = text.split('/');
        const isLong = ref.kind === 'BatchJob' && third === LONG_SEGMENT;
        const short = isLong ? [account, project, 'pause', ...rest].join('/') : text;
        expect(idOf(ref)).toBe(short);
        const path = pathOf(ref);
        // URL parsers keep the path unchanged: no dot segments, no query, no other host.
        const url = new URL(`https://api.example.com/v1${path}`);
        expect(url.href).toBe(`https://api.example.com/v1${path}`);
        expect(path).toMatch(PATHS[ref.kind]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('refOf and requireRef', () => {
  const anyone = forwardedPrincipal('Bearer demo');
  const kinds = Object.keys(PATHS) as NodeKind[];
  const pairs = kinds.flatMap((wanted) => examples.map(([id, ref]) => ({ wanted, id, ref })));

  test.each(pairs.filter(({ wanted, ref }) => wanted === ref.kind))(
    'accept $id as the id of a $wanted',
    ({ wanted, id, ref }) => {
      expect(refOf(anyone, wanted, id)).toEqual(ref);
      expect(requireRef(anyone, wanted, id, 'id')).toEqual(ref);
    },
  );

  test.each(pairs.filter(({ wanted, ref }) => wanted !== ref.kind))(
    'reject $id as the id of a $wanted, and name its kind',
    ({ wanted, id, ref }) => {
      expect(refOf(anyone, wanted, id)).toMatch(
        new RegExp(`^must be the id of an? ${wanted}: .*, but is the id of an? ${ref.kind}\\.$`),
      );
    },
  );

  test.each(malformed)('reject %j for every kind, without repeating it', (id) => {
    for (const kind of kinds) {
      const problem = refOf(anyone, kind, id);
      expect(problem).toMatch(
        new RegExp(
          `^must be the id of an? ${kind}: \`<account>[^\`]*\`, (where .* (without leading zeros|\`_\`|\`schedule-from-draft\`)|but has \\d parts?)\\.$`,
        ),
      );
    }
  });

  test.each([
    ['TargetGroup', `0101/${P}/${T}`, 'where `<account>` is an integer'],
    ['TargetGroup', ` 101/${P}/${T}`, 'where `<account>` is an integer'],
    ['TargetGroup', `101/../${T}`, 'where `<project>` has 1 to 128 letters, digits, `-` and `_`.'],
    ['TargetGroup', `101/${P}/..`, 'where `<target group>` has 1 to 128 letters'],
    ['TargetGroup', `101/${P}/A%2f`, 'where `<target group>` has'],
    ['TargetGroup', `101/${P}/ ${T}`, 'where `<target group>` has'],
    ['TargetGroup', `101/${P}/`, 'where `<target group>` has'],
    ['TargetGroup', `101/${P}/${T}/`, 'but has 4 parts.'],
    ['TargetGroup', `101/..`, 'where `<project>` has'],
    ['Account', '101/', 'but has 2 parts.'],
    ['Account', '', 'where `<account>` is an integer'],
    ['FieldingRun', `101/${P}/${T}/..`, 'where `<fielding run>` has'],
    ['BatchJob', `101/${P}/pa use/${J}`, 'where `<kind of job>` has'],
    ['BatchJob', `101/${P}/pause/`, 'where `<job>` has'],
    ['DraftLaunchJob', `101/${P}/${T}/launch/${J}`, 'where the fourth part is `launch-from-draft` or'],
  ] as const)('name the wrong part of an id of a %s: %j', (kind, id, problem) => {
    expect(refOf(anyone, kind, id)).toContain(`, ${problem}`);
  });

  test('name the argument', () => {
    const required = () => requireRef(anyone, 'Project', '101', 'projectId');
    expect(required).toThrow(BadUserInputError);
    expect(required).toThrow(
      'Argument `projectId` must be the id of a Project: `<account>/<project>`, but is the id of an Account.',
    );
  });
});
