import { connectionType } from '../connection/connection.js';
import { ChangelogEntry } from './changelog.type.js';

export const TargetGroupChangelogConnection = connectionType<ChangelogEntry>(
  () => ChangelogEntry,
  'TargetGroupChangelog',
  'changelog entries',
  'Cursor to pass as `after`.',
);
