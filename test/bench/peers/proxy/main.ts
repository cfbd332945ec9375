/**
 * The baseline: what it costs to answer the benchmark's operations with Node alone. HTTP in, HTTP out and JSON between, no
 * GraphQL: the operation is told by its name, and its document is not looked at.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { answerTo, type Body } from './answers.js';
import { createDemandApi } from '../demand-api.js';

const { PORT = '0', DEMAND_API_URL = '' } = process.env;
const api = createDemandApi(DEMAND_API_URL);

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    answer(request, Buffer.concat(chunks)).then(
      (data) => {
        send(response, 200, { data });
      },
      (error: unknown) => {
        send(response, 502, { errors: [{ message: String(error) }] });
      },
    );
  });
}).listen(Number(PORT), '127.0.0.1');

async function answer({ headers }: IncomingMessage, body: Buffer): Promise<unknown> {
  return await answerTo(JSON.parse(body.toString()) as Body, api, headers.authorization ?? '');
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
