import { connectionType } from '../connection/connection.js';
import { Project } from './project.type.js';

export const ProjectConnection = connectionType<Project>(() => Project, 'Project', 'projects');
