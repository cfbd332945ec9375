import { Pool } from 'undici';
import { FIELDING_RUN, ACCOUNT, bodyOf } from '../operations/operations.js';

const CONNECTIONS = 10;

/**
 * Posts distinct documents on a few connections and checks every response.
 *
 * @param numbers one document for each, equal for equal numbers
 * @throws Error if a response is not 200 or has `errors`
 */
export async function postDocuments(url: string, numbers: Iterable<number>): Promise<void> {
  const pool = new Pool(url, { connections: CONNECTIONS });
  const left = numbers[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (let next = left.next(); next.done !== true; next = left.next()) {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/graphql',
        headers: {
          authorization: 'Bearer bench',
          accept: 'application/json',
          'content-type': 'application/json',
        },
        body: documentOf(next.value),
      });
      const text = await body.text();
      if (statusCode !== 200 || text.includes('"errors"')) {
        throw new Error(`A document got the status ${statusCode}: ${text.slice(0, 500)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  await pool.close();
}

function documentOf(number: number): string {
  const leaves = ['id', 'status', 'startAt', 'endAt', 'lastChangedAt', 'version'];
  const document = `query Document${number}($id: ID!) {
  fieldingRun(id: $id) {
${leaves.map((leaf) => `    ${leaf}${number}: ${leaf}`).join('\n')}
  }
}`;
  const body = bodyOf({ operationName: `Document${number}`, document, variables: { id: FIELDING_RUN } });
  return body.replaceAll(ACCOUNT, '101');
}
