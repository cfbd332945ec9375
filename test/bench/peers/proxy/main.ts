/**
 * The baseline: the cost of serving the benchmark's operations with Node alone. It receives and sends HTTP and
 * JSON without GraphQL: it selects the operation by name and ignores the document.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { resolveOperation, type Body } from './resolve-operation.js';
import { createDemandApi } from '../demand-api.js';

const { PORT = '0', DEMAND_API_URL = '' } = process.env;
const api = createDemandApi(DEMAND_API_URL);

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    handle(request, Buffer.concat(chunks)).then(
      (data) => {
        send(response, 200, { data });
      },
      (error: unknown) => {
        send(response, 502, { errors: [{ message: String(error) }] });
      },
    );
  });
}).listen(Number(PORT), '127.0.0.1');

async function handle({ headers }: IncomingMessage, body: Buffer): Promise<unknown> {
  return await resolveOperation(JSON.parse(body.toString()) as Body, api, headers.authorization ?? '');
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
