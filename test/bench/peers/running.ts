import { freePort } from '../../drills/processes.js';
import { usageOf, type Usage } from '../measure/accounting.js';
import type { Machine } from '../measure/machine.js';
import { ACCOUNT, bodyOf, OPERATIONS, type Operation } from '../operations/operations.js';
import type { Contestant, OperationRequest } from './contestant.js';

/** A contestant's process that takes requests. */
export interface Running {
  readonly contestant: Contestant;
  /** Without a path. */
  readonly url: string;
  usage(): Promise<Usage>;
  close(): Promise<void>;
}

/**
 * Starts a contestant on its core, and waits until it has answered once.
 *
 * @param upstreamUrl the REST base with its path
 * @throws Error with what it wrote, where it ends before that
 */
export async function startContestant(
  machine: Machine,
  contestant: Contestant,
  upstreamUrl: string,
): Promise<Running> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { command, env } = await contestant.program({ port, folder: machine.folder, upstreamUrl });
  const answers = async () => {
    await ask({ contestant, url }, OPERATIONS.run);
    return true;
  };
  const child = await machine.startContestant(command, env, answers, contestant.everyCore);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${contestant.name} has no process.`);
  return {
    contestant,
    url,
    usage: () => usageOf(pid),
    close: () => machine.end(child, 'SIGTERM'),
  };
}

/** How an operation is asked of a contestant. */
export function requestOf({ request }: Contestant, operation: Operation): OperationRequest {
  return request?.(operation) ?? { path: '/graphql', body: bodyOf(operation) };
}

/** Asked for by nobody else: the accounts of loads have nine digits. */
const SAMPLE_ACCOUNT = '42';

/**
 * Asks an operation once.
 *
 * @returns the answer in the shape of the gateway's graph
 * @throws Error where the status is not 200 or the answer has `errors`
 */
export async function ask(
  { contestant, url }: Pick<Running, 'contestant' | 'url'>,
  operation: Operation,
): Promise<unknown> {
  const { path, body } = requestOf(contestant, operation);
  const response = await fetch(url + path, {
    method: 'POST',
    headers: {
      authorization: 'Bearer bench',
      accept: 'application/json',
      'content-type': 'application/json',
    },
    body: body.replaceAll(ACCOUNT, SAMPLE_ACCOUNT),
  });
  const text = await response.text();
  const answer = (response.ok ? JSON.parse(text) : undefined) as { errors?: unknown } | undefined;
  if (answer === undefined || answer.errors !== undefined) {
    throw new Error(
      `${contestant.name} answers ${operation.name} with ${response.status}: ${text.slice(0, 500)}`,
    );
  }
  return contestant.translate?.(operation, answer, SAMPLE_ACCOUNT) ?? answer;
}
