import { connectionType } from '../connection/connection.js';
import { TargetGroup } from './target-group.type.js';

export const TargetGroupConnection = connectionType<TargetGroup>(
  () => TargetGroup,
  'TargetGroup',
  'target groups',
);
