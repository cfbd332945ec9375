/**
 * Holds many connections to the gateway at the URL of its first argument, each in a way of its own, until it is killed. Prints a line
 * when all are open.
 */
import { once } from 'node:events';
import { connect } from 'node:net';

const MIB = 1024 * 1024;
const { hostname, port } = new URL(process.argv[2]);

const tiny = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n';
const post = (body, length = body.length) =>
  `POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`;
const chunked =
  'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
const query = '{"query":"{ __typename }"}';

const opened = [];

function attack(count, bytes, reads = true) {
  for (let nth = 0; nth < count; nth += 1) {
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    opened.push(once(socket, 'connect'));
    if (reads) socket.resume();
    socket.write(bytes, 'latin1');
  }
}

attack(100, post(query.slice(0, -5), query.length));
attack(100, 'POST /graphql HTTP/1.1\r\nHost: a\r\n');
attack(2, tiny.repeat(20_000));
attack(2, tiny.repeat(20_000), false);
attack(5, post(`{"query":"{ ${'a'.repeat(900_000)}: __typename }"}`).repeat(3), false);
attack(100, post('x'.repeat(MIB - 1000), MIB));
attack(10, chunked + '1\r\nx\r\n'.repeat(100_000));
setInterval(() => undefined, 1000);
await Promise.all(opened);
console.log('All connections are open.');
