import { connectionType } from '../connection/connection.js';
import { ChangelogEntry } from './changelog.type.js';

export const TargetGroupChangelogConnection = connectionType<ChangelogEntry>(
  () => ChangelogEntry,
  'TargetGroupChangelog',
  'entries of a changelog',
  'Works as `after`.',
);
