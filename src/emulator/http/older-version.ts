/** The first version whose responses have the contract's format. */
const NEWEST_SHAPE = '2025-12-18';

export function isOlderVersion(version: string | undefined): boolean {
  return version !== undefined && version < NEWEST_SHAPE;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Converts a response body to the format of versions before 2025-12-18: amounts of money are plain numbers, issues
 * contain their code and description directly, run statuses are capitalised, jobs list their target groups but not
 * their creator, and later additions are missing.
 *
 * @param nameOf returns the name of a target group
 */
export function olderBody(body: unknown, nameOf: (targetGroupId: string) => string | undefined): unknown {
  if (Array.isArray(body)) return body.map((item) => olderBody(item, nameOf));
  if (typeof body !== 'object' || body === null) return body;
  const object = body as Json;
  if (isMoney(object)) return Number(object['value']);
  return Object.fromEntries(
    Object.entries(olderProperties(object, nameOf)).map(([name, value]) => [name, olderBody(value, nameOf)]),
  );
}

function isMoney(object: Json): boolean {
  return typeof object['value'] === 'string' && 'currency_code' in object;
}

function olderProperties(object: Json, nameOf: (targetGroupId: string) => string | undefined): Json {
  const { project_customer_reference_number: reference, ...common } = without(object, [
    'target_group_customer_reference_number',
    'exclusion_enabled',
    ...(object['next_cursor'] === null ? ['next_cursor'] : []),
  ]);
  const older: Json = { ...common, ...(reference !== undefined && { purchase_order_number: reference }) };
  if ('issue_type' in older) return (older['reason'] ?? {}) as Json;
  if ('start_fielding_at' in older && typeof older['status'] === 'string')
    return { ...older, status: capitalised(older['status']) };
  if ('updated_target_groups' in older) return without(older, ['created_by']);
  if ('target_group_id' in older && !('project_id' in older)) {
    const name = nameOf(String(older['target_group_id']));
    return name === undefined ? older : { ...older, target_group_name: name };
  }
  if ('is_pricing_restricted' in older) return without(older, OVERVIEW_HAD_NOT);
  if ('completes_goal' in older) return withFillingGoal(without(older, SETTINGS_HAD_NOT));
  return older;
}

const OVERVIEW_HAD_NOT = [
  'project_manager_id',
  'pricing_model',
  'is_pricing_restricted',
  'current_cost_per_interview',
  'current_cost',
  'study_type_code',
  'created_at',
];

const SETTINGS_HAD_NOT = ['account_name', 'business_unit_id', 'industry_code', 'industry_lockout_code'];

function withFillingGoal({ completes_goal: goal, ...settings }: Json): Json {
  return { ...settings, filling_goal: goal };
}

function without(object: Json, names: readonly string[]): Json {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

function capitalised(status: string): string {
  return status.slice(0, 1).toUpperCase() + status.slice(1);
}
