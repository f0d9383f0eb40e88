import { readFile } from 'node:fs/promises';
import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { endWithParent } from '../processes/commands.ts';

/** @apollo/gateway behind @apollo/server, set up as their documentation does. The argument is the supergraph's file. */

endWithParent();
const supergraphSdl = await readFile(process.argv[2] ?? '', 'utf8');
const server = new ApolloServer({ gateway: new ApolloGateway({ supergraphSdl }) });
const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
process.send?.({ type: 'ready', url });
