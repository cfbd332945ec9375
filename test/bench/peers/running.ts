import { freePort } from '../../helpers/ports.js';
import { usageOf, type Usage } from '../measure/accounting.js';
import type { Machine } from '../measure/machine.js';
import { ACCOUNT, bodyOf, OPERATIONS, type Operation } from '../operations/operations.js';
import type { Contestant, OperationRequest } from './contestant.js';

/** A running contestant. */
export interface Running {
  readonly contestant: Contestant;
  /** Without a path. */
  readonly url: string;
  usage(): Promise<Usage>;
  close(): Promise<void>;
}

/**
 * Starts a contestant on its core and waits for its first response.
 *
 * @param upstreamUrl the REST base URL with its path
 * @throws Error with its output if it exits first
 */
export async function startContestant(
  machine: Machine,
  contestant: Contestant,
  upstreamUrl: string,
): Promise<Running> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { command, env } = await contestant.program({ port, folder: machine.folder, upstreamUrl });
  const responds = async () => {
    await ask({ contestant, url }, OPERATIONS.run);
    return true;
  };
  const child = await machine.startContestant(command, env, responds, contestant.everyCore);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${contestant.name} has no process.`);
  return {
    contestant,
    url,
    usage: () => usageOf(pid),
    close: () => machine.end(child, 'SIGTERM'),
  };
}

export function requestOf({ request }: Contestant, operation: Operation): OperationRequest {
  return request?.(operation) ?? { path: '/graphql', body: bodyOf(operation) };
}

/** Not used by loads, whose accounts have nine digits. */
const SAMPLE_ACCOUNT = '42';

/**
 * Sends an operation once.
 *
 * @returns the response in the shape of the gateway's graph
 * @throws Error if the status is not 200 or the response has `errors`
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
  const result = (response.ok ? JSON.parse(text) : undefined) as { errors?: unknown } | undefined;
  if (result === undefined || result.errors !== undefined) {
    throw new Error(
      `${contestant.name} responds to ${operation.name} with ${response.status}: ${text.slice(0, 500)}`,
    );
  }
  return contestant.translate?.(operation, result, SAMPLE_ACCOUNT) ?? result;
}
