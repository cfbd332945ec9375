import type { FastifyInstance } from 'fastify';
import { notFound } from '../http/problem.js';
import { changeProgress } from '../progress.js';
import type { Services } from '../services.js';
import type { Simulator } from '../simulator/simulator.js';
import { findTargetGroupById } from '../store/target-groups.js';
import { completesSchema, simulatorSchema } from './schemas.js';

export const respondentsIndex = {
  'POST /completes': '{"target_group_id": "...", "current_completes": 100}',
  'GET /simulator': 'whether respondents answer by themselves, and how often they have',
  'POST /simulator':
    '{"running": false} stops or starts them; {"ticks": 10} lets them answer that often, now',
};

/** Serves the part of the control surface that stands in for respondents. */
export function serveRespondentControl(app: FastifyInstance, services: Services, simulator: Simulator): void {
  const { database, clock } = services;

  app.post<{ Body: { target_group_id: string; current_completes: number } }>(
    '/completes',
    { schema: { body: completesSchema } },
    async ({ body: { target_group_id: id, current_completes: currentCompletes } }, reply) => {
      const group = findTargetGroupById(database, id);
      if (group === undefined) throw notFound('The target group');
      const currentPrescreens = Math.max(group.currentPrescreens, currentCompletes);
      database.transaction(() => {
        changeProgress(services, group, { currentCompletes, currentPrescreens }, clock.now());
      });
      return reply.code(204).send();
    },
  );

  app.get('/simulator', async () => simulator.state);
  app.post<{ Body: { running: boolean } | { ticks: number } }>(
    '/simulator',
    { schema: { body: simulatorSchema } },
    async ({ body }) => {
      if ('ticks' in body) for (let tick = 0; tick < body.ticks; tick += 1) simulator.tick();
      else if (body.running) simulator.resume();
      else simulator.pause();
      return simulator.state;
    },
  );
}
