import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FeedSubgraphName } from '../../feed-graph/feed-subgraphs.ts';
import { endWithParent } from '../../processes/commands.ts';
import { answerFeed } from './feed-answer.ts';
import { answerPost } from './post-answer.ts';
import { createUpstream } from './upstream.ts';

/** A server that knows two queries. The argument says, as JSON, where the subgraphs are. */

endWithParent();
const upstream = createUpstream(JSON.parse(process.argv[2] ?? '') as Record<FeedSubgraphName, string>);

async function answer(body: string): Promise<string> {
  const { variables } = JSON.parse(body) as { variables: { page?: number; id?: string } };
  const { page, id } = variables;
  if (page !== undefined) return answerFeed(upstream, page);
  if (id !== undefined) return answerPost(upstream, id);
  throw new Error('no query that was written by hand');
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    try {
      const text = Buffer.from(await answer(Buffer.concat(chunks).toString()));
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
      response.end(text);
    } catch (error) {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ errors: [{ message: (error as Error).message }] }));
    }
  });
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ type: 'ready', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` });
});
